import { isTooMuch, ListPace } from "../../meta/list-pace.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { isWhole, itemsOf } from "../../meta/list-reply.ts";
import type { RefusedFields } from "./refused-fields.ts";

/** Meta shows 25 items of a list unless asked for more, and ours may come after them. */
const WIDEST = 100;

/**
 * Asks for up to 100 items of a list, in smaller pages where Meta says that this is too much (field case 11).
 * After a timeout the next probe asks for half as many, because this probe has no time left.
 */
export async function askList(
  ask: (query: { limit: string; after?: string }) => Promise<GraphReply>,
  {
    path,
    record,
    now,
    until,
  }: { path: string; record: RefusedFields | undefined; now: number; until: number },
): Promise<GraphReply> {
  const pace = new ListPace([], record?.limitOf(path, now) ?? WIDEST);
  const begunWith = pace.limit;
  let reply = await ask({ limit: String(pace.limit) });
  while (isTooMuch(reply) && pace.lighten(reply)) {
    if (reply.kind === "no_answer" || reply.answeredAt >= until) break;
    reply = await ask({ limit: String(pace.limit) });
  }
  if (pace.limit !== begunWith) record?.keepLimit(path, pace.limit, now);
  return pace.limit < WIDEST ? withRest(reply, ask, { limit: pace.limit, until }) : reply;
}

/** The pages after the first one, up to 100 items, as one answer. */
async function withRest(
  first: GraphReply,
  ask: (query: { limit: string; after?: string }) => Promise<GraphReply>,
  { limit, until }: { limit: number; until: number },
): Promise<GraphReply> {
  let whole = first;
  for (let page = 1; page < WIDEST / limit && whole.kind === "success" && !isWhole(whole); page += 1) {
    if (whole.answeredAt >= until) return whole;
    const after = cursorOf(whole.body.paging);
    const next = after === null ? null : await ask({ limit: String(limit), after });
    // The reply stays a partial list: its `next` says that more follows.
    if (next?.kind !== "success") return whole;
    whole = {
      ...whole,
      answeredAt: next.answeredAt,
      body: { ...next.body, data: [...itemsOf(whole), ...itemsOf(next)] },
    };
  }
  return whole;
}

function cursorOf(paging: unknown): string | null {
  const after = (paging as { cursors?: { after?: unknown } } | null | undefined)?.cursors?.after;
  return typeof after === "string" && after !== "" ? after : null;
}
