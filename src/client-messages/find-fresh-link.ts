import type { Sql } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import type { ReshareLink } from "../recovery/reshare-link.ts";
import { MINUTE } from "../sharing/model/timings.ts";
import { maskedOf, type ClientMessage } from "./client-message.ts";
import { normalOf } from "./mail-address.ts";
import { addressOf, type Addressee } from "./message-plan.ts";
import { findAskedWith, findSentWith } from "./message-store.ts";
import { isAskedFor } from "./message-verdict.ts";
import { needOf } from "./notice-need.ts";
import { readAddressee, readSubjects, type KnownSubject } from "./read-subjects.ts";

export interface FreshLinkDeps {
  db: Sql;
  clock: Clock;
  mailer: { isSetUp: boolean };
}

/** To whom a fresh link goes. */
export interface FreshLink {
  /** What carried the ended link. */
  sent: ClientMessage;
  subject: KnownSubject;
}

/**
 * To whom a fresh link in place of an ended one goes: to the address that the ended one went to, and to no
 * other, so that whoever holds it learns nothing by asking. Undefined where no address is known, where it is
 * no contact's any more or takes no mail, and where the mail would not be sent, as when the access is back.
 */
export async function findFreshLink(
  { db, clock, mailer }: FreshLinkDeps,
  link: Pick<ReshareLink, "id" | "assetId">,
): Promise<FreshLink | undefined> {
  if (!mailer.isSetUp) return undefined;
  const sent = await findSentWith(db, link.id);
  if (sent === undefined) return undefined;
  const subject = (await readSubjects(db, [link.assetId], clock.now())).get(link.assetId);
  if (subject?.asset.clientId !== sent.clientId) return undefined;
  const need = needOf("loss", subject, clock.now());
  if (need.is === "over" && !isAskedFor(subject.state.reason ?? sent.cause, need.why)) return undefined;
  const addressee = await readAddressee(db, sent.clientId);
  return isReachable(sent.recipient ?? "", addressee) ? { sent, subject } : undefined;
}

function isReachable(recipient: string, addressee: Addressee): boolean {
  const isContact = addressee.contacts.some(
    ({ email }) => email !== null && normalOf(email) === normalOf(recipient),
  );
  return isContact && addressOf(addressee, recipient)?.bouncedAt == null;
}

export const maySendFreshLink = async (
  deps: FreshLinkDeps,
  link: Pick<ReshareLink, "id" | "assetId">,
): Promise<boolean> => (await findFreshLink(deps, link)) !== undefined;

const ON_ITS_WAY: readonly ClientMessage["state"][] = ["pending", "sending", "sent"];

/** Where a fresh link that was asked for with this one is on its way to; null: to nobody. */
export async function findFreshLinkAddress(sql: Sql, linkId: string): Promise<string | null> {
  const asked = await findAskedWith(sql, linkId);
  if (asked?.recipient == null || !ON_ITS_WAY.includes(asked.state)) return null;
  return maskedOf(asked.recipient);
}

/** The holder of an ended link asks for a fresh one no more often than this. */
export const ASKED_AGAIN_AFTER_MS = 10 * MINUTE;
