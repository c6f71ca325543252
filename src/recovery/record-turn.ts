import type { Tx } from "../database/database.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import type { Turn } from "../sharing/record-observation.ts";
import type { ShareRow } from "../sharing/share-store.ts";
import { appendObservation } from "../sharing/timeline-store.ts";
import { findCurrentLinks, replaceLink, saveLoss, saveUsed } from "./reshare-link-store.ts";
import { isLost, mayServeAgain } from "./reshare-link.ts";

export interface LinkDeps {
  random: Random;
  /** How long a new link lives unless somebody says otherwise. */
  reshareLinkLifetimeMs: number;
}

/**
 * In the transaction that closes the gate: a link stands from the same commit on, so that the very first refusal can name it. In the
 * transaction of a repair: whether the link was used. What was lost before an import took it in stays quiet.
 */
export async function recordTurn(deps: LinkDeps, tx: Tx, share: ShareRow, turn: Turn): Promise<void> {
  const wasLost = turn.before !== null && isLost(turn.before);
  if (isLost(turn.after)) {
    // In observe mode nothing has stopped, and nobody is sent a way back from it.
    if (!wasLost && turn.mode === "enforce" && turn.memory.quiet !== true)
      await saveLinkFor(deps, tx, share, turn);
  } else if (wasLost && turn.after.status === "live" && (await saveUsed(tx, share.assetId, turn.at)))
    await appendObservation(tx, actOf(share, "reshare.used", turn.at));
}

/** The link of an earlier loss serves again while it lives; the client may still have its page open. */
async function saveLinkFor(deps: LinkDeps, tx: Tx, share: ShareRow, turn: Turn): Promise<void> {
  const expiresAt = turn.at + deps.reshareLinkLifetimeMs;
  const [current] = await findCurrentLinks(tx, [share.assetId]);
  if (current !== undefined && mayServeAgain(current, turn.at))
    return saveLoss(tx, current.id, turn.at, expiresAt);
  const { assetId, connectionId } = share;
  const link = { id: newId("rsl", deps.random), connectionId, assetId, lostAt: turn.at, expiresAt };
  await replaceLink(tx, link, { actor: "system", now: turn.at });
  await appendObservation(tx, actOf(share, "reshare.created", turn.at));
}

function actOf(share: ShareRow, title: string, at: number): Parameters<typeof appendObservation>[1] {
  const { connectionId, assetId } = share;
  const by = { actor: "system", requestId: null };
  return {
    connectionId,
    assetId,
    at,
    kind: "act",
    source: "system",
    title,
    detail: null,
    evidence: null,
    ...by,
  };
}
