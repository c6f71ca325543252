/** A long list of which only the first page is read again. */
import { expect, test } from "vitest";
import type { WabaSummary } from "../../hub/src/api/types.ts";
import { withFirstPage, type WabaPages } from "../../hub/src/live/patch.ts";

const pageOf = (...ids: string[]) => ({
  data: ids.map((id) => ({ id }) as WabaSummary),
  has_more: true,
  next_cursor: ids.at(-1) ?? null,
});
const pagesOf = (...pages: ReturnType<typeof pageOf>[]): WabaPages => ({
  pages,
  pageParams: pages.map((_page, index) => (index === 0 ? null : `after ${index}`)),
});
const idsOf = (pages: WabaPages | undefined) => pages?.pages.map(({ data }) => data.map(({ id }) => id));

test("each WABA appears once, and one that has moved down is not dropped", () => {
  const before = pagesOf(pageOf("a", "b"), pageOf("c", "d"), pageOf("e"));
  const after = withFirstPage(before, pageOf("new", "d"));
  expect(idsOf(after)).toEqual([["new", "d"], ["a", "b", "c"], ["e"]]);
  expect(after?.pageParams).toEqual(before.pageParams);
});

test("nothing that was read yet stays so", () => {
  expect(withFirstPage(undefined, pageOf("a"))).toBeUndefined();
});
