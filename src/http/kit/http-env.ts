import type { Hono } from "hono";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Quota } from "./request-quotas.ts";

/** The context of each request. */
export interface HttpEnv {
  /** Node's request, whose socket shows the caller's address, and Node's response. */
  Bindings: { incoming: IncomingMessage; outgoing: ServerResponse };
  Variables: {
    requestId: string;
    /** Of a caller that is known, when there is a limit. */
    quota?: Quota;
  };
}

/** The app that routes and pages are mounted on. */
export type Api = Hono<HttpEnv>;
