import type { Tx } from "../database/database.ts";
import { appendLines } from "../sharing/record/append-lines.ts";
import {
  recordSeen,
  SYSTEM,
  type By,
  type RecordDeps,
  type BeginDeps,
} from "../sharing/record/record-observation.ts";
import { lockShare, type ShareRow } from "../sharing/record/share-store.ts";
import { stateOf } from "../sharing/status/share-state.ts";
import { appendTimeline } from "../sharing/record/timeline-store.ts";
import { findCurrentLinks, findLink, readLostWithoutLink, replaceLinks } from "./reshare-link-store.ts";
import {
  isLost,
  LINK_CREATED,
  newLinkOf,
  outcomeOf,
  type LinkDeps,
  type ReshareLink,
} from "./reshare-link.ts";
import type { WatchedLinks } from "./watch-reshare-links.ts";

export interface OpenLinkDeps extends LinkDeps, RecordDeps {
  /** The links that refusals name: reloaded before we answer. */
  links: Pick<WatchedLinks, "refresh">;
}

/**
 * The live link of a WABA as it is; a new one when no link is live, or when `rotate` asks for it: then the
 * old one is revoked.
 *
 * @param input.lifetimeMs of a new link; a live one keeps its own
 * @returns undefined when there is no such share
 */
export async function openReshareLink(
  deps: OpenLinkDeps,
  input: { assetId: string; rotate: boolean; lifetimeMs?: number | undefined; by: By },
): Promise<ReshareLink | undefined> {
  const now = deps.clock.now();
  const opened = await deps.db.transaction(async (tx) => {
    const share = await lockShare(tx, input.assetId);
    if (share === undefined) return undefined;
    await recordSent(tx, deps, share, input.by);
    const [current] = await findCurrentLinks(tx, [input.assetId]);
    if (current !== undefined && !input.rotate && outcomeOf(current, now) === "live") return current;
    const state = stateOf(share.record, now);
    const { assetId, connectionId } = share;
    const lostAt = isLost(state) ? state.since : null;
    const made = newLinkOf(deps, { connectionId, assetId, lostAt }, now, input.lifetimeMs);
    await replaceLinks(tx, [made], input.by.actor);
    const title = input.rotate && current !== undefined ? "reshare.rotated" : "reshare.created";
    const seen = {
      kind: "command",
      source: "operator",
      title,
      detail: null,
      evidence: { link_id: made.id },
    } as const;
    await appendTimeline(tx, [{ connectionId, assetId, at: now, ...seen, ...input.by }]);
    await appendLines(tx, [{ assetId, by: input.by, ...LINK_CREATED }], now);
    return findLink(tx, made.id);
  });
  await deps.links.refresh([input.assetId]);
  deps.wake();
  return opened;
}

/** Whoever takes the address takes it to send it, so the client no longer waits for a link. */
async function recordSent(
  tx: Tx,
  deps: BeginDeps & Pick<RecordDeps, "companionCountdownMs">,
  { assetId, record }: ShareRow,
  by: By,
): Promise<void> {
  if (record.client?.askedLinkAt === undefined || by.actor === SYSTEM.actor) return;
  const command = { kind: "client_signal", signal: { is: "link_sent" } } as const;
  const observe = { type: "command", command } as const;
  await recordSeen(tx, deps, [{ assetId, by, note: null, event: "reshare.link_sent", observe }]);
}

const BATCH = 100;

/** Creates links for WABAs that an older version left lost. Later starts find nothing to do. */
export async function openMissingLinks(deps: OpenLinkDeps, by: By): Promise<void> {
  for (;;) {
    const assetIds = await readLostWithoutLink(deps.db, BATCH);
    for (const assetId of assetIds) await openReshareLink(deps, { assetId, rotate: false, by });
    if (assetIds.length < BATCH) return;
  }
}
