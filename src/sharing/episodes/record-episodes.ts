import type { Tx } from "../../database/database.ts";
import { endingOf, lossOf, signsFrom, type OpenLoss } from "./episode.ts";
import { findOpenEpisodes, insertEpisodes, readSigns, saveEnding } from "./episode-store.ts";
import type { ShareTransition } from "../record/record-observation.ts";

/**
 * Runs in the transaction that closes the gate, and in the one that ends the loss. It records how long the
 * loss took. Each transition is about another WABA.
 */
export async function recordEpisodes(tx: Tx, turns: readonly ShareTransition[]): Promise<void> {
  const judged = turns.map((turn) => ({ turn, loss: lossOf(turn) }));
  const begun = judged.flatMap(({ turn: { share, at: closedAt }, loss }) =>
    loss === undefined ? [] : [{ share, loss, closedAt }],
  );
  await insertEpisodes(tx, begun);
  const others = judged.filter(({ turn, loss }) => loss === undefined && turn.before !== null);
  const open = await findOpenEpisodes(
    tx,
    others.map(({ turn }) => turn.share.assetId),
  );
  for (const { turn } of others) {
    const loss = open.get(turn.share.assetId);
    if (loss !== undefined) await endEpisode(tx, turn, loss);
  }
}

async function endEpisode(tx: Tx, turn: ShareTransition, open: OpenLoss & { id: string }): Promise<void> {
  const { share } = turn;
  const signs = turn.after.gate === "open" ? await readSigns(tx, share.assetId, signsFrom(open)) : [];
  const ending = endingOf(open, share.record, turn, signs);
  if (ending !== undefined) await saveEnding(tx, open.id, ending, turn.at);
}
