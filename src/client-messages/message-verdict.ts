import { causeRowOf, parseClientCause } from "../mail/client-cause.ts";
import { isCritical, type ClientMessage } from "./client-message.ts";
import { normalOf } from "./mail-address.ts";
import { addressOf, type Addressee } from "./message-plan.ts";
import { needOf, type Subject } from "./notice-need.ts";
import type { Need, StoppedWhy } from "./notice.ts";

/**
 * What becomes of a message whose time has come. `pass_on`: its address takes no mail any more, or is no
 * contact's; the next contact is tried.
 */
export type MessageVerdict =
  | { is: "send"; assetIds: string[] }
  | { is: "wait" }
  | { is: "pass_on"; detail: "address_bounced" | "contact_removed" }
  | { is: "drop"; detail: DropDetail };

type DropDetail = StoppedWhy | "waba_moved" | "unsubscribed" | "address_bounced" | "contact_removed";

export interface MessageSubject extends Subject {
  asset: { clientId: string };
}

/** Looks at a message right before it is sent: much may have changed since it was planned. */
export function judgeMessage(
  message: ClientMessage,
  subjects: ReadonlyMap<string, MessageSubject>,
  addressee: Addressee,
  now: number,
): MessageVerdict {
  const needs = message.assetIds.flatMap((assetId) => {
    const subject = subjects.get(assetId);
    // Of another client meanwhile: its name and its link are none of this one's business.
    if (subject?.asset.clientId !== message.clientId) return [];
    return [{ assetId, need: needOf(message.topic, subject, now) }];
  });
  const assetIds = needs.filter(({ need }) => isWanted(message, need)).map(({ assetId }) => assetId);
  if (assetIds.length > 0) return judgeRecipient(message, addressee, assetIds);
  if (needs.some(({ need }) => need.is === "held")) return { is: "wait" };
  const over = needs.find(({ need }) => need.is === "over")?.need;
  return { is: "drop", detail: over?.is === "over" ? over.why : "waba_moved" };
}

/** What a client asked for, or a person ordered, is sent although nothing is due by itself. */
const ASKED_FOR: readonly StoppedWhy[] = ["recovered", "intended", "provider_acts", "lost_before_import"];

function isWanted({ kind, cause }: ClientMessage, need: Need): boolean {
  if (kind === "fresh_link" || kind === "manual")
    return need.is !== "over" || (kind === "fresh_link" && isAskedFor(cause, need.why));
  return need.is === "told";
}

/** Of a loss that is over its words would be wrong; those of a warning lead to the page that says so. */
export function isAskedFor(cause: string, why: StoppedWhy): boolean {
  const isOfLoss = causeRowOf(parseClientCause(cause).cause).topic === "loss";
  return ASKED_FOR.includes(why) && !(isOfLoss && why === "recovered");
}

function judgeRecipient(message: ClientMessage, addressee: Addressee, assetIds: string[]): MessageVerdict {
  const { recipient } = message;
  if (recipient === null) return { is: "send", assetIds };
  const fault = recipientFaultOf(recipient, addressee);
  if (fault !== null) {
    const isForThisOne = message.kind === "fresh_link" || message.kind === "manual";
    return isForThisOne ? { is: "drop", detail: fault } : { is: "pass_on", detail: fault };
  }
  const isUnsubscribed = addressOf(addressee, recipient)?.unsubscribedAt != null;
  return isUnsubscribed && !isCritical(message)
    ? { is: "drop", detail: "unsubscribed" }
    : { is: "send", assetIds };
}

function recipientFaultOf(
  recipient: string,
  addressee: Addressee,
): "address_bounced" | "contact_removed" | null {
  const isContact = addressee.contacts.some(
    ({ email }) => email !== null && normalOf(email) === normalOf(recipient),
  );
  if (!isContact) return "contact_removed";
  return addressOf(addressee, recipient)?.bouncedAt == null ? null : "address_bounced";
}
