import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  type ErrorComponentProps,
} from "@tanstack/react-router";
import { ProblemError } from "./api/problem-error.ts";
import {
  apiKeysQuery,
  connectionsQuery,
  labelsQuery,
  numberQuery,
  observeReportQuery,
  openIncidentsQuery,
  overviewQuery,
  probeBudgetQuery,
  probePlanQuery,
  repairsQuery,
  sessionQuery,
  sessionsQuery,
  signInWaysQuery,
  signupOutcomesQuery,
  signupQuery,
  signupsQuery,
  timelineQuery,
  usersQuery,
  wabaQuery,
  wabasQuery,
  webhookDeliveriesQuery,
  webhookEndpointQuery,
  webhookEndpointsQuery,
} from "./api/queries.ts";
import { isLimited, mayActOnAll } from "./api/useMayAct.ts";
import { recordLabels } from "./labels.ts";
import { t } from "./messages.ts";
import { CrashPage, NotFoundPage } from "./ui/Failures.tsx";
import { observePeriodOf, startOf } from "./features/observe/period.ts";
import { periodOf, sinceOf } from "./features/onboarding/period.ts";
import { BROKEN, brokenQuery } from "./features/overview/broken-rows.ts";
import {
  parseApiKeysSearch,
  parseAuditSearch,
  parseEndpointSearch,
  parseObserveSearch,
  parseSignupsSearch,
  parseWabaSearch,
  parseWabasSearch,
} from "./shell/search.ts";
import { Shell } from "./shell/Shell.tsx";
import { Blocks, PageSkeleton, PendingPage, TilesSkeleton } from "./ui/Skeleton.tsx";

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  notFoundComponent: () => (
    <main>
      <NotFoundPage />
    </main>
  ),
  errorComponent: (props: ErrorComponentProps) => (
    <main>
      <CrashPage {...props} />
    </main>
  ),
});

/** Only an address within the Hub may follow the sign-in; "//host" and "/\\host" would leave it. */
const parseNext = (next: unknown): string | undefined =>
  typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : undefined;

interface SignInSearch {
  next?: string | undefined;
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): SignInSearch => ({ next: parseNext(search["next"]) }),
  component: lazyRouteComponent(() => import("./features/sign-in/SignInPage.tsx"), "SignInPage"),
});

/** Where a second factor is required: the only page for whoever has none yet. */
const secondFactor = createRoute({
  getParentRoute: () => root,
  path: "/second-factor",
  component: lazyRouteComponent(() => import("./features/settings/SecondFactorPage.tsx"), "SecondFactorPage"),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  async beforeLoad({ context, location }) {
    try {
      const [labels] = await Promise.all([
        context.queries.ensureQueryData(labelsQuery),
        context.queries.ensureQueryData(sessionQuery),
      ]);
      recordLabels(labels);
    } catch (error) {
      const next = location.href === "/" ? undefined : location.href;
      const { status, body } = error instanceof ProblemError ? error : { status: 0, body: {} };
      if (status === 401) throw redirect({ to: "/sign-in", search: { next } });
      if (body.code === "second_factor_needed") throw redirect({ to: "/second-factor" });
      // Only a client has too low a role for these two. Its page is the portal.
      if (body.code === "not_permitted") throw redirect({ href: "/portal", reloadDocument: true });
      throw error;
    }
  },
  component: Shell,
  pendingComponent: () => (
    <div className="page page-alone">
      <Blocks count={3} height={64} />
    </div>
  ),
});

/**
 * Each page is a file of its own. When a link to it is pointed at, its loader starts the queries that the
 * page begins with. It does not wait for them: the page is shown at once and fills in.
 */
const overview = createRoute({
  getParentRoute: () => shell,
  path: "/",
  component: lazyRouteComponent(() => import("./features/overview/OverviewPage.tsx"), "OverviewPage"),
  pendingComponent: () => (
    <PendingPage title={t("overview.title")}>
      <TilesSkeleton />
    </PendingPage>
  ),
  errorComponent: CrashPage,
  beforeLoad({ context: { queries } }) {
    const session = queries.getQueryData(sessionQuery.queryKey);
    if (session !== undefined && isLimited(session)) throw redirect({ to: "/wabas" });
  },
  loader({ context: { queries } }) {
    void queries.prefetchQuery(overviewQuery);
    void queries.prefetchQuery(openIncidentsQuery);
    void queries.prefetchInfiniteQuery(brokenQuery(BROKEN));
  },
});

const wabas = createRoute({
  getParentRoute: () => shell,
  path: "/wabas",
  validateSearch: parseWabasSearch,
  component: lazyRouteComponent(() => import("./features/wabas/WabasPage.tsx"), "WabasPage"),
  pendingComponent: () => (
    <PendingPage title={t("wabas.title")}>
      <Blocks count={8} height={56} />
    </PendingPage>
  ),
  errorComponent: CrashPage,
  loaderDeps: ({ search }) => search,
  loader({ context: { queries }, deps }) {
    void queries.prefetchInfiniteQuery(wabasQuery(deps));
  },
});

const waba = createRoute({
  getParentRoute: () => shell,
  path: "/wabas/$wabaId",
  validateSearch: parseWabaSearch,
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import("./features/waba/WabaPage.tsx"), "WabaPage"),
  pendingComponent: () => <PageSkeleton blocks={3} height={150} />,
  errorComponent: CrashPage,
  loader({ context: { queries }, params: { wabaId }, preload }) {
    void queries.prefetchQuery(wabaQuery(wabaId));
    if (!preload) void queries.prefetchInfiniteQuery(timelineQuery(wabaId));
  },
});

const number = createRoute({
  getParentRoute: () => shell,
  path: "/numbers/$numberId",
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import("./features/number/NumberPage.tsx"), "NumberPage"),
  pendingComponent: () => <PageSkeleton blocks={2} height={220} />,
  errorComponent: CrashPage,
  loader({ context: { queries }, params: { numberId } }) {
    void queries.prefetchQuery(numberQuery(numberId));
  },
});

const onboarding = createRoute({
  getParentRoute: () => shell,
  path: "/onboarding",
  validateSearch: parseSignupsSearch,
  component: lazyRouteComponent(() => import("./features/onboarding/OnboardingPage.tsx"), "OnboardingPage"),
  pendingComponent: () => (
    <PendingPage title={t("onboarding.title")}>
      <Blocks count={5} height={64} />
    </PendingPage>
  ),
  errorComponent: CrashPage,
  loaderDeps: ({ search: { q, state, days } }) => ({ q, state, days }),
  loader({ context: { queries }, deps: { days, ...filters } }) {
    const since = sinceOf(periodOf(days));
    void queries.prefetchQuery(signupOutcomesQuery(since));
    void queries.prefetchInfiniteQuery(signupsQuery(filters, since));
  },
});

const signup = createRoute({
  getParentRoute: () => shell,
  path: "/onboarding/$signupId",
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import("./features/onboarding/SignupPage.tsx"), "SignupPage"),
  pendingComponent: () => <PageSkeleton blocks={2} height={220} />,
  errorComponent: CrashPage,
  loader({ context: { queries }, params: { signupId } }) {
    void queries.prefetchQuery(signupQuery(signupId));
  },
});

const observe = createRoute({
  getParentRoute: () => shell,
  path: "/observe",
  validateSearch: parseObserveSearch,
  component: lazyRouteComponent(() => import("./features/observe/ObservePage.tsx"), "ObservePage"),
  pendingComponent: () => (
    <PendingPage title={t("observe.title")}>
      <TilesSkeleton />
    </PendingPage>
  ),
  errorComponent: CrashPage,
  loaderDeps: ({ search }) => search,
  loader({ context: { queries }, deps: { days, ...filters } }) {
    void queries.prefetchInfiniteQuery(observeReportQuery(filters, startOf(observePeriodOf(days))));
  },
});

const connection = createRoute({
  getParentRoute: () => shell,
  path: "/connection",
  component: lazyRouteComponent(() => import("./features/connection/ConnectionPage.tsx"), "ConnectionPage"),
  pendingComponent: () => (
    <PendingPage title={t("connection.title")}>
      <Blocks count={1} height={64} />
      <Blocks count={1} height={260} />
    </PendingPage>
  ),
  errorComponent: CrashPage,
  loader({ context: { queries } }) {
    void queries.prefetchQuery(connectionsQuery);
    void queries.prefetchInfiniteQuery(repairsQuery);
    void queries.prefetchQuery(probeBudgetQuery);
    void queries.prefetchQuery(probePlanQuery);
  },
});

/** Whether to begin the queries of a page for this role: anybody else's would be refused. */
const isAdmin = (queries: QueryClient): boolean =>
  mayActOnAll(queries.getQueryData(sessionQuery.queryKey), "admin");
const isOperator = (queries: QueryClient): boolean =>
  mayActOnAll(queries.getQueryData(sessionQuery.queryKey), "operator");

/** Leads to the first page of the settings that this person's role may open. */
const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  beforeLoad({ context: { queries } }) {
    throw redirect({ to: isAdmin(queries) ? "/settings/people" : "/settings/security" });
  },
});

const pendingSettings = () => (
  <PendingPage title={t("settings.title")}>
    <Blocks count={4} height={44} />
  </PendingPage>
);

const people = createRoute({
  getParentRoute: () => shell,
  path: "/settings/people",
  component: lazyRouteComponent(() => import("./features/settings/PeoplePage.tsx"), "PeoplePage"),
  pendingComponent: pendingSettings,
  errorComponent: CrashPage,
  loader({ context: { queries } }) {
    if (isAdmin(queries)) void queries.prefetchQuery(usersQuery);
  },
});

const apiKeys = createRoute({
  getParentRoute: () => shell,
  path: "/settings/api-keys",
  validateSearch: parseApiKeysSearch,
  component: lazyRouteComponent(() => import("./features/settings/ApiKeysPage.tsx"), "ApiKeysPage"),
  pendingComponent: pendingSettings,
  errorComponent: CrashPage,
  loader({ context: { queries } }) {
    if (!isAdmin(queries)) return;
    void queries.prefetchQuery(apiKeysQuery);
    void queries.prefetchQuery(usersQuery);
  },
});

const webhooks = createRoute({
  getParentRoute: () => shell,
  path: "/settings/webhooks",
  component: lazyRouteComponent(() => import("./features/webhooks/WebhooksPage.tsx"), "WebhooksPage"),
  pendingComponent: pendingSettings,
  errorComponent: CrashPage,
  loader({ context: { queries } }) {
    if (isOperator(queries)) void queries.prefetchQuery(webhookEndpointsQuery);
  },
});

const webhook = createRoute({
  getParentRoute: () => shell,
  path: "/settings/webhooks/$endpointId",
  validateSearch: parseEndpointSearch,
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import("./features/webhooks/WebhookPage.tsx"), "WebhookPage"),
  pendingComponent: () => <PageSkeleton blocks={2} height={220} />,
  errorComponent: CrashPage,
  loaderDeps: ({ search: { state } }) => ({ state }),
  loader({ context: { queries }, params: { endpointId }, deps }) {
    if (!isOperator(queries)) return;
    void queries.prefetchQuery(webhookEndpointQuery(endpointId));
    void queries.prefetchInfiniteQuery(webhookDeliveriesQuery(endpointId, deps));
  },
});

const audit = createRoute({
  getParentRoute: () => shell,
  path: "/settings/audit",
  validateSearch: parseAuditSearch,
  component: lazyRouteComponent(() => import("./features/settings/AuditPage.tsx"), "AuditPage"),
  pendingComponent: pendingSettings,
  errorComponent: CrashPage,
  loader({ context: { queries } }) {
    if (!isAdmin(queries)) return;
    void queries.prefetchQuery(usersQuery);
    void queries.prefetchQuery(apiKeysQuery);
  },
});

const security = createRoute({
  getParentRoute: () => shell,
  path: "/settings/security",
  component: lazyRouteComponent(() => import("./features/settings/SecurityPage.tsx"), "SecurityPage"),
  pendingComponent: pendingSettings,
  errorComponent: CrashPage,
  loader({ context: { queries } }) {
    void queries.prefetchQuery(signInWaysQuery);
    void queries.prefetchQuery(sessionsQuery);
  },
});

const sessions = createRoute({
  getParentRoute: () => shell,
  path: "/settings/sessions",
  component: lazyRouteComponent(() => import("./features/settings/SessionsPage.tsx"), "SessionsPage"),
  pendingComponent: pendingSettings,
  errorComponent: CrashPage,
  loader({ context: { queries } }) {
    void queries.prefetchQuery(sessionsQuery);
  },
});

/** Plain `?a=b`: the router's own JSON would make an id of fifteen digits a number, and links unreadable. */
const parseSearch = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));
const stringifySearch = (search: Record<string, unknown>): string => {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString().replaceAll("%2C", ",");
  return text === "" ? "" : `?${text}`;
};

export const createHubRouter = (queries: QueryClient) =>
  createRouter({
    routeTree: root.addChildren([
      signIn,
      secondFactor,
      shell.addChildren([
        ...[overview, wabas, waba, number, onboarding, signup, observe, connection],
        ...[settings, people, apiKeys, webhooks, webhook, audit, security, sessions],
      ]),
    ]),
    context: { queries },
    parseSearch,
    stringifySearch,
    scrollRestoration: true,
    defaultPreload: "intent",
    // The queries know what is fresh.
    defaultPreloadStaleTime: 0,
    // The code of a page is there before it is needed, except on the first: that one begins as its skeleton.
    defaultPendingMs: 0,
    defaultPendingMinMs: 0,
  });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createHubRouter>;
  }
}
