import type { Route } from "./route.ts";
import { aboutRoutes } from "./routes/about.ts";
import { commerceRoutes } from "./routes/commerce-settings.ts";
import { directoryRoutes } from "./routes/directory.ts";
import { eventRoutes } from "./routes/events.ts";
import { keyRoutes } from "./routes/keys.ts";
import { numberRoutes } from "./routes/numbers.ts";
import { documentRoutes } from "./routes/document.ts";
import { overviewRoutes } from "./routes/overview.ts";
import { reshareLinkRoutes } from "./routes/reshare-links.ts";
import { sessionRoutes } from "./routes/session.ts";
import { timelineRoutes } from "./routes/timeline.ts";
import { wabaRoutes } from "./routes/wabas.ts";

const CALLS: readonly Route[] = [
  ...aboutRoutes,
  ...sessionRoutes,
  ...overviewRoutes,
  ...wabaRoutes,
  ...timelineRoutes,
  ...reshareLinkRoutes,
  ...commerceRoutes,
  ...numberRoutes,
  ...keyRoutes,
  ...eventRoutes,
  ...directoryRoutes,
];

/** Every call of the API. The document tells of all of them, itself included. */
export const ROUTES: readonly Route[] = [...CALLS, ...documentRoutes(CALLS)];
