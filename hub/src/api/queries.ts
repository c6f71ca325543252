import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { every } from "../live/connection.ts";
import * as generated from "./generated/@tanstack/react-query.gen.ts";
import type {
  ListAlertsData,
  ListAuditData,
  ListSignupsData,
  ListWabasData,
  ListWebhookDeliveriesData,
  GetObserveReportData,
} from "./generated/types.gen.ts";
import type { Page, Signup } from "./types.ts";

/**
 * How the Hub reads the API: paths, parameters, answers and keys are generated (`npm run hub:types`); here
 * stand the periods, the page sizes and what is kept on the screen meanwhile.
 */

/** Of these parameters, each may be left out or undefined: they stand in an address. */
type Filters<Query extends object | undefined, Name extends keyof NonNullable<Query>> = {
  [K in Name]?: NonNullable<Query>[K] | undefined;
};

/** Parameters in the address of the WABA list. The names are the API's own. */
export type WabaFilters = Filters<
  ListWabasData["query"],
  Exclude<keyof NonNullable<ListWabasData["query"]>, "limit" | "cursor">
>;

/** The parameters that have a value. */
export const givenOf = <P extends object>(parameters: P): { [K in keyof P]?: Exclude<P[K], undefined> } =>
  Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined)) as P;

const nextCursorOf = (page: Pick<Page<unknown>, "has_more" | "next_cursor">): string | undefined =>
  page.has_more ? (page.next_cursor ?? undefined) : undefined;

/** The first page has an empty cursor. */
const paged = { initialPageParam: "", getNextPageParam: nextCursorOf };

export const aboutQuery = queryOptions({ ...generated.getAboutOptions(), staleTime: Infinity });

export const signInWaysQuery = queryOptions({ ...generated.listSignInWaysOptions(), staleTime: Infinity });

export const sessionQuery = queryOptions({ ...generated.getSessionOptions(), staleTime: Infinity });

/** The labels change only with a release. */
export const labelsQuery = queryOptions({ ...generated.getLabelsOptions(), staleTime: Infinity });

export const overviewQuery = queryOptions({
  ...generated.getOverviewOptions(),
  // The stream announces every change; the minute is a fallback.
  refetchInterval: every(60_000),
});

export const figuresQuery = queryOptions({
  ...generated.getFiguresOptions(),
  // Not at every change: they cover a month, and a burst of losses must not count them a hundred times.
  refetchInterval: every(15_000),
});

export const connectionsQuery = queryOptions({
  ...generated.listConnectionsOptions({ query: { limit: 100 } }),
  // Webhooks and token are checked every five minutes, and the stream does not announce the results.
  refetchInterval: every(30_000),
});

export const repairsQuery = infiniteQueryOptions({
  ...generated.listRepairsInfiniteOptions({ query: { limit: 10 } }),
  ...paged,
  refetchInterval: every(30_000),
});

export const probePlanQuery = queryOptions({
  ...generated.getProbePlanOptions(),
  refetchInterval: every(10_000),
});

export const probeBudgetQuery = queryOptions({
  ...generated.getProbeBudgetOptions(),
  refetchInterval: every(10_000),
});

/** Parameters in the address of the observe page. `days`: "7", "30" or "90". */
export interface ObserveFilters extends Filters<GetObserveReportData["query"], "client_id" | "doubtful"> {
  days?: string | undefined;
}

const OBSERVE_EVERY_MS = 15_000;

export const observeReportQuery = (filters: Omit<ObserveFilters, "days">, since: string) =>
  infiniteQueryOptions({
    ...generated.getObserveReportInfiniteOptions({
      query: { ...givenOf(filters), decision: "close", since, limit: 50 },
    }),
    ...paged,
    placeholderData: keepPreviousData,
    refetchInterval: every(OBSERVE_EVERY_MS),
  });

export const observedCohortsQuery = (since: string) =>
  infiniteQueryOptions({
    ...generated.listObservedCohortsInfiniteOptions({ query: { since, limit: 20 } }),
    ...paged,
    placeholderData: keepPreviousData,
    refetchInterval: every(OBSERVE_EVERY_MS),
  });

/** Open incidents. The stream does not announce incidents, so they are polled. */
export const openIncidentsQuery = queryOptions({
  ...generated.listIncidentsOptions({ query: { open: "true", limit: 100 } }),
  refetchInterval: every(10_000),
});

const WABA_PAGE_SIZE = 100;

export const wabasQuery = (filters: WabaFilters, limit = WABA_PAGE_SIZE) =>
  infiniteQueryOptions({
    ...generated.listWabasInfiniteOptions({ query: { ...givenOf(filters), limit } }),
    ...paged,
    placeholderData: keepPreviousData,
  });

export const wabaQuery = (id: string) => generated.getWabaOptions({ path: { waba_id: id } });

/** The next probe changes with every probe, and the stream does not announce probes. */
const WATCH_EVERY_MS = 5_000;

export const wabaWatchQuery = (id: string) =>
  queryOptions({
    ...generated.getWabaWatchOptions({ path: { waba_id: id } }),
    refetchInterval: every(WATCH_EVERY_MS),
  });

/** Who may be on a WABA or be mentioned. People come and go rarely. */
export const colleaguesQuery = queryOptions({
  ...generated.listColleaguesOptions(),
  staleTime: 5 * 60_000,
});

/** Everybody who may sign in; for administrators. */
export const usersQuery = generated.listUsersOptions();

/** Every API key, also the ended ones; for administrators. */
export const apiKeysQuery = generated.listApiKeysOptions();

export const clientQuery = (id: string) => generated.getClientOptions({ path: { id } });

/** Parameters in the address of the audit. `from` and `until` are days there, and instants for the API. */
export type AuditFilters = Filters<
  ListAuditData["query"],
  Exclude<keyof NonNullable<ListAuditData["query"]>, "limit" | "cursor" | "after">
>;

/** The lines of the audit, newest first; for administrators. */
export const auditQuery = (filters: AuditFilters) =>
  infiniteQueryOptions({
    ...generated.listAuditInfiniteOptions({ query: { ...givenOf(filters), limit: 50 } }),
    ...paged,
    placeholderData: keepPreviousData,
  });

/** The own passkeys. */
export const passkeysQuery = generated.listPasskeysOptions();

/** Where this person is signed in. */
export const sessionsQuery = generated.listSessionsOptions();

export const timelineQuery = (id: string) =>
  infiniteQueryOptions({
    ...generated.listTimelineInfiniteOptions({ path: { waba_id: id }, query: { limit: 50 } }),
    ...paged,
  });

export const numberQuery = (id: string) => generated.getNumberOptions({ path: { id } });

export const canSendQuery = (id: string) => generated.getCanSendOptions({ path: { id } });

export const commerceQuery = (id: string) => generated.getCommerceSettingsOptions({ path: { id } });

export const keysQuery = (id: string) => generated.listKeysOptions({ path: { id } });

/**
 * Parameters in the address of the onboarding page. `days`: "7", "30", "90" or "all". `invite`: the dialog
 * is open.
 */
export interface SignupFilters extends Filters<ListSignupsData["query"], "q" | "state"> {
  days?: string | undefined;
  invite?: "true" | undefined;
}

/** Clients sign up while the page is open, and the stream announces WABAs only. */
const SIGNUPS_EVERY_MS = 5_000;
const SIGNUP_EVERY_MS = 2_000;

export const signupsQuery = ({ q, state }: Pick<SignupFilters, "q" | "state">, since: string | null) =>
  infiniteQueryOptions({
    ...generated.listSignupsInfiniteOptions({
      query: givenOf({ q, state, since: since ?? undefined, limit: 50 }),
    }),
    ...paged,
    placeholderData: keepPreviousData,
    refetchInterval: every(SIGNUPS_EVERY_MS),
  });

export const signupOutcomesQuery = (since: string | null) =>
  queryOptions({
    ...generated.getSignupOutcomesOptions({ query: givenOf({ since: since ?? undefined }) }),
    placeholderData: keepPreviousData,
    refetchInterval: every(SIGNUPS_EVERY_MS),
  });

export const isEndedSignup = ({ state }: Pick<Signup, "state">): boolean =>
  state === "ready" || state === "abandoned";

/** Polled while the signup may continue: its steps are ticked. */
export const signupQuery = (id: string) =>
  queryOptions({
    ...generated.getSignupOptions({ path: { id } }),
    refetchInterval: ({ state: { data, error } }) =>
      error !== null || (data && isEndedSignup(data)) ? false : every(SIGNUP_EVERY_MS)(),
  });

/** The types of events with their meanings: they change only with a release. */
export const eventTypesQuery = queryOptions({ ...generated.listEventTypesOptions(), staleTime: Infinity });

/** Endpoints fail and recover while the page is open, and the stream announces WABAs only. */
const ENDPOINTS_EVERY_MS = 10_000;
const DELIVERIES_EVERY_MS = 5_000;

export const webhookEndpointsQuery = queryOptions({
  ...generated.listWebhookEndpointsOptions(),
  refetchInterval: every(ENDPOINTS_EVERY_MS),
});

export const webhookEndpointQuery = (id: string) =>
  queryOptions({
    ...generated.getWebhookEndpointOptions({ path: { id } }),
    refetchInterval: ({ state: { error } }) => (error === null ? every(ENDPOINTS_EVERY_MS)() : false),
  });

export type DeliveryFilters = Filters<ListWebhookDeliveriesData["query"], "state">;

export const webhookDeliveriesQuery = (id: string, filters: DeliveryFilters) =>
  infiniteQueryOptions({
    ...generated.listWebhookDeliveriesInfiniteOptions({
      path: { id },
      query: { ...givenOf(filters), limit: 50 },
    }),
    ...paged,
    placeholderData: keepPreviousData,
    refetchInterval: every(DELIVERIES_EVERY_MS),
  });

/** Polled while an attempt may follow. */
export const webhookDeliveryQuery = (id: string) =>
  queryOptions({
    ...generated.getWebhookDeliveryOptions({ path: { id } }),
    refetchInterval: ({ state: { data } }) =>
      data?.state === "pending" ? every(DELIVERIES_EVERY_MS)() : false,
  });

export type AlertFilters = Filters<ListAlertsData["query"], "state" | "severity" | "waba_id">;

/** The stream announces alerts that change; this is a fallback. */
const ALERTS_EVERY_MS = 5_000;

export const alertsQuery = (filters: AlertFilters) =>
  infiniteQueryOptions({
    ...generated.listAlertsInfiniteOptions({ query: { ...givenOf(filters), limit: 50 } }),
    ...paged,
    placeholderData: keepPreviousData,
    refetchInterval: every(ALERTS_EVERY_MS),
  });

/** What fires and nobody is on yet: the count in the navigation, and the browser's notifications. */
export const firingAlertsQuery = queryOptions({
  ...generated.listAlertsOptions({ query: { state: "firing", limit: 100 } }),
  refetchInterval: every(ALERTS_EVERY_MS),
  // Whoever is told by the browser has the Hub in the background.
  refetchIntervalInBackground: true,
});

/** What holds of one WABA, taken on or not. */
export const wabaAlertsQuery = (wabaId: string) =>
  queryOptions({
    ...generated.listAlertsOptions({ query: { waba_id: wabaId, limit: 10 } }),
    refetchInterval: every(ALERTS_EVERY_MS),
  });

export const alertQuery = (id: string) =>
  queryOptions({
    ...generated.getAlertOptions({ path: { id } }),
    refetchInterval: ({ state: { error } }) => (error === null ? every(ALERTS_EVERY_MS)() : false),
  });

export const alertChannelsQuery = queryOptions({
  ...generated.listAlertChannelsOptions(),
  refetchInterval: every(ENDPOINTS_EVERY_MS),
});

export const alertRoutesQuery = queryOptions({
  ...generated.listAlertRoutesOptions(),
  refetchInterval: every(ENDPOINTS_EVERY_MS),
});

/** What was sent to a client, newest first. */
export const clientMessagesQuery = (id: string) =>
  infiniteQueryOptions({
    ...generated.listClientMessagesInfiniteOptions({ path: { id }, query: { limit: 10 } }),
    ...paged,
    refetchInterval: every(ENDPOINTS_EVERY_MS),
  });
