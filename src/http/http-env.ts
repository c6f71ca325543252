import type { IncomingMessage } from "node:http";

/** What each request of the app carries. */
export interface HttpEnv {
  /** The request as Node has it: the socket tells who calls. */
  Bindings: { incoming: IncomingMessage };
  Variables: { requestId: string };
}
