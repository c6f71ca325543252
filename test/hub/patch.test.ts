/** A long list of which only the first page is read again. */
import { QueryClient, type QueryKey } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { listWabasOptions } from "../../hub/src/api/generated/@tanstack/react-query.gen.ts";
import {
  canSendQuery,
  numberQuery,
  timelineQuery,
  wabaQuery,
  wabasQuery,
} from "../../hub/src/api/queries.ts";
import type { CanSend, NumberPage, ShareEvent, Waba, WabaSummary } from "../../hub/src/api/types.ts";
import { patchCaches, withFirstPage, type WabaPages } from "../../hub/src/live/patch.ts";

const pageOf = (...ids: string[]) => ({
  data: ids.map((id) => ({ id }) as WabaSummary),
  has_more: true,
  next_cursor: ids.at(-1) ?? null,
});
const pagesOf = (...pages: ReturnType<typeof pageOf>[]): WabaPages => ({
  pages,
  pageParams: pages.map((_page, index) => (index === 0 ? "" : `after ${index}`)),
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

const wabaOf = (status_label: string) =>
  ({
    id: "w1",
    status_label,
    has_reshare_link: false,
    recovery: null,
    matched_number_ids: [],
  }) as unknown as Waba;

test("an event replaces its WABA in what was read, and asks again for what follows from it", () => {
  const queries = new QueryClient();
  const wabas = wabasQuery({ broken: "true" }).queryKey;
  const short = listWabasOptions({ query: { q: "w1", limit: 8 } }).queryKey;
  const list = { data: [wabaOf("Live") as unknown as WabaSummary], has_more: false, next_cursor: null };
  queries.setQueryData(wabas, { pages: [list], pageParams: [""] });
  queries.setQueryData(short, list);
  queries.setQueryData(wabaQuery("w1").queryKey, wabaOf("Live"));
  // Its address has Meta's id.
  queries.setQueryData(numberQuery("1555").queryKey, { id: "n1", waba: { id: "w1" } } as NumberPage);
  queries.setQueryData(canSendQuery("n1").queryKey, {} as CanSend);
  queries.setQueryData(canSendQuery("n2").queryKey, {} as CanSend);
  queries.setQueryData(timelineQuery("w1").queryKey, { pages: [], pageParams: [] });

  patchCaches(queries, { waba_id: "w1", data: { waba: wabaOf("Lost") } } as unknown as ShareEvent);

  expect(queries.getQueryData(wabaQuery("w1").queryKey)?.status_label).toBe("Lost");
  expect(queries.getQueryData(wabas)?.pages[0]?.data[0]?.status_label).toBe("Lost");
  expect(queries.getQueryData(short)).toBe(list);
  const isStale = (queryKey: QueryKey) => queries.getQueryState(queryKey)?.isInvalidated;
  expect(isStale(numberQuery("1555").queryKey)).toBe(true);
  expect(isStale(canSendQuery("n1").queryKey)).toBe(true);
  expect(isStale(canSendQuery("n2").queryKey)).toBe(false);
  expect(isStale(timelineQuery("w1").queryKey)).toBe(true);
});
