import { CHECKS_PER_MINUTE, MINUTE } from "../sharing/model/timings.ts";
import { lockShare } from "../sharing/record/share-store.ts";
import type { RecordDeps } from "../sharing/record/record-observation.ts";
import { recordConfirmed } from "../coexistence/record-app-activity.ts";
import { CLIENT, waitFor, type Said, type Visit } from "./record-signal.ts";
import { appendVisit, lockLink, readVisits } from "./reshare-link-store.ts";
import { SAID_PER_DAY, SEEN_GAP_MS } from "./reshare-link.ts";

/** Claims one check of the link's budget. @returns 0 when the check may run, else how many ms to wait */
export async function recordCheck(
  deps: Pick<RecordDeps, "db" | "clock">,
  { link, language }: Visit,
): Promise<number> {
  const now = deps.clock.now();
  return deps.db.transaction(async (tx) => {
    await lockLink(tx, link.id);
    const recent = await readVisits(tx, link.id, ["checked"], now - MINUTE);
    const oldest = recent[0];
    if (oldest !== undefined && recent.length >= CHECKS_PER_MINUTE)
      return Math.max(1000, oldest + MINUTE - now);
    await appendVisit(tx, { linkId: link.id, kind: "checked", language, at: now });
    return 0;
  });
}

/**
 * The client has opened the WhatsApp Business app of these numbers of one WABA. A repetition within a minute
 * is ignored.
 */
export async function recordAppOpened(
  deps: Pick<RecordDeps, "db" | "clock">,
  {
    link,
    language,
    requestId,
    assetId,
    numberIds,
  }: Visit & { assetId: string; numberIds: readonly string[] },
): Promise<Said> {
  const now = deps.clock.now();
  const by = { actor: CLIENT, requestId };
  return deps.db.transaction(async (tx): Promise<Said> => {
    const share = await lockShare(tx, assetId);
    await lockLink(tx, link.id);
    const recent = await readVisits(tx, link.id, ["app_opened"], now - SEEN_GAP_MS);
    if (share === undefined || recent.length > 0) return { outcome: "known" };
    const budget = { kinds: ["app_opened"], perDay: SAID_PER_DAY.app_opened } as const;
    const waitMs = await waitFor(tx, link.id, budget, now);
    if (waitMs > 0) return { outcome: "later", waitMs };
    await appendVisit(tx, { linkId: link.id, kind: "app_opened", language, at: now });
    for (const numberId of numberIds)
      await recordConfirmed(tx, share, { numberId, at: now, how: "link", by }, now);
    return { outcome: "said" };
  });
}
