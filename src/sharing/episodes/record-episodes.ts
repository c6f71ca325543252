import type { Tx } from "../../database/database.ts";
import { endingOf, lossOf, signsFrom, type Ending, type OpenLoss } from "./episode.ts";
import { findOpenEpisodes, insertEpisodes, readSigns, saveEnding } from "./episode-store.ts";
import type { OwnLine, ShareTransition } from "../record/record-observation.ts";

/**
 * Runs in the transaction that closes the gate, and in the one that ends the loss. It records how long the
 * loss took. Each transition is about another WABA.
 *
 * @returns the lines of the losses that are repaired
 */
export async function recordEpisodes(tx: Tx, transitions: readonly ShareTransition[]): Promise<OwnLine[]> {
  const judged = transitions.map((transition) => ({ transition, loss: lossOf(transition) }));
  const begun = judged.flatMap(({ transition: { share, at: closedAt }, loss }) =>
    loss === undefined ? [] : [{ share, loss, closedAt }],
  );
  await insertEpisodes(tx, begun);
  const others = judged.filter(({ transition, loss }) => loss === undefined && transition.before !== null);
  const open = await findOpenEpisodes(
    tx,
    others.map(({ transition }) => transition.share.assetId),
  );
  const repaired: OwnLine[] = [];
  for (const { transition } of others) {
    const { assetId } = transition.share;
    const loss = open.get(assetId);
    if (loss !== undefined && (await endEpisode(tx, transition, loss)) === "reopened")
      repaired.push({ assetId, type: "waba.repair.completed", changed: [] });
  }
  return repaired;
}

async function endEpisode(
  tx: Tx,
  transition: ShareTransition,
  open: OpenLoss & { id: string },
): Promise<Ending["outcome"] | undefined> {
  const { share } = transition;
  const signs = transition.after.gate === "open" ? await readSigns(tx, share.assetId, signsFrom(open)) : [];
  const ending = endingOf(open, share.record, transition, signs);
  if (ending !== undefined) await saveEnding(tx, open.id, ending, transition.at);
  return ending?.outcome;
}
