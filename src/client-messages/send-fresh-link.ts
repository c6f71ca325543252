import type { Database } from "../database/database.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import type { ReshareLink } from "../recovery/reshare-link.ts";
import { DAY } from "../sharing/model/timings.ts";
import type { ClientMessage } from "./client-message.ts";
import { ASKED_AGAIN_AFTER_MS, findFreshLink, type FreshLinkDeps } from "./find-fresh-link.ts";
import { countFreshLinks, findAskedWith, insertMessages, lockLinkMessages } from "./message-store.ts";

/** To one address, whichever links were asked with. */
const FRESH_LINKS_A_DAY = 5;

/** Sends a fresh link to the address that an ended one went to, once in ten minutes. */
export async function sendFreshLink(
  deps: FreshLinkDeps & { db: Database; random: Random },
  link: Pick<ReshareLink, "id" | "assetId">,
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await lockLinkMessages(tx, link.id);
    const now = deps.clock.now();
    const asked = await findAskedWith(tx, link.id);
    if (asked !== undefined && isRecent(asked, now)) return;
    const fresh = await findFreshLink({ ...deps, db: tx }, link);
    if (fresh === undefined) return;
    const { sent, subject } = fresh;
    // Whoever holds many ended links fills nobody's mailbox.
    const ofDay = await countFreshLinks(tx, sent.recipient ?? "", now - DAY);
    if (ofDay >= FRESH_LINKS_A_DAY) return;
    await insertMessages(tx, [
      {
        ...{ id: newId("cmg", deps.random), clientId: sent.clientId, topic: "loss", kind: "fresh_link" },
        ...{ cause: subject.state.reason ?? sent.cause, assetIds: [link.assetId], linkIds: [] },
        ...{ askedLinkId: link.id, channel: "email", recipient: sent.recipient, why: "asked_fresh" },
        ...{ contactName: sent.contactName, language: sent.language, createdBy: "client", plannedAt: now },
        ...{ state: "pending", attemptCount: 0, nextAttemptAt: now, endedAt: null, detail: null },
      },
    ]);
  });
}

/** After the clock was set back, one of the future does not count. */
const isRecent = ({ plannedAt }: ClientMessage, now: number): boolean =>
  plannedAt <= now && now - plannedAt < ASKED_AGAIN_AFTER_MS;
