import type { Sql } from "../database/database.ts";
import { findLinks } from "../recovery/reshare-link-store.ts";
import type { ClientMessage, MessageKind, Topic } from "./client-message.ts";
import { namedWabasOf, renderWords } from "./client-words.ts";
import { findMessage } from "./message-store.ts";
import { needOf } from "./notice-need.ts";
import { readAddressee, readSubjects, type KnownSubject } from "./read-subjects.ts";
import type { SendDeps } from "./send-message.ts";

/** A message that the provider sends: what the event `client_message.requested` carries. */
export interface RequestedMessage {
  id: string;
  topic: Topic;
  kind: MessageKind;
  cause: string;
  language: string;
  subject: string;
  text: string;
  /** The client's contacts, in the order of preference. */
  contacts: readonly { name: string; email: string | null; phone: string | null; language: string | null }[];
  wabas: readonly { name: string; link: string; expires_at: string }[];
}

/**
 * The words of requested messages, made when their event is delivered: the journal keeps no personal data and
 * no links. None for a message that was deleted meanwhile, and for one that came too late: about WABAs that
 * need nothing any more, or that are another client's.
 */
export async function readRequested(
  { db, sender, linkUrlOf }: Pick<SendDeps, "sender" | "linkUrlOf"> & { db: Sql },
  ids: readonly string[],
  now: number,
): Promise<Map<string, RequestedMessage>> {
  const found = new Map<string, RequestedMessage>();
  for (const id of ids) {
    const message = await findMessage(db, id);
    if (message === undefined) continue;
    const subjects = await readSubjects(db, message.assetIds, now);
    const assetIds = message.assetIds.filter((assetId) => isStillTold(message, subjects.get(assetId), now));
    const known = (await findLinks(db, message.linkIds)).filter((link) => assetIds.includes(link.assetId));
    if (known.length === 0) continue;
    const links = new Map(known.map((link) => [link.assetId, link]));
    const wabas = namedWabasOf({ ...message, assetIds }, links, subjects, linkUrlOf);
    const addressee = await readAddressee(db, message.clientId);
    const asked = { message, clientName: addressee.name, wabas, sender, unsubscribeUrl: null };
    const { subject, text, language } = renderWords(asked);
    found.set(id, {
      ...{ id, topic: message.topic, kind: message.kind, cause: message.cause, language, subject, text },
      contacts: addressee.contacts.map(({ name, email, phone, language: own }) => ({
        ...{ name, email, phone },
        language: own,
      })),
      wabas: wabas.map(({ name, link, expiresAt }) => ({
        ...{ name, link },
        expires_at: new Date(expiresAt).toISOString(),
      })),
    });
  }
  return found;
}

const isStillTold = (
  { topic, clientId }: ClientMessage,
  subject: KnownSubject | undefined,
  now: number,
): boolean => subject?.asset.clientId === clientId && needOf(topic, subject, now).is !== "over";
