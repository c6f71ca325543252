import type { InfiniteData, Query, QueryClient } from "@tanstack/react-query";
import {
  canSendQuery,
  commerceQuery,
  overviewQuery,
  timelineQuery,
  wabaQuery,
  wabaWatchQuery,
} from "../api/queries.ts";
import { everyAlert, everyAlertList, everyNumber, everyWabaList, hasKey } from "../api/query-keys.ts";
import type { NumberPage, Page, ShareEvent, Waba, WabaSummary } from "../api/types.ts";

/** Longer lists are patched in place but not fetched again: one change would cost up to 500 requests. */
const MOST_PAGES_TO_REFETCH = 5;

export const isShortList = ({ state }: Pick<Query, "state">): boolean =>
  ((state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 0) <= MOST_PAGES_TO_REFETCH;

export type WabaPages = InfiniteData<Page<WabaSummary>>;

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
});

/**
 * Updates the data on the screen at once and in place. Changes that may move rows follow in `refetchAfter`.
 */
export function patchCaches(queries: QueryClient, event: ShareEvent): void {
  const waba = event.data.waba;
  if (waba) {
    queries.setQueryData(wabaQuery(waba.id).queryKey, waba);
    queries.setQueriesData<WabaPages>({ queryKey: everyWabaList }, (pages) =>
      patchPages(pages, summaryOf(waba)),
    );
  } else {
    void queries.invalidateQueries({ queryKey: wabaQuery(event.waba_id).queryKey });
  }
  void queries.invalidateQueries({ queryKey: timelineQuery(event.waba_id).queryKey });
  // The probe schedule follows from the state: a WABA that is live again must not show a row about a loss.
  void queries.invalidateQueries({ queryKey: wabaWatchQuery(event.waba_id).queryKey });
  invalidateNumbers(queries, event.waba_id);
}

function invalidateNumbers(queries: QueryClient, wabaId: string): void {
  for (const query of queries.getQueryCache().findAll({ queryKey: everyNumber })) {
    const number = query.state.data as NumberPage | undefined;
    if (number?.waba.id !== wabaId) continue;
    // By the key that was found: the page's address may hold our id or Meta's. What the page reads beside it
    // uses ours.
    for (const { queryKey } of [query, canSendQuery(number.id), commerceQuery(number.id)])
      void queries.invalidateQueries({ queryKey });
  }
}

const isOfAlerts = hasKey(everyAlert, everyAlertList);

/** Reads counts, order, and new or gone rows again. */
export function refetchLists(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: overviewQuery.queryKey });
  void queries.invalidateQueries({ predicate: isOfAlerts });
  void queries.invalidateQueries({
    queryKey: everyWabaList,
    predicate: isShortList,
  });
}
