import type { QueryClient } from "@tanstack/react-query";
import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import {
  alertChannelsQuery,
  alertRoutesQuery,
  apiKeysQuery,
  sessionQuery,
  sessionsQuery,
  signInWaysQuery,
  usersQuery,
  webhookDeliveriesQuery,
  webhookEndpointQuery,
  webhookEndpointsQuery,
} from "./api/queries.ts";
import { mayActOnAll } from "./api/useMayAct.ts";
import { t } from "./messages.ts";
import { CrashPage } from "./ui/Failures.tsx";
import { parseApiKeysSearch, parseAuditSearch, parseEndpointSearch } from "./shell/search.ts";
import { Blocks, PageSkeleton, PendingPage } from "./ui/Skeleton.tsx";
import { shell } from "./shell-routes.tsx";

/** Whether to begin the queries of a page for this role: anybody else's would be refused. */
const isAdmin = (queries: QueryClient): boolean =>
  mayActOnAll(queries.getQueryData(sessionQuery.queryKey), "admin");
const isOperator = (queries: QueryClient): boolean =>
  mayActOnAll(queries.getQueryData(sessionQuery.queryKey), "operator");

/** Leads to the first page of the settings that this person's role may open. */
export const settings = createRoute({
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

export const people = createRoute({
  getParentRoute: () => shell,
  path: "/settings/people",
  component: lazyRouteComponent(() => import("./features/settings/PeoplePage.tsx"), "PeoplePage"),
  pendingComponent: pendingSettings,
  errorComponent: CrashPage,
  loader({ context: { queries } }) {
    if (isAdmin(queries)) void queries.prefetchQuery(usersQuery);
  },
});

export const apiKeys = createRoute({
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

export const webhooks = createRoute({
  getParentRoute: () => shell,
  path: "/settings/webhooks",
  component: lazyRouteComponent(() => import("./features/webhooks/WebhooksPage.tsx"), "WebhooksPage"),
  pendingComponent: pendingSettings,
  errorComponent: CrashPage,
  loader({ context: { queries } }) {
    if (isOperator(queries)) void queries.prefetchQuery(webhookEndpointsQuery);
  },
});

export const alertChannels = createRoute({
  getParentRoute: () => shell,
  path: "/settings/alert-channels",
  component: lazyRouteComponent(() => import("./features/channels/ChannelsPage.tsx"), "ChannelsPage"),
  pendingComponent: pendingSettings,
  errorComponent: CrashPage,
  loader({ context: { queries } }) {
    if (!isOperator(queries)) return;
    void queries.prefetchQuery(alertChannelsQuery);
    void queries.prefetchQuery(alertRoutesQuery);
  },
});

export const alertRoutes = createRoute({
  getParentRoute: () => shell,
  path: "/settings/alert-routes",
  component: lazyRouteComponent(() => import("./features/alert-routes/RoutesPage.tsx"), "RoutesPage"),
  pendingComponent: pendingSettings,
  errorComponent: CrashPage,
  loader({ context: { queries } }) {
    if (!isOperator(queries)) return;
    void queries.prefetchQuery(alertRoutesQuery);
    void queries.prefetchQuery(alertChannelsQuery);
  },
});

export const webhook = createRoute({
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

export const audit = createRoute({
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

export const security = createRoute({
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

export const sessions = createRoute({
  getParentRoute: () => shell,
  path: "/settings/sessions",
  component: lazyRouteComponent(() => import("./features/settings/SessionsPage.tsx"), "SessionsPage"),
  pendingComponent: pendingSettings,
  errorComponent: CrashPage,
  loader({ context: { queries } }) {
    void queries.prefetchQuery(sessionsQuery);
  },
});
