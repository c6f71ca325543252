import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  redirect,
  type ErrorComponentProps,
} from "@tanstack/react-router";
import { ProblemError } from "./api/problem-error.ts";
import { labelsQuery, sessionQuery } from "./api/queries.ts";
import { recordLabels } from "./labels.ts";
import { CrashPage, NotFoundPage } from "./pages/Failures.tsx";
import { ConnectionPage } from "./pages/connection/ConnectionPage.tsx";
import { NumberPage } from "./pages/number/NumberPage.tsx";
import { ObservePage } from "./pages/observe/ObservePage.tsx";
import { OnboardingPage } from "./pages/onboarding/OnboardingPage.tsx";
import { SignupPage } from "./pages/onboarding/SignupPage.tsx";
import { OverviewPage } from "./pages/overview/OverviewPage.tsx";
import { SignInPage } from "./pages/SignInPage.tsx";
import { WabaPage } from "./pages/waba/WabaPage.tsx";
import { parseObserveSearch, parseSignupsSearch, parseWabaSearch, parseWabasSearch } from "./pages/search.ts";
import { WabasPage } from "./pages/wabas/WabasPage.tsx";
import { Shell } from "./shell/Shell.tsx";
import { Blocks } from "./ui/Skeleton.tsx";

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

/** Only an address within the Hub may follow the sign-in; "//host" and "/\host" would leave it. */
const parseNext = (next: unknown): string | undefined =>
  typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : undefined;

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { next?: string | undefined } => ({
    next: parseNext(search["next"]),
  }),
  component: function SignIn() {
    return <SignInPage next={signIn.useSearch().next ?? "/"} />;
  },
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
      if (!(error instanceof ProblemError) || error.status !== 401) throw error;
      throw redirect({ to: "/sign-in", search: { next: location.href === "/" ? undefined : location.href } });
    }
  },
  component: Shell,
  pendingComponent: () => (
    <div className="page page-alone">
      <Blocks count={3} height={64} />
    </div>
  ),
});

const overview = createRoute({ getParentRoute: () => shell, path: "/", component: OverviewPage });

const wabas = createRoute({
  getParentRoute: () => shell,
  path: "/wabas",
  validateSearch: parseWabasSearch,
  component: function Wabas() {
    return <WabasPage filters={wabas.useSearch()} />;
  },
});

const waba = createRoute({
  getParentRoute: () => shell,
  path: "/wabas/$wabaId",
  validateSearch: parseWabaSearch,
  component: function Waba() {
    const { wabaId } = waba.useParams();
    return <WabaPage key={wabaId} id={wabaId} search={waba.useSearch()} />;
  },
});

const number = createRoute({
  getParentRoute: () => shell,
  path: "/numbers/$numberId",
  component: function NumberRoute() {
    const { numberId } = number.useParams();
    return <NumberPage key={numberId} id={numberId} />;
  },
});

const onboarding = createRoute({
  getParentRoute: () => shell,
  path: "/onboarding",
  validateSearch: parseSignupsSearch,
  component: function Onboarding() {
    return <OnboardingPage filters={onboarding.useSearch()} />;
  },
});

const signup = createRoute({
  getParentRoute: () => shell,
  path: "/onboarding/$signupId",
  component: function SignupRoute() {
    const { signupId } = signup.useParams();
    return <SignupPage key={signupId} id={signupId} />;
  },
});

const observe = createRoute({
  getParentRoute: () => shell,
  path: "/observe",
  validateSearch: parseObserveSearch,
  component: function Observe() {
    return <ObservePage filters={observe.useSearch()} />;
  },
});

const connection = createRoute({
  getParentRoute: () => shell,
  path: "/connection",
  component: ConnectionPage,
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
      shell.addChildren([overview, wabas, waba, number, onboarding, signup, observe, connection]),
    ]),
    context: { queries },
    parseSearch,
    stringifySearch,
    scrollRestoration: true,
    defaultPreload: false,
  });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createHubRouter>;
  }
}
