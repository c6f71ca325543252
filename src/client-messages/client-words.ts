import de from "../messages/de/client-message.json" with { type: "json" };
import en from "../messages/en/client-message.json" with { type: "json" };
import es from "../messages/es/client-message.json" with { type: "json" };
import fr from "../messages/fr/client-message.json" with { type: "json" };
import id from "../messages/id/client-message.json" with { type: "json" };
import pt from "../messages/pt/client-message.json" with { type: "json" };
import { assert } from "../lib/assert.ts";
import { parseLanguage, type Language } from "../messages/languages.ts";
import { textOf } from "../messages/text.ts";
import type { ClientMessage } from "./client-message.ts";

/** A WABA in the words of a message. `expiresAt`: of its link, ms since the epoch. */
export interface NamedWaba {
  name: string;
  url: string;
  expiresAt: number;
}

export interface Sender {
  partnerName: string;
  brand: { color: string | null; logoUrl: string | null; support: string | null };
}

export interface WordsInput {
  message: Pick<ClientMessage, "topic" | "kind" | "cause" | "language" | "contactName" | "why">;
  clientName: string;
  wabas: readonly [NamedWaba, ...NamedWaba[]];
  sender: Sender;
  /** Null: the provider sends it by itself. */
  unsubscribeUrl: string | null;
}

export interface Words {
  subject: string;
  text: string;
  html: string | null;
  language: Language;
}

const CATALOGUES = { en, pt, es, de, fr, id } satisfies Record<Language, typeof en>;

/** A message as its reader gets it. */
export function renderWords({ message, wabas, sender, unsubscribeUrl }: WordsInput): Words {
  const language = parseLanguage(message.language) ?? "en";
  const text = textOf(language, CATALOGUES[language]);
  const [first, ...others] = wabas;
  const partner = sender.partnerName;
  const values = { partner, account: first.name, link: first.url, until: first.expiresAt };
  const more = others.map(({ name, url }) => `${name}: ${url}`);
  const foot = unsubscribeUrl === null ? [] : [`--\n${unsubscribeUrl}`];
  return {
    subject: text("reshare.subject", values),
    text: [text("reshare.body", values), ...more, ...foot].join("\n\n"),
    html: null,
    language,
  };
}

/** The WABAs of a message that have a link, in its order. */
export function namedWabasOf(
  assetIds: readonly string[],
  links: ReadonlyMap<string, { id: string; expiresAt: number }>,
  subjects: ReadonlyMap<string, { asset: { name: string } }>,
  linkUrlOf: (linkId: string) => string,
): [NamedWaba, ...NamedWaba[]] {
  const [first, ...others] = assetIds.flatMap((assetId): NamedWaba[] => {
    const link = links.get(assetId);
    const name = subjects.get(assetId)?.asset.name;
    if (link === undefined || name === undefined) return [];
    return [{ name, url: linkUrlOf(link.id), expiresAt: link.expiresAt }];
  });
  assert(first, "a message names a WABA with a link");
  return [first, ...others];
}
