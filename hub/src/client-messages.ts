import de from "../../src/messages/de/client-message.json" with { type: "json" };
import en from "../../src/messages/en/client-message.json" with { type: "json" };
import es from "../../src/messages/es/client-message.json" with { type: "json" };
import fr from "../../src/messages/fr/client-message.json" with { type: "json" };
import id from "../../src/messages/id/client-message.json" with { type: "json" };
import pt from "../../src/messages/pt/client-message.json" with { type: "json" };
import { parseLanguage, type Language } from "../../src/messages/languages.ts";
import { formatterOf } from "./messages.ts";

/**
 * What a provider sends to its client, in the client's language, ready to paste into a chat or an email.
 * `reshare`: the access is lost and the link restores it. `invite`: the first signup. `reshare` always names
 * the account and the expiry of the link: the text has no variant without them.
 */
export type MessageAbout = { kind: "reshare"; account: string; expiresAt: string } | { kind: "invite" };

interface Message {
  subject: string;
  body: string;
}

const TEXTS = {
  // English dates with the day first: clients are all over the world.
  en: formatterOf(en, "en-GB"),
  pt: formatterOf(pt, "pt"),
  es: formatterOf(es, "es"),
  de: formatterOf(de, "de"),
  fr: formatterOf(fr, "fr"),
  id: formatterOf(id, "id"),
} satisfies Record<Language, unknown>;

/** A language that we have; English for every other. */
export const messageLanguageOf = (tag: string | null | undefined): Language =>
  parseLanguage(tag ?? "") ?? "en";

/** The page opens in the message's language too. */
export function messageOf(
  about: MessageAbout,
  language: Language,
  { partner, link }: { partner: string; link: string },
): Message & { link: string } {
  const address = new URL(link);
  address.searchParams.set("lang", language);
  const values = {
    partner,
    link: address.toString(),
    ...(about.kind === "reshare" && { account: about.account, until: new Date(about.expiresAt) }),
  };
  const text = TEXTS[language];
  return {
    subject: text(`${about.kind}.subject`, values),
    body: text(`${about.kind}.body`, values),
    link: values.link,
  };
}

/** For the person's own mail program; a line break in a mail address is CRLF (RFC 6068, section 5). */
export function mailtoOf({ subject, body }: Message): string {
  const lines = body.replaceAll("\n", "\r\n");
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(lines)}`;
}

/** In the person's own WhatsApp, which then asks for the chat. */
export const whatsAppOf = ({ body }: Message): string => `https://wa.me/?text=${encodeURIComponent(body)}`;
