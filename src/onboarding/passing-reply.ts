import { isThrottled } from "../meta/error-code.ts";
import type { GraphReply } from "../meta/graph-reply.ts";

/** A temporary error of Meta, or a request for a pause: worth a retry (133004 comes with 503). */
export function isPassing(reply: GraphReply): boolean {
  if (reply.kind !== "refusal") return reply.kind === "no_answer";
  return reply.status >= 500 || reply.fault.transient === true || isThrottled(reply.fault);
}
