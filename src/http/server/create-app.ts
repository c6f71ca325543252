import type { Api } from "../kit/http-env.ts";
import { createApi } from "./create-api.ts";
import { mountHealth } from "./health.ts";
import type { HttpDeps } from "../kit/http-deps.ts";
import { renderProblemPage } from "../kit/problem-pages.ts";
import { isMachinePath } from "../../messaging/gateway/gateway-route.ts";
import { ROUTES } from "./route-table.ts";
import { mountOnboard } from "../client-pages/invitation/mount-onboard.ts";
import { mountPortal } from "../client-pages/portal/mount-portal.ts";
import { mountReshare } from "../client-pages/reshare/mount-reshare.ts";
import { PAGE_HEADERS, signupPolicyOf } from "../kit/security-headers.ts";
import { mountUnsubscribe } from "../client-pages/unsubscribe/mount-unsubscribe.ts";
import { openHubRoutes } from "./serve-hub.ts";

/**
 * Everything except the hot paths: the API, health, the pages of problems, and the Hub for every other path.
 */
export function createApp(deps: HttpDeps): Api {
  const app = createApi(ROUTES, deps);
  mountHealth(app, deps);
  mountReshare(app, deps);
  mountOnboard(app, deps);
  mountPortal(app, deps);
  mountUnsubscribe(app, deps);
  const hub = openHubRoutes(deps.settings.hubDir, signupHeadersOf(deps));
  app.get(
    "/problems/:code",
    async (context) => (await renderProblemPage(context.req.param("code"))) ?? context.notFound(),
  );
  app.get("*", async (context) => {
    const isOurs = OUR_PATHS.test(context.req.path) || isMachinePath(context.req.path);
    return (isOurs ? undefined : await hub.answer(context.req.raw)) ?? context.notFound();
  });
  return app;
}

/** Operators open Meta's dialog in the Hub, so the page of a signup allows what the dialog needs. */
function signupHeadersOf(deps: Pick<HttpDeps, "termsOf">): Readonly<Record<string, string>> {
  const terms = deps.termsOf("default");
  if (terms === undefined) return PAGE_HEADERS;
  const { sdkUrl: sdk_url, dialogOrigins: dialog_origins } = terms;
  return { ...PAGE_HEADERS, "Content-Security-Policy": signupPolicyOf([{ sdk_url, dialog_origins }]) };
}

/** An unknown path below these answers with a problem, never with the Hub's page. */
const OUR_PATHS = /^\/(api|webhooks|problems|reshare|onboard|portal|unsubscribe)(\/|$)/;
