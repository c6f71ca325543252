import { createApi, type Api } from "./create-api.ts";
import { mountHealth } from "./health.ts";
import type { HttpDeps } from "./http-deps.ts";
import { renderProblemPage } from "./problem-pages.ts";
import { isMachinePath } from "../messaging/gateway-door.ts";
import { ROUTES } from "./route-table.ts";
import { mountOnboard } from "./onboard/mount-onboard.ts";
import { mountReshare } from "./reshare/mount-reshare.ts";
import { PAGE_HEADERS, signupPolicyOf } from "./security-headers.ts";
import { openHubDoor } from "./serve-hub.ts";

/** Everything but the hot paths: the API, health, the pages of problems, and the Hub for every path that is left. */
export function createApp(deps: HttpDeps): Api {
  const app = createApi(ROUTES, deps);
  mountHealth(app, deps);
  mountReshare(app, deps);
  mountOnboard(app, deps);
  const hub = openHubDoor(deps.settings.hubDir, signupHeadersOf(deps));
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

/** Operators open Meta's dialog in the Hub, so the page of a signup admits what that needs. */
function signupHeadersOf(deps: HttpDeps): Readonly<Record<string, string>> {
  const terms = deps.termsOf("default");
  if (terms === undefined) return PAGE_HEADERS;
  const { sdkUrl: sdk_url, dialogOrigins: dialog_origins } = terms;
  return { ...PAGE_HEADERS, "Content-Security-Policy": signupPolicyOf([{ sdk_url, dialog_origins }]) };
}

/** An unknown path below these is a problem, never the Hub's page. */
const OUR_PATHS = /^\/(api|webhooks|problems|reshare|onboard)(\/|$)/;
