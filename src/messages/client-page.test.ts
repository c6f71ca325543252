import { expect, test } from "vitest";
import { en } from "./english.ts";
import { LANGUAGES, type Language } from "./languages.ts";
import { readCatalogues } from "./read-catalogues.ts";
import { messagesIn } from "./text.ts";

const languages = Object.keys(LANGUAGES) as Language[];

const others = languages.filter((language) => language !== "en");
const sections = ["client-page", "client-mail"];

test.each(sections.flatMap((section) => others.map((language) => [section, language] as const)))(
  "the section %s is translated into %s",
  (section, language) => {
    const catalogues = readCatalogues(import.meta.dirname);
    const english = messagesIn(catalogues["en"]?.[section] ?? {});
    const messages = [...messagesIn(catalogues[language]?.[section] ?? {})];
    expect(messages).toHaveLength(english.size);
    expect(messages.filter(([key, text]) => text === english.get(key)).length).toBeLessThan(6);
  },
);

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
