import { fetchWabas, WABA_PAGE_SIZE, type WabaFilters } from "../../api/queries.ts";
import { phoneOf, type Waba } from "../../api/types.ts";
import { actorLabels, kindLabels, reasonLabelOf, texts } from "../../texts.ts";

const PHONE = /^\+[\d ()-]+$/;

/** RFC 4180. A cell that a spreadsheet would run as a formula gets a quote before it; phone numbers are left as they are. */
export function cellOf(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) && !PHONE.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const { columns } = texts.list;

const COLUMNS: [string, (waba: Waba) => string][] = [
  [columns.state, (waba) => waba.status_line],
  [columns.client, (waba) => waba.client.name],
  [columns.waba, (waba) => waba.name],
  [texts.waba.id, (waba) => waba.id],
  [columns.numbers, (waba) => waba.numbers.map(phoneOf).join("; ")],
  [columns.kind, (waba) => kindLabels[waba.kind]],
  [columns.reason, (waba) => reasonLabelOf(waba.reason)],
  [columns.since, (waba) => waba.since ?? ""],
  [columns.who, (waba) => actorLabels[waba.who_must_act]],
  [columns.proven, (waba) => waba.last_proven_at ?? ""],
];

export const csvOf = (wabas: Waba[]): string =>
  [COLUMNS.map(([head]) => head), ...wabas.map((waba) => COLUMNS.map(([, cell]) => cell(waba)))]
    .map((row) => row.map(cellOf).join(","))
    .join("\r\n") + "\r\n";

/** Every row that these filters match, in the order shown. `onProgress` hears the count so far. */
export async function downloadCsv(filters: WabaFilters, onProgress: (rows: number) => void): Promise<number> {
  const rows: Waba[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof fetchWabas>> = await fetchWabas(filters, cursor, WABA_PAGE_SIZE);
    rows.push(...page.data);
    onProgress(rows.length);
    cursor = page.has_more ? page.next_cursor : null;
  } while (cursor !== null);
  // The mark at the start makes Excel read UTF-8.
  save(new Blob(["\ufeff", csvOf(rows)], { type: "text/csv;charset=utf-8" }), "wabas.csv");
  return rows.length;
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
