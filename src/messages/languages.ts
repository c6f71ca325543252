/** Every language that clients are addressed in, under its own name. */
export const LANGUAGES = {
  en: "English",
  pt: "Português",
  es: "Español",
  de: "Deutsch",
  fr: "Français",
  id: "Bahasa Indonesia",
} as const;

export type Language = keyof typeof LANGUAGES;

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
