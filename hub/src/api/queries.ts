import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "./client.ts";
import type {
  About,
  CanSend,
  ChannelKey,
  CommerceSettings,
  NumberPage,
  Overview,
  Page,
  Session,
  TimelineEntry,
  Waba,
} from "./types.ts";

/** What the address of the WABA list may carry; the names are the API's own, so that a link and a call read alike. */
export interface WabaFilters {
  q?: string | undefined;
  status?: string | undefined;
  reason?: string | undefined;
  kind?: string | undefined;
  client_id?: string | undefined;
  who_must_act?: string | undefined;
  broken?: "true" | undefined;
  sort?: string | undefined;
}

export const aboutQuery = queryOptions({
  queryKey: ["about"],
  queryFn: ({ signal }) => api.get<About>("/about", {}, signal),
  staleTime: Infinity,
});

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => api.get<Session>("/session", {}, signal),
  staleTime: Infinity,
});

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: ({ signal }) => api.get<Overview>("/overview", {}, signal),
  // The stream tells us of every change; the minute is a net under it.
  refetchInterval: 60_000,
});

export const WABA_PAGE_SIZE = 100;

export const fetchWabas = (
  filters: WabaFilters,
  cursor: string | null,
  limit: number,
  signal?: AbortSignal,
) => api.get<Page<Waba>>("/wabas", { ...filters, limit, cursor }, signal);

export const wabasQuery = (filters: WabaFilters, limit = WABA_PAGE_SIZE) =>
  infiniteQueryOptions({
    queryKey: ["wabas", { ...filters }, limit],
    queryFn: ({ pageParam, signal }) => fetchWabas(filters, pageParam, limit, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.has_more ? page.next_cursor : undefined),
    placeholderData: keepPreviousData,
  });

export const wabaQuery = (id: string) =>
  queryOptions({
    queryKey: ["waba", id],
    queryFn: ({ signal }) => api.get<Waba>(`/wabas/${encodeURIComponent(id)}`, {}, signal),
  });

export const timelineQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["timeline", id],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<TimelineEntry>>(
        `/wabas/${encodeURIComponent(id)}/timeline`,
        { limit: 50, cursor: pageParam },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.has_more ? page.next_cursor : undefined),
  });

const numberPath = (id: string): string => `/numbers/${encodeURIComponent(id)}`;

export const numberQuery = (id: string) =>
  queryOptions({
    queryKey: ["number", id],
    queryFn: ({ signal }) => api.get<NumberPage>(numberPath(id), {}, signal),
  });

export const canSendQuery = (id: string) =>
  queryOptions({
    queryKey: ["number", id, "can-send"],
    queryFn: ({ signal }) => api.get<CanSend>(`${numberPath(id)}/can-send`, {}, signal),
  });

export const commerceQuery = (id: string) =>
  queryOptions({
    queryKey: ["number", id, "commerce"],
    queryFn: ({ signal }) => api.get<CommerceSettings>(`${numberPath(id)}/commerce-settings`, {}, signal),
  });

export const keysQuery = (id: string) =>
  queryOptions({
    queryKey: ["keys", id],
    queryFn: ({ signal }) => api.get<{ data: ChannelKey[] }>(`${numberPath(id)}/keys`, {}, signal),
  });
