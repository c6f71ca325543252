import type { IncomingMessage, ServerResponse } from "node:http";

/** What each request of the app carries. */
export interface HttpEnv {
  /** The request as Node has it, whose socket tells who calls, and Node's response to it. */
  Bindings: { incoming: IncomingMessage; outgoing: ServerResponse };
  Variables: { requestId: string };
}
