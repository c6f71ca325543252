import type { GraphReply } from "./graph-reply.ts";

/** Whether the answer is the list to its end. Only then do absent items count as missing. */
export function isWhole(reply: GraphReply): boolean {
  const paging =
    reply.kind === "success" ? (reply.body.paging as { next?: unknown } | null | undefined) : null;
  return reply.kind === "success" && paging?.next === undefined;
}

/** The items of a list that Meta sent. */
export function itemsOf(reply: GraphReply): Record<string, unknown>[] {
  if (reply.kind !== "success" || !Array.isArray(reply.body.data)) return [];
  return reply.body.data.filter(
    (item): item is Record<string, unknown> => typeof item === "object" && item !== null,
  );
}
