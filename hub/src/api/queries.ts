import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { every } from "../live/connection.ts";
import { api } from "./client.ts";
import type {
  About,
  CanSend,
  ChannelKey,
  CommerceSettings,
  Figures,
  Incident,
  Connection,
  ProbeBudget,
  ProbePlan,
  Repair,
  NumberPage,
  ObservedCohort,
  ObserveReport,
  Overview,
  Page,
  Session,
  Signup,
  SignupOutcomes,
  TimelineEntry,
  Waba,
  WabaSummary,
  WabaWatch,
} from "./types.ts";

/** Parameters in the address of the WABA list. The names are the API's own. */
export interface WabaFilters {
  q?: string | undefined;
  status?: string | undefined;
  reason?: string | undefined;
  kind?: string | undefined;
  client_id?: string | undefined;
  who_must_act?: string | undefined;
  app_activity?: string | undefined;
  client_word?: string | undefined;
  broken?: "true" | undefined;
  incident?: string | undefined;
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
  // The stream announces every change; the minute is a fallback.
  refetchInterval: every(60_000),
});

export const figuresQuery = queryOptions({
  queryKey: ["figures"],
  queryFn: ({ signal }) => api.get<Figures>("/figures", {}, signal),
  // Not at every change: they cover a month, and a burst of losses must not count them a hundred times.
  refetchInterval: every(15_000),
});

export const connectionsQuery = queryOptions({
  queryKey: ["connections"],
  queryFn: ({ signal }) => api.get<Page<Connection>>("/connections", { limit: 100 }, signal),
  // Webhooks and token are checked every five minutes, and the stream does not announce the results.
  refetchInterval: every(30_000),
});

export const repairsQuery = infiniteQueryOptions({
  queryKey: ["repairs"],
  queryFn: ({ pageParam, signal }) =>
    api.get<Page<Repair>>("/repairs", { limit: 10, cursor: pageParam }, signal),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => (page.has_more ? page.next_cursor : undefined),
  refetchInterval: every(30_000),
});

export const probePlanQuery = queryOptions({
  queryKey: ["probe-plan"],
  queryFn: ({ signal }) => api.get<ProbePlan>("/probe-plan", {}, signal),
  refetchInterval: every(10_000),
});

export const probeBudgetQuery = queryOptions({
  queryKey: ["probe-budget"],
  queryFn: ({ signal }) => api.get<ProbeBudget>("/probe-budget", {}, signal),
  refetchInterval: every(10_000),
});

/** Parameters in the address of the observe page. `days`: "7", "30" or "90". */
export interface ObserveFilters {
  days?: string | undefined;
  client_id?: string | undefined;
  doubtful?: "true" | undefined;
}

const OBSERVE_EVERY_MS = 15_000;

export const observeReportQuery = (filters: Omit<ObserveFilters, "days">, since: string) =>
  infiniteQueryOptions({
    queryKey: ["observe-report", { ...filters }, since],
    queryFn: ({ pageParam, signal }) =>
      api.get<ObserveReport>(
        "/observe-report",
        { ...filters, decision: "close", since, limit: 50, cursor: pageParam },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.has_more ? page.next_cursor : undefined),
    placeholderData: keepPreviousData,
    refetchInterval: every(OBSERVE_EVERY_MS),
  });

export const observedCohortsQuery = (since: string) =>
  infiniteQueryOptions({
    queryKey: ["observed-cohorts", since],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<ObservedCohort>>(
        "/observe-report/cohorts",
        { since, limit: 20, cursor: pageParam },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.has_more ? page.next_cursor : undefined),
    placeholderData: keepPreviousData,
    refetchInterval: every(OBSERVE_EVERY_MS),
  });

/** Open incidents. The stream does not announce incidents, so they are polled. */
export const openIncidentsQuery = queryOptions({
  queryKey: ["incidents", "open"],
  queryFn: ({ signal }) => api.get<Page<Incident>>("/incidents", { open: "true", limit: 100 }, signal),
  refetchInterval: every(10_000),
});

const WABA_PAGE_SIZE = 100;

export const fetchWabas = (
  filters: WabaFilters,
  cursor: string | null,
  limit: number,
  signal?: AbortSignal,
) => api.get<Page<WabaSummary>>("/wabas", { ...filters, limit, cursor }, signal);

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

/** The next probe changes with every probe, and the stream does not announce probes. */
const WATCH_EVERY_MS = 5_000;

export const wabaWatchQuery = (id: string) =>
  queryOptions({
    queryKey: ["waba-watch", id],
    queryFn: ({ signal }) =>
      api.get<WabaWatch>(`/wabas/${encodeURIComponent(id)}/probe-schedule`, {}, signal),
    refetchInterval: every(WATCH_EVERY_MS),
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

/**
 * Parameters in the address of the onboarding page. `days`: "7", "30", "90" or "all". `invite`: the dialog
 * is open.
 */
export interface SignupFilters {
  q?: string | undefined;
  state?: string | undefined;
  days?: string | undefined;
  invite?: "true" | undefined;
}

/** Clients sign up while the page is open, and the stream announces WABAs only. */
const SIGNUPS_EVERY_MS = 5_000;
const SIGNUP_EVERY_MS = 2_000;

export const signupsQuery = (filters: Pick<SignupFilters, "q" | "state">, since: string | null) =>
  infiniteQueryOptions({
    queryKey: ["signups", { ...filters }, since],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Signup>>(
        "/signups",
        { q: filters.q, state: filters.state, since, limit: 50, cursor: pageParam },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.has_more ? page.next_cursor : undefined),
    placeholderData: keepPreviousData,
    refetchInterval: every(SIGNUPS_EVERY_MS),
  });

export const signupOutcomesQuery = (since: string | null) =>
  queryOptions({
    queryKey: ["signup-outcomes", since],
    queryFn: ({ signal }) => api.get<SignupOutcomes>("/signup-outcomes", { since }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: every(SIGNUPS_EVERY_MS),
  });

export const isEndedSignup = ({ state }: Pick<Signup, "state">): boolean =>
  state === "ready" || state === "abandoned";

/** Polled while the signup may continue: its steps are ticked. */
export const signupQuery = (id: string) =>
  queryOptions({
    queryKey: ["signup", id],
    queryFn: ({ signal }) => api.get<Signup>(`/signups/${encodeURIComponent(id)}`, {}, signal),
    refetchInterval: ({ state: { data, error } }) =>
      error !== null || (data && isEndedSignup(data)) ? false : every(SIGNUP_EVERY_MS)(),
  });
