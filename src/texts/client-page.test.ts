import { describe, expect, test } from "vitest";
import { clientTextsOf, LANGUAGES, parseAcceptLanguage, type Language } from "./client-page.ts";
import en from "./en.json" with { type: "json" };

const languages = Object.keys(LANGUAGES) as Language[];

/** "step.enter_partner_id" -> its text. */
function flatten(texts: object, prefix = ""): Record<string, string> {
  return Object.assign(
    {},
    ...Object.entries(texts).map(([key, value]: [string, unknown]) =>
      typeof value === "string" ? { [prefix + key]: value } : flatten(value as object, `${prefix}${key}.`),
    ),
  ) as Record<string, string>;
}

const english = flatten(en.client_page);
const gapsOf = (text: string): string[] => [...new Set(text.match(/\{[a-z_]+\}/g))].toSorted();

describe.each(languages)("the client's page in %s", (language) => {
  const texts = flatten(clientTextsOf(language));

  test("has every sentence and no other", () =>
    expect(Object.keys(texts).toSorted()).toEqual(Object.keys(english).toSorted()));

  test("fills the same gaps in every sentence", () => {
    const gaps = (all: Record<string, string>) =>
      Object.fromEntries(Object.entries(all).map(([key, text]) => [key, gapsOf(text)]));
    expect(gaps(texts)).toEqual(gaps(english));
  });

  test("leaves no sentence empty or with an edge of blanks", () =>
    expect(Object.entries(texts).filter(([, text]) => text === "" || text !== text.trim())).toEqual([]));
});

test.each(languages.filter((language) => language !== "en"))("%s is translated", (language) => {
  const texts = flatten(clientTextsOf(language));
  const same = Object.keys(english).filter((key) => texts[key] === english[key]);
  expect(same.length).toBeLessThan(6);
});

test("the six steps of partner assignment keep their wording in English", () => {
  const six = [
    "select_portfolio",
    "open_settings",
    "select_waba",
    "open_assign_partner",
    "enter_partner_id",
    "grant_full_control",
  ] as const;
  for (const step of six) expect(en.client_page.step[step]).toBe(en.recovery.step[step]);
});

test.each([
  ["pt-BR,pt;q=0.9,en;q=0.8", "pt"],
  ["nl,en;q=0.3,de;q=0.7", "de"],
  ["id-ID", "id"],
  ["fr;q=0,es", "es"],
  ["nl", null],
  ["", null],
  ["*", null],
])("Accept-Language %s: %s", (header, language) => expect(parseAcceptLanguage(header)).toBe(language));
