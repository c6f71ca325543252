import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  lazyRouteComponent,
  Outlet,
  redirect,
  type ErrorComponentProps,
} from "@tanstack/react-router";
import { ProblemError } from "./api/problem-error.ts";
import { labelsQuery, sessionQuery } from "./api/queries.ts";
import { recordLabels } from "./labels.ts";
import { CrashPage, NotFoundPage } from "./ui/Failures.tsx";
import { parseNext } from "./shell/address.ts";
import { Shell } from "./shell/Shell.tsx";
import { Blocks } from "./ui/Skeleton.tsx";

export const root = createRootRouteWithContext<{ queries: QueryClient }>()({
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

interface SignInSearch {
  next?: string | undefined;
}

export const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): SignInSearch => ({ next: parseNext(search["next"]) }),
  component: lazyRouteComponent(() => import("./features/sign-in/SignInPage.tsx"), "SignInPage"),
});

/** Where a second factor is required: the only page for whoever has none yet. */
export const secondFactor = createRoute({
  getParentRoute: () => root,
  path: "/second-factor",
  component: lazyRouteComponent(() => import("./features/settings/SecondFactorPage.tsx"), "SecondFactorPage"),
});

export const shell = createRoute({
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
