import { createApi, type Api } from "./create-api.ts";
import { mountHealth } from "./health.ts";
import type { HttpDeps } from "./http-deps.ts";
import { renderProblemPage } from "./problem-pages.ts";
import { ROUTES } from "./route-table.ts";
import { mountReshare } from "./reshare/mount-reshare.ts";
import { openHubDoor } from "./serve-hub.ts";

/** Everything but the hot paths: the API, health, the pages of problems, and the Hub for every path that is left. */
export function createApp(deps: HttpDeps): Api {
  const app = createApi(ROUTES, deps);
  mountHealth(app, deps);
  mountReshare(app, deps);
  const hub = openHubDoor(deps.settings.hubDir);
  app.get(
    "/problems/:code",
    async (context) => (await renderProblemPage(context.req.param("code"))) ?? context.notFound(),
  );
  app.get("*", async (context) => {
    const isOurs = MACHINE_PATHS.test(context.req.path);
    return (isOurs ? undefined : await hub.answer(context.req.raw)) ?? context.notFound();
  });
  return app;
}

/** Programs ask here: an unknown path is a problem, never the Hub's page. */
const MACHINE_PATHS = /^\/(api|webhooks|messages|problems|reshare|v\d+\.\d+)(\/|$)/;
