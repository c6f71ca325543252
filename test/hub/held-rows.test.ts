import { expect, test } from "vitest";
import { holdRows } from "../../hub/src/live/held-rows.ts";

interface Row {
  id: string;
  label?: string;
}

const rowsOf = (ids: string): Row[] => [...ids].map((id) => ({ id }));
const idOf = ({ id }: Row): string => id;

/** P7: what a held list shows, and what waits. */
test.each([
  ["the same", "abc", "abc", "abc", 0, false],
  ["a new one above waits", "abc", "xabc", "abc", 1, true],
  ["new ones between wait", "abc", "axbyc", "abc", 2, true],
  ["another order waits", "abc", "cab", "abc", 0, true],
  ["what is gone stays", "abc", "ac", "abc", 0, true],
  ["a next page is appended", "abc", "abcde", "abcde", 0, false],
  ["a new one pushes the last off a short list", "abc", "xab", "abc", 1, true],
  ["another list altogether", "abc", "xy", "abc", 2, true],
])("%s", (_name, held, now, shown, freshCount, differs) => {
  const heldRows = rowsOf(held);
  const nowRows = [...now].map((id) => heldRows.find((row) => row.id === id) ?? { id });
  const result = holdRows(heldRows, nowRows, idOf);
  expect(result.rows.map(idOf).join("")).toBe(shown);
  expect([result.freshCount, result.differs]).toEqual([freshCount, differs]);
});

test("a row changes in place", () => {
  const now = [{ id: "x" }, { id: "a", label: "lost" }];
  expect(holdRows(rowsOf("a"), now, idOf).rows).toEqual([{ id: "a", label: "lost" }]);
});
