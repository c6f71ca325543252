import type { GraphClient } from "./graph-client.ts";
import { isJsonObject } from "./exact-json.ts";
import type { GraphReply, GraphRequest } from "./graph-reply.ts";
import { ListPace } from "./list-pace.ts";

/**
 * `complete`: every item of the list, asked from `askedAt` on. `stopped`: a page failed, so what is missing
 * from `items` proves nothing; `reply` says why (a refusal or silence).
 */
export type PagedList =
  | { kind: "complete"; items: Record<string, unknown>[]; askedAt: number; answeredAt: number }
  | { kind: "stopped"; items: Record<string, unknown>[]; reply: Exclude<GraphReply, { kind: "success" }> };

/** One page of a list: its items, and the cursor behind it, null at the end. */
export type ListPage =
  | { kind: "page"; items: Record<string, unknown>[]; after: string | null }
  | { kind: "stopped"; reply: Exclude<GraphReply, { kind: "success" }> };

/** Reads the page behind `after`, the first one for null: for lists too long to be held at once. */
export async function readPage(
  graph: GraphClient,
  request: GraphRequest,
  after: string | null,
  pace: ListPace = new ListPace(),
): Promise<ListPage> {
  const reply = await askPage(graph, request, after, pace);
  if (reply.kind !== "success") return { kind: "stopped", reply };
  const page = pageOf(reply.body);
  return page === null
    ? { kind: "stopped", reply: malformed(reply, "The answer is no list") }
    : { kind: "page", ...page };
}

/** Asks for one page, with less of it as long as Meta says that it is too much. */
async function askPage(
  graph: GraphClient,
  request: GraphRequest,
  after: string | null,
  pace: ListPace,
): Promise<GraphReply> {
  for (;;) {
    const reply = await graph.ask(pace.requestOf(request, after));
    if (!pace.lighten(reply)) return reply;
  }
}

const PAGE_LIMIT = 1000;

/**
 * Reads a list of Meta's to its end by the `after` cursor. Never by `paging.next`: that address holds the
 * token. The last page has cursors too, but no `next` (graph-api/results).
 */
export async function readPages(
  graph: GraphClient,
  request: GraphRequest,
  pageLimit = PAGE_LIMIT,
): Promise<PagedList> {
  const items: Record<string, unknown>[] = [];
  const walk = await followPages(graph, request, pageLimit, (page) => void items.push(...page));
  return { ...walk, items };
}

/**
 * How reading a list ended: `complete`, every page was read; `stopped`, a page failed, so that what was not
 * seen proves nothing.
 */
export type PageReader =
  | { kind: "complete"; askedAt: number; answeredAt: number }
  | { kind: "stopped"; reply: Exclude<GraphReply, { kind: "success" }> };

/**
 * The same page by page, none of which is held: the next one is asked for when `take` is done with the last.
 */
export async function followPages(
  graph: GraphClient,
  request: GraphRequest,
  pageLimit: number,
  take: (items: Record<string, unknown>[]) => Promise<void> | void,
  pace: ListPace = new ListPace(),
): Promise<PageReader> {
  const seen = new Set<string>();
  let askedAt: number | null = null;
  let after: string | null = null;
  for (;;) {
    const reply = await askPage(graph, request, after, pace);
    askedAt ??= reply.askedAt;
    if (reply.kind !== "success") return { kind: "stopped", reply };
    const page = pageOf(reply.body);
    if (page === null) return stoppedBy(reply, "The answer is no list");
    await take(page.items);
    if (page.after === null) return { kind: "complete", askedAt, answeredAt: reply.answeredAt };
    if (seen.has(page.after) || seen.size + 1 >= pageLimit) return stoppedBy(reply, "The list does not end");
    seen.add(page.after);
    after = page.after;
  }
}

function pageOf(
  body: Record<string, unknown>,
): { items: Record<string, unknown>[]; after: string | null } | null {
  // A list with an element that is no item is not Meta's: reading it would miss what cannot be parsed.
  if (!Array.isArray(body.data) || !body.data.every(isJsonObject)) return null;
  const paging = isJsonObject(body.paging) ? body.paging : {};
  const cursors = isJsonObject(paging.cursors) ? paging.cursors : {};
  const hasNext = typeof paging.next === "string" && paging.next !== "";
  const after = hasNext && typeof cursors.after === "string" && cursors.after !== "" ? cursors.after : null;
  if (hasNext && after === null) return null;
  return { items: body.data, after };
}

function stoppedBy(reply: GraphReply, detail: string): PageReader {
  return { kind: "stopped", reply: malformed(reply, detail) };
}

function malformed(reply: GraphReply, detail: string): Exclude<GraphReply, { kind: "success" }> {
  const { request, askedAt, answeredAt, status } = reply;
  return { request, askedAt, answeredAt, kind: "no_answer", cause: "malformed", detail, status };
}
