import de from "./de/client-page.json" with { type: "json" };
import en from "./en/client-page.json" with { type: "json" };
import es from "./es/client-page.json" with { type: "json" };
import fr from "./fr/client-page.json" with { type: "json" };
import id from "./id/client-page.json" with { type: "json" };
import pt from "./pt/client-page.json" with { type: "json" };
import { textOf, type KeyOf, type Text } from "./text.ts";

/** The messages of the client's page. English says which there are. */
export type ClientTexts = typeof en;

/** Every language of the client's page, under its own name. */
export const LANGUAGES = {
  en: "English",
  pt: "Português",
  es: "Español",
  de: "Deutsch",
  fr: "Français",
  id: "Bahasa Indonesia",
} as const;

export type Language = keyof typeof LANGUAGES;

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

/** A language that we have, or null. "pt-BR" is "pt". */
export function parseLanguage(tag: string): Language | null {
  const primary = tag.trim().toLowerCase().split("-")[0] ?? "";
  return Object.hasOwn(LANGUAGES, primary) ? (primary as Language) : null;
}

/**
 * The best of the languages that a browser asks for, by weight and then by order; null when we have none of
 * them.
 */
export function parseAcceptLanguage(header: string): Language | null {
  const wishes = header.split(",").map((part) => {
    const [tag = "", ...parameters] = part.split(";");
    const weight = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
    return { language: parseLanguage(tag), weight: weight === undefined ? 1 : Number(weight) };
  });
  const known = wishes.filter(({ language, weight }) => language !== null && weight > 0);
  return known.toSorted((left, right) => right.weight - left.weight)[0]?.language ?? null;
}
