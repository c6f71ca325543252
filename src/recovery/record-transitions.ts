import type { Tx } from "../database/database.ts";
import type { OwnLine, ShareTransition } from "../sharing/record/record-observation.ts";
import { isEnforced } from "../sharing/gate/verdict.ts";
import { appendTimeline, type NewObservation } from "../sharing/record/timeline-store.ts";
import { findCurrentLinks, replaceLinks, saveLosses, saveUsed } from "./reshare-link-store.ts";
import { expiryOf, isLost, LINK_CREATED, newLinkOf, outcomeOf, type LinkDeps } from "./reshare-link.ts";

/**
 * In the transaction that closes the gate: creates the link, so that the very first refusal can name it. In
 * the transaction of a repair: records whether the link was used. A WABA that was lost before its import gets
 * no link. Each transition is about another WABA.
 *
 * @returns the lines of the links that were made
 */
export async function recordTransitions(
  deps: LinkDeps,
  tx: Tx,
  transitions: readonly ShareTransition[],
): Promise<OwnLine[]> {
  const made = await saveLinksFor(deps, tx, transitions.filter(needsLink));
  const back = transitions.filter(isBack);
  const used = await saveUsed(
    tx,
    back.map(({ share: { assetId }, at }) => ({ assetId, at })),
  );
  await appendTimeline(
    tx,
    back
      .filter(({ share }) => used.has(share.assetId))
      .map((transition) => actOf(transition, "reshare.used")),
  );
  return made.map((assetId) => ({ assetId, ...LINK_CREATED }));
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

function isBack(transition: ShareTransition): boolean {
  return wasLost(transition) && transition.after.status === "live";
}

/**
 * The link of an earlier loss serves again while it lives; the client may still have its page open.
 *
 * @returns the WABAs that got a new link
 */
async function saveLinksFor(
  deps: LinkDeps,
  tx: Tx,
  transitions: readonly ShareTransition[],
): Promise<string[]> {
  if (transitions.length === 0) return [];
  const current = await findCurrentLinks(
    tx,
    transitions.map((transition) => transition.share.assetId),
  );
  const linkOf = new Map(current.map((link) => [link.assetId, link]));
  const kept = transitions.flatMap((transition) => {
    const link = linkOf.get(transition.share.assetId);
    const expiresAt = expiryOf(deps, transition.at);
    return link !== undefined && outcomeOf(link, transition.at) === "live"
      ? [{ transition, link, expiresAt }]
      : [];
  });
  await saveLosses(
    tx,
    kept.map(({ transition, link, expiresAt }) => ({ linkId: link.id, lostAt: transition.at, expiresAt })),
  );
  const served = new Set(kept.map(({ transition }) => transition));
  const fresh = transitions.filter((transition) => !served.has(transition));
  await replaceLinks(
    tx,
    fresh.map(({ share: { connectionId, assetId }, at }) =>
      newLinkOf(deps, { connectionId, assetId, lostAt: at }, at),
    ),
    "system",
  );
  await appendTimeline(
    tx,
    fresh.map((transition) => actOf(transition, "reshare.created")),
  );
  return fresh.map(({ share }) => share.assetId);
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
