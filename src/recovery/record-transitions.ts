import type { Tx } from "../database/database.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import type { ShareTransition } from "../sharing/record/record-observation.ts";
import { isEnforced } from "../sharing/gate/verdict.ts";
import { appendTimeline, type NewObservation } from "../sharing/record/timeline-store.ts";
import { findCurrentLinks, replaceLinks, saveLosses, saveUsed } from "./reshare-link-store.ts";
import { fateOf, isLost } from "./reshare-link.ts";

export interface LinkDeps {
  random: Random;
  /** Default lifetime of a new link. */
  reshareLinkLifetimeMs: number;
}

/**
 * In the transaction that closes the gate: creates the link, so that the very first refusal can name it. In
 * the transaction of a repair: records whether the link was used. A WABA that was lost before its import gets
 * no link. Each transition is about another WABA.
 */
export async function recordTransitions(
  deps: LinkDeps,
  tx: Tx,
  turns: readonly ShareTransition[],
): Promise<void> {
  await saveLinksFor(deps, tx, turns.filter(needsLink));
  const used: ShareTransition[] = [];
  for (const turn of turns.filter(isBack))
    if (await saveUsed(tx, turn.share.assetId, turn.at)) used.push(turn);
  await appendTimeline(
    tx,
    used.map((turn) => actOf(turn, "reshare.used")),
  );
}

const wasLost = ({ before }: ShareTransition): boolean => before !== null && isLost(before);

/**
 * In observe mode nothing has stopped, so no client gets a link. It gets one from the probe on that judges
 * it.
 */
function needsLink({ before, after, mode, record }: ShareTransition): boolean {
  const isNew = before === null || !isLost(before) || before.observing === true;
  return isLost(after) && isNew && isEnforced(mode, after) && record.suppressNotifications !== true;
}

function isBack(turn: ShareTransition): boolean {
  return wasLost(turn) && turn.after.status === "live";
}

/** The link of an earlier loss serves again while it lives; the client may still have its page open. */
async function saveLinksFor(deps: LinkDeps, tx: Tx, turns: readonly ShareTransition[]): Promise<void> {
  if (turns.length === 0) return;
  const current = await findCurrentLinks(
    tx,
    turns.map((turn) => turn.share.assetId),
  );
  const linkOf = new Map(current.map((link) => [link.assetId, link]));
  const kept = turns.flatMap((turn) => {
    const link = linkOf.get(turn.share.assetId);
    const expiresAt = turn.at + deps.reshareLinkLifetimeMs;
    return link !== undefined && fateOf(link, turn.at) === "live" ? [{ turn, link, expiresAt }] : [];
  });
  await saveLosses(
    tx,
    kept.map(({ turn, link, expiresAt }) => ({ linkId: link.id, lostAt: turn.at, expiresAt })),
  );
  const served = new Set(kept.map(({ turn }) => turn));
  const fresh = turns.filter((turn) => !served.has(turn));
  await replaceLinks(
    tx,
    fresh.map(({ share: { connectionId, assetId }, at }) => ({
      ...{ id: newId("rsl", deps.random), connectionId, assetId },
      ...{ createdAt: at, lostAt: at, expiresAt: at + deps.reshareLinkLifetimeMs },
    })),
    "system",
  );
  await appendTimeline(
    tx,
    fresh.map((turn) => actOf(turn, "reshare.created")),
  );
}

function actOf({ share, at }: ShareTransition, title: string): NewObservation {
  const { connectionId, assetId } = share;
  const by = { actor: "system", requestId: null };
  return {
    ...{ connectionId, assetId, at, title },
    ...{ kind: "command", source: "system", detail: null, evidence: null },
    ...by,
  };
}
