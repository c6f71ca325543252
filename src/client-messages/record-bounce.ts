import type { Database, Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import { DAY } from "../sharing/model/timings.ts";
import { appendTold } from "./append-told.ts";
import type { ClientMessage } from "./client-message.ts";
import { readMailAddresses, saveBounced, saveUnsubscribed } from "./mail-address-store.ts";
import { normalOf } from "./mail-address.ts";
import { lockBounced, saveOutcome } from "./message-store.ts";
import { passOn } from "./pass-on.ts";
import { readSubjects } from "./read-subjects.ts";

/** What a mail server reports later. `soft`: it may still arrive; `complaint`: the reader calls it spam. */
export const BOUNCE_TYPES = ["hard", "soft", "complaint"] as const;

export interface Bounce {
  address: string;
  /** The Message-ID of the mail, or our id of the message; null: the newest to that address. */
  messageId: string | null;
  type: (typeof BOUNCE_TYPES)[number];
  detail: string;
}

/** A bounce without a Message-ID is one of a mail of these days. */
const BOUNCES_WITHIN_MS = 7 * DAY;

/**
 * Notes that a mail did not arrive, or is not welcome. The next contact is tried.
 *
 * @returns whether we ever wrote to that address
 */
export async function recordBounce(
  deps: { db: Database; clock: Clock; random: Random },
  bounce: Bounce,
): Promise<boolean> {
  return deps.db.transaction(async (tx) => {
    const now = deps.clock.now();
    const messageId = /cmg_[0-9a-z]{20}/.exec(bounce.messageId ?? "")?.[0] ?? null;
    const address = normalOf(bounce.address);
    const message = await lockBounced(tx, { messageId, address, since: now - BOUNCES_WITHIN_MS });
    const [known] = await readMailAddresses(tx, [message?.recipient ?? address]);
    if (known === undefined) return false;
    if (bounce.type === "complaint") await saveUnsubscribed(tx, known.id, { how: "complaint", at: now });
    if (bounce.type === "hard") {
      await saveBounced(tx, known.id, { detail: bounce.detail, at: now });
      if (message !== undefined) await bounceMessage(tx, deps, message, bounce.detail, now);
    }
    return true;
  });
}

async function bounceMessage(
  tx: Tx,
  deps: { random: Random },
  message: ClientMessage,
  detail: string,
  now: number,
): Promise<void> {
  const bounced = { ...message, state: "bounced", detail, nextAttemptAt: null, endedAt: now } as const;
  await saveOutcome(tx, message.id, bounced);
  await appendTold(tx, bounced, await readSubjects(tx, message.assetIds, now), now);
  await passOn(tx, deps, message, now);
}
