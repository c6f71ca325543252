import { readAudit, type AuditFilter } from "../../../access/audit-store.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { renderAuditLine } from "./render-audit-line.ts";

/** Rows per read: enough to be fast, few enough to keep a long history out of memory. */
const BATCH = 1_000;

/** Every matching line as one line of JSON, oldest first, up to the newest at the time it is reached. */
export function exportAudit(deps: Pick<HttpDeps, "db">, filter: AuditFilter, after: number | null): Response {
  const encoder = new TextEncoder();
  let from = after;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const rows = await readAudit(deps.db, filter, { order: "oldest", from, limit: BATCH });
      from = rows.at(-1)?.id ?? from;
      if (rows.length > 0)
        controller.enqueue(
          encoder.encode(rows.map((row) => `${JSON.stringify(renderAuditLine(row))}\n`).join("")),
        );
      if (rows.length < BATCH) controller.close();
    },
  });
  return new Response(body, {
    headers: {
      "Content-Type": "application/x-ndjson; charset=utf-8",
      "Content-Disposition": 'attachment; filename="audit.ndjson"',
      Vary: "Accept",
    },
  });
}
