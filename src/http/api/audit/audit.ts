import { z } from "@hono/zod-openapi";
import { readAudit, type AuditFilter } from "../../../access/audit-store.ts";
import { Problem } from "../../../problems.ts";
import { parseCursor, renderCursor } from "../../../reports/page-cursor.ts";
import { Cursor, Limit, listOf, pageOf } from "../../kit/list-schema.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Instant } from "../wabas/waba-schema.ts";
import { AuditLineSchema, OUTCOMES } from "./audit-schema.ts";
import { exportAudit } from "./export-audit.ts";
import { renderAuditLine } from "./render-audit-line.ts";

const AuditQuery = z.strictObject({
  actor: z.string().max(300).optional().openapi({ description: "The id of a person or key, or `client`." }),
  action: z.string().max(300).optional().openapi({ example: "channel_key.created" }),
  waba_id: z.string().max(300).optional().openapi({ description: "Meta's id of the WABA." }),
  target_id: z.string().max(300).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  from: Instant.optional().openapi({ description: "Only lines of this instant and later ones." }),
  until: Instant.optional().openapi({ description: "Only lines before this instant." }),
  after: z
    .string()
    .regex(/^\d{1,15}$/, "the id of a line")
    .optional()
    .openapi({ description: "The id of the last line that you have. The lines after it come oldest first." }),
  limit: Limit,
  cursor: Cursor,
});

type AuditInput = z.output<typeof AuditQuery>;

const wantsLines = (request: Request): boolean =>
  /\bapplication\/x-ndjson\b/i.test(request.headers.get("accept") ?? "");

const list = defineRoute({
  method: "GET",
  path: "/api/v1/audit",
  who: "admin",
  name: "listAudit",
  group: "Service",
  summary: "Who did what, newest first",
  description:
    "Acts that were refused or failed too. With `after` the order is oldest first, for programs that follow. With `Accept: application/x-ndjson` all matching lines, oldest first, whatever `limit` says; without a filter `sharekeeper audit verify FILE` checks them.",
  query: AuditQuery,
  answer: {
    ...{ status: 200, description: "One page.", schema: listOf(AuditLineSchema) },
    alsoAs: ["application/x-ndjson"],
  },
  problems: ["invalid_cursor"],
  audit: null,
  async handle({ deps, query, request }) {
    const filter = filterOf(query);
    const after = query.after === undefined ? null : Number(query.after);
    if (wantsLines(request)) return exportAudit(deps, filter, after);
    const order = after === null ? "newest" : "oldest";
    const from = idOf(query.cursor, order) ?? after;
    const rows = await readAudit(deps.db, filter, { order, from, limit: query.limit + 1 });
    return pageOf(
      rows,
      query.limit,
      ({ id }) => renderCursor({ sort: order, values: [id] }),
      (page) => page.map(renderAuditLine),
    );
  },
});

function idOf(cursor: string | undefined, order: string): number | null {
  const [id = null] = parseCursor(cursor, order, 1)?.values ?? [];
  if (id !== null && !Number.isSafeInteger(id)) throw new Problem("invalid_cursor");
  return id === null ? null : Number(id);
}

function filterOf(query: AuditInput): AuditFilter {
  return {
    actor: query.actor ?? null,
    action: query.action ?? null,
    wabaId: query.waba_id ?? null,
    targetId: query.target_id ?? null,
    outcome: query.outcome ?? null,
    from: query.from === undefined ? null : Date.parse(query.from),
    until: query.until === undefined ? null : Date.parse(query.until),
  };
}

export const auditRoutes: Route[] = [list];
