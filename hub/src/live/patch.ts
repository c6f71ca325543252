import type { InfiniteData, Query, QueryClient } from "@tanstack/react-query";
import type { NumberPage, Page, ShareEvent, Waba, WabaSummary } from "../api/types.ts";

/** Longer lists are patched in place but not fetched again: one change would cost up to 500 requests. */
const MOST_PAGES_TO_REFETCH = 5;

export const isShortList = ({ state }: Pick<Query, "state">): boolean =>
  ((state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 0) <= MOST_PAGES_TO_REFETCH;

export type WabaPages = InfiniteData<Page<WabaSummary>, string | null>;

/** The same pages with this WABA replaced; the same object when they do not contain it. */
function patchPages(pages: WabaPages | undefined, waba: WabaSummary): WabaPages | undefined {
  if (!pages?.pages.some((page) => page.data.some((row) => row.id === waba.id))) return pages;
  return {
    ...pages,
    pages: pages.pages.map((page) => ({
      ...page,
      data: page.data.map((row) => (row.id === waba.id ? waba : row)),
    })),
  };
}

/**
 * The first page as it is now before the others as they were: each WABA once, and none is dropped that has
 * only moved down.
 */
export function withFirstPage(pages: WabaPages | undefined, fresh: Page<WabaSummary>): WabaPages | undefined {
  const [first, second, ...others] = pages?.pages ?? [];
  if (pages === undefined || first === undefined || second === undefined) return pages;
  const ids = new Set(fresh.data.map(({ id }) => id));
  const isElsewhere = ({ id }: WabaSummary): boolean => !ids.has(id);
  const moved = { ...second, data: [...first.data, ...second.data] };
  const rest = [moved, ...others].map((page) => ({ ...page, data: page.data.filter(isElsewhere) }));
  return { ...pages, pages: [fresh, ...rest] };
}

/** A whole WABA, as the lists have it. */
const summaryOf = (waba: Waba): WabaSummary => ({
  ...waba,
  matched_number_ids: [],
  has_recovery: waba.recovery?.methods.some(({ available, steps }) => available && steps.length > 0) ?? false,
  has_reshare_link: waba.reshare_url !== null,
});

/**
 * Updates the data on the screen at once and in place. Changes that may move rows follow in `refetchAfter`.
 */
export function patchCaches(queries: QueryClient, event: ShareEvent): void {
  const waba = event.data.waba;
  if (waba) {
    queries.setQueryData(["waba", waba.id], waba);
    queries.setQueriesData<WabaPages>({ queryKey: ["wabas"] }, (pages) => patchPages(pages, summaryOf(waba)));
  } else {
    void queries.invalidateQueries({ queryKey: ["waba", event.waba_id] });
  }
  void queries.invalidateQueries({ queryKey: ["timeline", event.waba_id] });
  // The probe schedule follows from the state: a WABA that is live again must not show a row about a loss.
  void queries.invalidateQueries({ queryKey: ["waba-watch", event.waba_id] });
  invalidateNumbers(queries, event.waba_id);
}

function invalidateNumbers(queries: QueryClient, wabaId: string): void {
  for (const query of queries.getQueryCache().findAll({ queryKey: ["number"] })) {
    const data = query.state.data as Partial<NumberPage> | undefined;
    if (query.queryKey.length !== 2 || data?.waba?.id !== wabaId) continue;
    // The page's address may hold our id or Meta's; what hangs below it (commerce settings, can-send) uses
    // ours.
    for (const id of new Set([query.queryKey[1], data.id]))
      void queries.invalidateQueries({ queryKey: ["number", id] });
  }
}

/** Reads counts, order, and new or gone rows again. */
export function refetchLists(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: ["overview"] });
  void queries.invalidateQueries({
    queryKey: ["wabas"],
    predicate: isShortList,
  });
}
