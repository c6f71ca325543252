import type { Limits } from "../../../access/actor.ts";
import { formatPhoneNumber } from "../../../lib/phone-number.ts";
import { STATUS_ROWS, statusLineOf } from "../../../sharing/status/status.ts";
import { english } from "../../../messages/english.ts";
import { csvLineOf } from "../../kit/csv.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { filterOf, sortOf, type WabaListInput } from "./read-waba-list.ts";
import { readWabaExport, type WabaExportRow } from "../../../reports/waba-export-store.ts";
import { readWabaIds } from "../../../reports/waba-list-store.ts";

/** Rows per read: enough to be fast, few enough to keep a large fleet out of memory. */
const BATCH = 1_000;

/**
 * The list as CSV: the rows that the filter matches at the start, in the order of the list. Each row has its
 * values at the time it is written. A first line that begins with `#` names the filter, as the file name
 * does.
 */
export async function exportWabas(
  deps: Pick<HttpDeps, "db" | "clock">,
  input: WabaListInput,
  within: Limits,
): Promise<Response> {
  const now = deps.clock.now();
  const ids = await readWabaIds(deps.db, { filter: filterOf(input, within, now), ...sortOf(input.sort) });
  const encoder = new TextEncoder();
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // The byte order mark makes Excel read UTF-8.
      controller.enqueue(encoder.encode(`\ufeff${commentOf(input, ids.length, now)}${HEAD}`));
    },
    async pull(controller) {
      const batch = ids.slice(next, next + BATCH);
      next += batch.length;
      if (batch.length === 0) return controller.close();
      const rows = new Map((await readWabaExport(deps.db, batch)).map((row) => [row.assetId, row]));
      const lines = batch.flatMap((id) => rows.get(id) ?? []).map(lineOf);
      controller.enqueue(encoder.encode(lines.join("")));
    },
  });
  return new Response(body, {
    headers: {
      "Content-Type": "text/csv; charset=utf-8; header=present",
      "Content-Disposition": `attachment; filename="${fileNameOf(input, now)}"`,
      Vary: "Accept",
    },
  });
}

const HEAD = csvLineOf(english("export.columns").split("|"));
const LINES = new Map<string, string>(STATUS_ROWS.map((row) => [row.status, statusLineOf(row)]));

function lineOf(row: WabaExportRow): string {
  return csvLineOf([
    LINES.get(row.status) ?? row.status,
    row.client,
    row.name,
    row.wabaId,
    row.phones.map((phone) => (phone.startsWith("+") ? formatPhoneNumber(phone) : phone)).join("; "),
    row.kind,
    row.reason ?? "",
    row.since.toISOString(),
    row.whoMustAct,
    row.lastProvenAt?.toISOString() ?? "",
    row.businessId ?? "",
    row.externalId ?? "",
  ]);
}

/** The parameters that narrow the list, as in its address. */
function narrowingOf(input: WabaListInput): [string, string][] {
  const { limit: _limit, cursor: _cursor, sort, ...filters } = input;
  const named = Object.entries({ ...filters, sort: sort === "attention" ? undefined : sort });
  return named.flatMap(([name, value]): [string, string][] =>
    value === undefined || value.length === 0 ? [] : [[name, String(value)]],
  );
}

/** As a query string: its characters can become neither a cell nor a formula. */
function commentOf(input: WabaListInput, count: number, now: number): string {
  const filter = new URLSearchParams(narrowingOf(input)).toString() || "none";
  return `# Sharekeeper, ${count} WABAs, ${new Date(now).toISOString()}, filter: ${filter}\r\n`;
}

const LONGEST_NAME = 120;

/** `wabas_status-live_2026-11-28.csv`. */
function fileNameOf(input: WabaListInput, now: number): string {
  const parts = narrowingOf(input).map(([name, value]) =>
    `${name}-${value}`.replaceAll(/[^A-Za-z0-9.-]+/g, "-"),
  );
  const day = new Date(now).toISOString().slice(0, 10);
  return `${["wabas", ...parts].join("_").slice(0, LONGEST_NAME)}_${day}.csv`;
}
