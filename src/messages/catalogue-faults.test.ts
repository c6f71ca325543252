import { expect, test } from "vitest";
import { catalogueFaultsOf } from "./catalogue-faults.ts";
import { readCatalogues } from "./read-catalogues.ts";

test("the catalogues have no fault", () => {
  const catalogues = readCatalogues(import.meta.dirname);
  expect(Object.keys(catalogues).sort()).toEqual(["de", "en", "es", "fr", "id", "pt"]);
  expect(catalogueFaultsOf(catalogues)).toEqual([]);
});

const en = {
  page: { lead: { since: "Since {since}." }, count: "{count, plural, one {# link} other {# links}}" },
};

test("a language may leave out a section, and may have other plurals", () =>
  expect(
    catalogueFaultsOf({
      en: { ...en, hub: { title: "Hub" } },
      id: { page: { ...en.page, count: "{count} tautan" } },
    }),
  ).toEqual([]));

test.each([
  ["another section", { other: {} }, "pt/other.json: English has no such section"],
  ["a missing key", { page: { lead: en.page.lead } }, "pt/page.json: count is missing"],
  ["an extra key", { page: { ...en.page, more: "Mais" } }, "pt/page.json: more is not in English"],
  ["an empty message", { page: { ...en.page, count: "" } }, "pt/page.json: count is empty"],
  [
    "a blank at an edge",
    { page: { ...en.page, count: "{count} links " } },
    "pt/page.json: count begins or ends with a blank",
  ],
  [
    "an invalid message",
    { page: { ...en.page, count: "{count, plural, one {# link}}" } },
    "pt/page.json: count is not a valid ICU message",
  ],
  [
    "another argument",
    { page: { ...en.page, lead: { since: "Desde {at} {metaMessage}." } } },
    "pt/page.json: lead.since has the arguments {at}, {metaMessage}, and English has {since}",
  ],
])("%s is a fault", (_name, pt, fault) => expect(catalogueFaultsOf({ en, pt })).toEqual([fault]));

test("English itself must be valid", () =>
  expect(catalogueFaultsOf({ en: { page: { lead: "{since" } } })).toEqual([
    "en/page.json: lead is not a valid ICU message",
  ]));
