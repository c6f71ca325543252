import { expect, test } from "vitest";
import { en } from "./english.ts";
import { LANGUAGES, type Language } from "./languages.ts";
import { readCatalogues } from "./read-catalogues.ts";
import { messagesIn } from "./text.ts";

const languages = Object.keys(LANGUAGES) as Language[];

test.each(languages.filter((language) => language !== "en"))("%s is translated", (language) => {
  const page = readCatalogues(import.meta.dirname)[language]?.["client-page"] ?? {};
  const english = messagesIn(en.client_page);
  const same = [...messagesIn(page)].filter(([key, text]) => text === english.get(key));
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
