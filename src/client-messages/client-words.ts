import { assert } from "../lib/assert.ts";
import { formatPhoneNumber } from "../lib/phone-number.ts";
import { renderClientMail, type ClientMail, type ClientWaba } from "../mail/render-client-mail.ts";
import { parseLanguage, type Language } from "../messages/languages.ts";
import type { ClientMessage } from "./client-message.ts";
import type { KnownSubject } from "./read-subjects.ts";

/** A WABA in the words of a message, with its link. */
export type NamedWaba = ClientWaba & { link: string; expiresAt: number };

export type Sender = ClientMail["sender"];

export interface WordsInput {
  message: Pick<ClientMessage, "kind" | "cause" | "language" | "contactName" | "why">;
  clientName: string;
  wabas: readonly [NamedWaba, ...NamedWaba[]];
  sender: Sender;
  /** Null: the provider sends it by itself. */
  unsubscribeUrl: string | null;
}

export interface Words {
  subject: string;
  text: string;
  html: string;
  language: Language;
}

/** A message as its reader gets it. */
export function renderWords({ message, ...input }: WordsInput): Words {
  const { kind, cause, contactName, why: whySent } = message;
  const language = parseLanguage(message.language) ?? "en";
  return { ...renderClientMail({ ...input, kind, cause, contactName, whySent, language }), language };
}

/** The WABAs of a message that have a link, in its order. */
export function namedWabasOf(
  { assetIds, topic }: Pick<ClientMessage, "assetIds" | "topic">,
  links: ReadonlyMap<string, { id: string; expiresAt: number }>,
  subjects: ReadonlyMap<string, KnownSubject>,
  linkUrlOf: (linkId: string) => string,
): [NamedWaba, ...NamedWaba[]] {
  const [first, ...others] = assetIds.flatMap((assetId): NamedWaba[] => {
    const link = links.get(assetId);
    const subject = subjects.get(assetId);
    if (link === undefined || subject === undefined) return [];
    const since = topic === "loss" ? subject.state.since : null;
    const numbers = subject.numbers.map(formatPhoneNumber);
    const { name } = subject.asset;
    return [{ name, numbers, since, link: linkUrlOf(link.id), expiresAt: link.expiresAt }];
  });
  assert(first, "a message names a WABA with a link");
  return [first, ...others];
}
