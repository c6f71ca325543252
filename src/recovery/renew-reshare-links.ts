import type { Tx } from "../database/database.ts";
import { appendLines } from "../sharing/record/append-lines.ts";
import { SYSTEM } from "../sharing/record/record-observation.ts";
import { lockShare } from "../sharing/record/share-store.ts";
import { appendTimeline } from "../sharing/record/timeline-store.ts";
import type { OpenLinkDeps } from "./open-reshare-link.ts";
import { findCurrentLinks, readEndingLinks, replaceLinks, saveSuperseded } from "./reshare-link-store.ts";
import { LINK_CREATED, newLinkOf, RENEW_AHEAD_MS, type LinkDeps, type ReshareLink } from "./reshare-link.ts";

const BATCH = 100;

/**
 * A closed gate always has a live link: shortly before the one of a lost WABA ends, another replaces it. The
 * old one keeps its own end. A link that an operator revoked is not renewed.
 */
export async function renewReshareLinks(
  deps: LinkDeps & Pick<OpenLinkDeps, "db" | "clock" | "links">,
): Promise<void> {
  // WABAs lost in one burst have links that end together. All of them are renewed in one run.
  while ((await renewBatch(deps)) === BATCH);
}

/**
 * How many links of the next batch this instance renewed: fewer than a batch when none is left, or when
 * another instance does the same.
 */
async function renewBatch(deps: LinkDeps & Pick<OpenLinkDeps, "db" | "clock" | "links">): Promise<number> {
  const now = deps.clock.now();
  const ending = await readEndingLinks(deps.db, { now, until: now + RENEW_AHEAD_MS, limit: BATCH });
  let endedCount = 0;
  for (const { assetId, isLost } of ending) if (await endLink(deps, assetId, isLost)) endedCount += 1;
  if (ending.length > 0) await deps.links.refresh(ending.map(({ assetId }) => assetId));
  return endedCount;
}

/** Checked again under the lock, because another instance may have been quicker. */
async function endLink(
  deps: LinkDeps & Pick<OpenLinkDeps, "db" | "clock">,
  assetId: string,
  isLost: boolean,
): Promise<boolean> {
  return deps.db.transaction(async (tx) => {
    const now = deps.clock.now();
    await lockShare(tx, assetId);
    const [link] = await findCurrentLinks(tx, [assetId]);
    if (link === undefined || link.revokedAt !== null || link.expiresAt > now + RENEW_AHEAD_MS) return false;
    await saveSuperseded(tx, assetId, now);
    if (isLost) await putAnother(tx, deps, link, now);
    return true;
  });
}

async function putAnother(tx: Tx, deps: LinkDeps, link: ReshareLink, now: number): Promise<void> {
  const { connectionId, assetId } = link;
  const made = newLinkOf(deps, link, now);
  await replaceLinks(tx, [made], SYSTEM.actor);
  const seen = { kind: "command", source: "system", title: "reshare.renewed", detail: null } as const;
  await appendTimeline(tx, [
    {
      connectionId,
      assetId,
      at: now,
      ...seen,
      evidence: { link_id: made.id },
      ...SYSTEM,
    },
  ]);
  await appendLines(tx, [{ assetId, by: SYSTEM, ...LINK_CREATED }], now);
}
