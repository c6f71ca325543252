import type { Route } from "./route.ts";
import { aboutRoutes } from "./routes/about.ts";
import { commerceRoutes } from "./routes/commerce-settings.ts";
import { directoryRoutes } from "./routes/directory.ts";
import { eventRoutes } from "./routes/events.ts";
import { heartbeatRoutes } from "./routes/heartbeat.ts";
import { figuresRoutes } from "./routes/figures.ts";
import { importRoutes } from "./routes/imports.ts";
import { keyRoutes } from "./routes/keys.ts";
import { incidentRoutes } from "./routes/incidents.ts";
import { lookRoutes } from "./routes/looks.ts";
import { mendRoutes } from "./routes/mends.ts";
import { numberRoutes } from "./routes/numbers.ts";
import { documentRoutes } from "./routes/document.ts";
import { overviewRoutes } from "./routes/overview.ts";
import { registrationRoutes } from "./routes/registrations.ts";
import { reshareLinkRoutes } from "./routes/reshare-links.ts";
import { sessionRoutes } from "./routes/session.ts";
import { signupRoutes } from "./routes/signups.ts";
import { signupOutcomeRoutes } from "./routes/signup-outcomes.ts";
import { timelineRoutes } from "./routes/timeline.ts";
import { observeReportRoutes } from "./routes/observe-report.ts";
import { termsRoutes } from "./routes/terms.ts";
import { wabaWatchRoutes } from "./routes/waba-watch.ts";
import { wabaRoutes } from "./routes/wabas.ts";
import { webhookOverrideRoutes } from "./routes/webhook-override.ts";

const CALLS: readonly Route[] = [
  ...aboutRoutes,
  ...sessionRoutes,
  ...overviewRoutes,
  ...figuresRoutes,
  ...wabaRoutes,
  ...wabaWatchRoutes,
  ...termsRoutes,
  ...observeReportRoutes,
  ...timelineRoutes,
  ...reshareLinkRoutes,
  ...webhookOverrideRoutes,
  ...signupRoutes,
  ...signupOutcomeRoutes,
  ...importRoutes,
  ...commerceRoutes,
  ...numberRoutes,
  ...heartbeatRoutes,
  ...registrationRoutes,
  ...keyRoutes,
  ...eventRoutes,
  ...directoryRoutes,
  ...incidentRoutes,
  ...lookRoutes,
  ...mendRoutes,
];

/** Every call of the API. The document tells of all of them, itself included. */
export const ROUTES: readonly Route[] = [...CALLS, ...documentRoutes(CALLS)];
