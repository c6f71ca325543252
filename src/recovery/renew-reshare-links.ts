import type { Tx } from "../database/database.ts";
import { newId } from "../lib/new-id.ts";
import { SYSTEM } from "../sharing/record-observation.ts";
import { lockShare } from "../sharing/share-store.ts";
import { appendObservation } from "../sharing/timeline-store.ts";
import type { OpenLinkDeps } from "./open-reshare-link.ts";
import { findCurrentLinks, readEndingLinks, replaceLinks, saveSuperseded } from "./reshare-link-store.ts";
import { RENEW_AHEAD_MS, type ReshareLink } from "./reshare-link.ts";

const BATCH = 100;

/**
 * A closed gate always has a live link: shortly before the one of a lost WABA ends, another takes its place. The old one keeps its own
 * end, so that an old message opens nothing. What an operator took back is not renewed.
 */
export async function renewReshareLinks(deps: OpenLinkDeps): Promise<void> {
  const now = deps.clock.now();
  const ending = await readEndingLinks(deps.db, { now, until: now + RENEW_AHEAD_MS, limit: BATCH });
  for (const { assetId, isLost } of ending) await endLink(deps, assetId, isLost);
  if (ending.length > 0) await deps.links.learn(ending.map(({ assetId }) => assetId));
}

/** Decided anew under the lock: another instance may have been quicker. */
async function endLink(deps: OpenLinkDeps, assetId: string, isLost: boolean): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const now = deps.clock.now();
    await lockShare(tx, assetId);
    const [link] = await findCurrentLinks(tx, [assetId]);
    if (link === undefined || link.revokedAt !== null || link.expiresAt > now + RENEW_AHEAD_MS) return;
    await saveSuperseded(tx, assetId, now);
    if (isLost) await putAnother(tx, deps, link, now);
  });
}

async function putAnother(tx: Tx, deps: OpenLinkDeps, link: ReshareLink, now: number): Promise<void> {
  const { connectionId, assetId, lostAt } = link;
  const id = newId("rsl", deps.random);
  const expiresAt = now + deps.reshareLinkLifetimeMs;
  await replaceLinks(tx, [{ id, connectionId, assetId, createdAt: now, lostAt, expiresAt }], SYSTEM.actor);
  const seen = { kind: "act", source: "system", title: "reshare.renewed", detail: null } as const;
  await appendObservation(tx, {
    connectionId,
    assetId,
    at: now,
    ...seen,
    evidence: { link_id: id },
    ...SYSTEM,
  });
}
