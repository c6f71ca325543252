import type { GraphReply } from "../meta/graph-reply.ts";

/** A temporary error of Meta, or a request for a pause: worth a retry (133004 comes with 503). */
export function isPassing(reply: GraphReply): boolean {
  if (reply.kind !== "refusal") return reply.kind === "no_answer";
  const { code, transient } = reply.fault;
  return reply.status >= 500 || transient === true || [4, 17, 32, 613, 80007, 80008].includes(code ?? -1);
}
