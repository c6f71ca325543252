import { CsvError, parse } from "csv-parse/sync";

/** A row of an import as the API takes it. */
interface CsvRow {
  waba_id: string;
  external_id?: string;
  client_name?: string;
  contact_name?: string;
  contact_email?: string;
  contact_phone?: string;
  language?: string;
}

/**
 * What a file holds: its rows, each with the line that it begins on; or why it was refused, with the line.
 */
export type CsvFile =
  { kind: "rows"; rows: CsvRow[]; lines: number[] } | { kind: "refused"; why: CsvRefusal; line: number };

type CsvRefusal = "quote_not_closed" | "malformed" | "nul" | "no_rows" | "no_waba_id";

/** The columns of a file without headings. */
const FIRST_NAMES = ["waba_id", "external_id", "client_name"] as const;
const NAMES = [...FIRST_NAMES, "contact_name", "contact_email", "contact_phone", "language"] as const;
const SEPARATORS = [",", ";", "\t"] as const;

/**
 * Reads a CSV as spreadsheets write it: a quote counts at the beginning of a cell only; "\r", "\n" or both
 * end a line; `sep=x` and a byte order mark are followed; else the separator is the one that gives the first
 * line most cells. A first line without a digit, or with `waba_id` in it, names the columns, in any order;
 * columns with other names are left out. No row is left out without an error.
 */
export function parseCsv(text: string): CsvFile {
  const nul = text.indexOf("\0");
  if (nul >= 0) return { kind: "refused", why: "nul", line: lineAt(text, nul) };
  const said = /^\uFEFF?sep=(.)(\r\n|\n|\r)/i.exec(text);
  const skipped = said?.[0] ?? "";
  const body = text.slice(skipped.length);
  const records = readRecords(body, said?.[1] ?? separatorOf(body));
  const shift = skipped === "" ? 0 : 1;
  if (!Array.isArray(records)) return { kind: "refused", ...records, line: records.line + shift };
  const [first] = records;
  if (first === undefined) return { kind: "refused", why: "no_rows", line: 1 };
  const named = first.cells.map(nameOf);
  const hasHead = named.includes("wabaid") || !first.cells.some((cell) => /\d/.test(cell));
  if (hasHead && !named.includes("wabaid"))
    return { kind: "refused", why: "no_waba_id", line: first.line + shift };
  const columns = hasHead ? named : FIRST_NAMES.map(nameOf);
  const rows = hasHead ? records.slice(1) : records;
  if (rows.length === 0) return { kind: "refused", why: "no_rows", line: first.line + shift };
  return {
    kind: "rows",
    rows: rows.map(({ cells }) => rowOf(cells, columns)),
    lines: rows.map(({ line }) => line + shift),
  };
}

interface CsvRecord {
  cells: string[];
  line: number;
}

/** @param to how many records to read; all of them unless given */
function readRecords(
  text: string,
  delimiter: string,
  to = -1,
): CsvRecord[] | { why: CsvRefusal; line: number } {
  const records: CsvRecord[] = [];
  let endedAt = 0;
  try {
    parse(text, {
      bom: true,
      to,
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
      on_record: (cells: string[], { lines }) => {
        endedAt = lines;
        records.push({ cells, line: lines - cells.join("").split(/\r\n|\n|\r/).length + 1 });
        return null;
      },
    });
    return records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // A quote that is never closed runs on to the end: the row that it stands in begins after the last whole
    // one.
    if (error.code === "CSV_QUOTE_NOT_CLOSED") return { why: "quote_not_closed", line: endedAt + 1 };
    return { why: "malformed", line: typeof error.lines === "number" ? error.lines : endedAt + 1 };
  }
}

/** The one that gives the first line most cells outside quotes; the comma where none does. */
function separatorOf(text: string): string {
  const cellsOf = (delimiter: string): number => {
    const records = readRecords(text, delimiter, 1);
    return Array.isArray(records) ? (records[0]?.cells.length ?? 0) : 0;
  };
  return SEPARATORS.reduce((best, each) => (cellsOf(each) > cellsOf(best) ? each : best));
}

/** Headings are compared without spaces, case and underscores. */
const nameOf = (heading: string): string => heading.toLowerCase().replaceAll(/[\s_-]/g, "");

function rowOf(cells: readonly string[], columns: readonly string[]): CsvRow {
  const row: CsvRow = { waba_id: "" };
  for (const name of NAMES) {
    const cell = cells[columns.indexOf(nameOf(name))] ?? "";
    if (cell !== "") row[name] = cell;
  }
  return row;
}

const lineAt = (text: string, at: number): number => text.slice(0, at).split(/\r\n|\n|\r/).length;
