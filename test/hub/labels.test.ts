/**
 * The API gives the labels of its values (GET /api/v1/labels), and the Hub reads them: a second copy would
 * begin to differ.
 */
import { expect, test } from "vitest";
import { labelOf, labelsOf, reasonLabelOf, recordLabels } from "../../hub/src/labels.ts";
import hub from "../../src/messages/en/hub.json" with { type: "json" };
import labels from "../../src/messages/en/labels.json" with { type: "json" };

/** The tables within a catalogue: a group of texts by its path. */
function tablesIn(messages: object, path = ""): [path: string, table: Record<string, unknown>][] {
  return Object.entries(messages).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value !== "object" || value === null) return [];
    const own = path === "" ? name : `${path}.${name}`;
    return [[own, value as Record<string, unknown>], ...tablesIn(value, own)];
  });
}

const isSame = (text: unknown, label: string): boolean =>
  typeof text === "string" && text.toLowerCase() === label.toLowerCase();

/** Where a table of the Hub says the same of two or more values as a table of the API. */
function copiesIn(messages: object): string[] {
  return tablesIn(messages).flatMap(([path, table]) =>
    Object.entries(labels).flatMap(([vocabulary, ofApi]) => {
      const same = Object.entries(ofApi).filter(([value, label]) => isSame(table[value], label));
      return same.length >= 2
        ? [`${path} repeats ${vocabulary}: ${same.map(([value]) => value).join()}`]
        : [];
    }),
  );
}

test("no table of the Hub's messages repeats labels of the API", () => expect(copiesIn(hub)).toEqual([]));

test("a copy is found", () =>
  expect(
    copiesIn({ page: { kinds: { platform: "Platform", coexistence: "Coexistence", all: "All" } } }),
  ).toEqual(["page.kinds repeats kind: platform,coexistence"]));

test("a value is shown with the label that the API gives it", () => {
  recordLabels({ ...labels, kind: { platform: "Another word" } });
  expect(labelOf("kind", "platform")).toBe("Another word");
  expect(labelsOf("kind")).toEqual({ platform: "Another word" });
});

test("a value without a label is shown as plain text, and Meta's new reasons as sent", () => {
  recordLabels(labels);
  expect(labelOf("status", "quite_new")).toBe("Quite new");
  expect(labelOf("condition", "QuiteNew", "QuiteNew")).toBe("QuiteNew");
  expect(reasonLabelOf("meta:NEW_REASON")).toBe("Meta says: NEW_REASON");
  expect(reasonLabelOf("partner_removed")).toBe(labels.reason.partner_removed);
  expect(reasonLabelOf(null)).toBe("");
});
