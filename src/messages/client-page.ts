import de from "./de/client-page.json" with { type: "json" };
import en from "./en/client-page.json" with { type: "json" };
import es from "./es/client-page.json" with { type: "json" };
import fr from "./fr/client-page.json" with { type: "json" };
import id from "./id/client-page.json" with { type: "json" };
import pt from "./pt/client-page.json" with { type: "json" };
import type { Language } from "./languages.ts";
import { textOf, type KeyOf, type Text } from "./text.ts";

/** The messages of the client's page. English says which there are. */
export type ClientTexts = typeof en;

export type ClientKey = KeyOf<ClientTexts>;
export type ClientText = Text<ClientKey>;

const CATALOGUES: Record<Language, ClientTexts> = { en, pt, es, de, fr, id };
const TEXTS = new Map(
  Object.entries(CATALOGUES).map(([language, catalogue]) => [language, textOf(language, catalogue)]),
);

/** Formats the messages of the client's page in this language. */
export function clientTextOf(language: Language): ClientText {
  const text = TEXTS.get(language);
  if (text === undefined) throw new Error(`Broken assumption: no texts in "${language}"`);
  return text;
}
