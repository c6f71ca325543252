import type { Tx } from "../database/database.ts";
import { endingOf, lossOf, signsFrom } from "./episode.ts";
import { findOpenEpisode, insertEpisode, readSigns, saveEnding } from "./episode-store.ts";
import type { Turn } from "./record-observation.ts";
import type { ShareRow } from "./share-store.ts";

/** In the transaction that closes the gate, and in the one that ends the loss: how long it took. */
export async function recordEpisode(tx: Tx, share: ShareRow, turn: Turn): Promise<void> {
  const loss = lossOf(turn);
  if (loss !== undefined) return insertEpisode(tx, share, loss, turn.at);
  const open = turn.before === null ? undefined : await findOpenEpisode(tx, share.assetId);
  if (open === undefined) return;
  const signs = turn.after.gate === "open" ? await readSigns(tx, share.assetId, signsFrom(open)) : [];
  const ending = endingOf(open, share.memory, turn, signs);
  if (ending !== undefined) await saveEnding(tx, open.id, ending, turn.at);
}
