import type { Hono } from "hono";
import type { IncomingMessage, ServerResponse } from "node:http";

/** What each request of the app carries. */
export interface HttpEnv {
  /** The request as Node has it, whose socket tells who calls, and Node's response to it. */
  Bindings: { incoming: IncomingMessage; outgoing: ServerResponse };
  Variables: { requestId: string };
}

/** The app that routes and pages are mounted on. */
export type Api = Hono<HttpEnv>;
