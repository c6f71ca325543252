import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import {
  alertQuery,
  alertsQuery,
  connectionsQuery,
  numberQuery,
  observeReportQuery,
  openIncidentsQuery,
  overviewQuery,
  probeBudgetQuery,
  probePlanQuery,
  repairsQuery,
  sessionQuery,
  signupOutcomesQuery,
  signupQuery,
  signupsQuery,
  timelineQuery,
  wabaQuery,
  wabasQuery,
} from "./api/queries.ts";
import { isLimited } from "./api/useMayAct.ts";
import { t } from "./messages.ts";
import { CrashPage } from "./ui/Failures.tsx";
import { observePeriodOf, startOf } from "./features/observe/period.ts";
import { periodOf, sinceOf } from "./features/onboarding/period.ts";
import { BROKEN, brokenQuery } from "./features/overview/broken-rows.ts";
import {
  parseAlertSearch,
  parseAlertsSearch,
  parseObserveSearch,
  parseSignupsSearch,
  parseWabaSearch,
  parseWabasSearch,
} from "./shell/search.ts";
import { parseSearch, stringifySearch } from "./shell/address.ts";
import { Blocks, PageSkeleton, PendingPage, TilesSkeleton } from "./ui/Skeleton.tsx";
import {
  alertChannels,
  alertRoutes,
  apiKeys,
  audit,
  people,
  security,
  sessions,
  settings,
  webhook,
  webhooks,
} from "./settings-routes.tsx";
import { root, secondFactor, shell, signIn } from "./shell-routes.tsx";

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

const alerts = createRoute({
  getParentRoute: () => shell,
  path: "/alerts",
  validateSearch: parseAlertsSearch,
  component: lazyRouteComponent(() => import("./features/alerts/AlertsPage.tsx"), "AlertsPage"),
  pendingComponent: () => (
    <PendingPage title={t("nav.alerts")}>
      <Blocks count={4} height={84} />
    </PendingPage>
  ),
  errorComponent: CrashPage,
  loaderDeps: ({ search }) => search,
  loader({ context: { queries }, deps: { state = "firing", ...filters } }) {
    void queries.prefetchInfiniteQuery(alertsQuery({ ...filters, state }));
  },
});

const alert = createRoute({
  getParentRoute: () => shell,
  path: "/alerts/$alertId",
  validateSearch: parseAlertSearch,
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import("./features/alerts/AlertPage.tsx"), "AlertPage"),
  pendingComponent: () => <PageSkeleton blocks={2} height={180} />,
  errorComponent: CrashPage,
  loader({ context: { queries }, params: { alertId } }) {
    void queries.prefetchQuery(alertQuery(alertId));
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

export const createHubRouter = (queries: QueryClient) =>
  createRouter({
    routeTree: root.addChildren([
      signIn,
      secondFactor,
      shell.addChildren([
        ...[overview, wabas, waba, alerts, alert, number, onboarding, signup, observe, connection],
        ...[settings, people, apiKeys, alertChannels, alertRoutes, webhooks, webhook, audit],
        ...[security, sessions],
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
