/**
 * Lists in pages, with cursors. Source: Graph API "paginated results"; Meta's `next` carries the caller's
 * token.
 */
import { invalidParameter } from "./errors.ts";

export interface PageRequest {
  limit?: string;
  after?: string;
  before?: string;
}

export interface Page {
  data: unknown[];
  paging?: { cursors: { before: string; after: string }; next?: string; previous?: string };
}

const DEFAULT_LIMIT = 25;
const LARGEST_LIMIT = 100;

/**
 * @param items ids decide the cursors, so a list that changes between two pages neither repeats nor skips
 *   what stayed
 * @param linkOf makes the address of a further page from its parameters; absent inside field expansions
 */
export function pageOf<Item extends { id: string }>(
  items: Item[],
  request: PageRequest,
  show: (item: Item) => unknown,
  linkOf?: (params: Record<string, string>) => string,
): Page {
  const limit = limitOf(request.limit);
  const start = startOf(items, request, limit);
  const shown = items.slice(start, start + limit);
  const [first, last] = [shown[0], shown.at(-1)];
  if (!first || !last) return { data: [] };
  const cursors = { before: cursorOf(first.id, start), after: cursorOf(last.id, start + shown.length - 1) };
  const size = String(limit);
  return {
    data: shown.map(show),
    paging: {
      cursors,
      ...(linkOf && start + limit < items.length && { next: linkOf({ limit: size, after: cursors.after }) }),
      ...(linkOf && start > 0 && { previous: linkOf({ limit: size, before: cursors.before }) }),
    },
  };
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw invalidParameter("limit must be a positive number");
  return Math.min(limit, LARGEST_LIMIT);
}

function startOf(items: { id: string }[], request: PageRequest, limit: number): number {
  if (request.after) {
    const { id, index } = cursorIn(request.after);
    const found = positionOf(items, id, index);
    // What the cursor stood on is gone: its follower moved into its place.
    return found < 0 ? index : found + 1;
  }
  if (!request.before) return 0;
  const { id, index } = cursorIn(request.before);
  const found = positionOf(items, id, index);
  return Math.max(0, (found < 0 ? index : found) - limit);
}

/** Nearly always the item stands where it stood: a long list need not be searched for each page. */
function positionOf(items: { id: string }[], id: string, index: number): number {
  return items[index]?.id === id ? index : items.findIndex((item) => item.id === id);
}

function cursorOf(id: string, index: number): string {
  return Buffer.from(`${index}:${id}`).toString("base64url");
}

function cursorIn(cursor: string): { id: string; index: number } {
  const match = /^(\d+):(.+)$/.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  if (!match?.[1] || !match[2]) throw invalidParameter("Invalid cursor");
  return { index: Number(match[1]), id: match[2] };
}
