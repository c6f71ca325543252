import de from "./de/client-mail.json" with { type: "json" };
import en from "./en/client-mail.json" with { type: "json" };
import es from "./es/client-mail.json" with { type: "json" };
import fr from "./fr/client-mail.json" with { type: "json" };
import id from "./id/client-mail.json" with { type: "json" };
import pt from "./pt/client-mail.json" with { type: "json" };
import type { Language } from "./languages.ts";
import { textOf, type KeyOf, type Text } from "./text.ts";

export type ClientMailText = Text<KeyOf<typeof en>>;

const CATALOGUES: Record<Language, typeof en> = { en, pt, es, de, fr, id };
const TEXTS = new Map(
  Object.entries(CATALOGUES).map(([language, catalogue]) => [language, textOf(language, catalogue)]),
);

/** Formats the messages of the mails to clients in this language. */
export function clientMailTextOf(language: Language): ClientMailText {
  const text = TEXTS.get(language);
  if (text === undefined) throw new Error(`Broken assumption: no texts of mails in "${language}"`);
  return text;
}
