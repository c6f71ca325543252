/** A row of an import as the API takes it. */
export interface CsvRow {
  waba_id: string;
  external_id?: string;
  client_name?: string;
}

const NAMES = ["waba_id", "external_id", "client_name"] as const;

/**
 * Rows of a CSV (RFC 4180; a semicolon or a tab separates too). The first line names the columns, in any order; without such a line the
 * columns are waba_id, external_id, client_name. Columns with other names are left out.
 */
export function parseCsv(text: string): CsvRow[] {
  const [first = "", ...rest] = linesOf(text.replace(/^\uFEFF/, ""));
  const separator = [",", ";", "\t"].find((each) => first.includes(each)) ?? ",";
  const named = cellsOf(first, separator).map((cell) => cell.trim().toLowerCase());
  const hasHead = named.includes("waba_id");
  const columns: readonly string[] = hasHead ? named : NAMES;
  return (hasHead ? rest : [first, ...rest]).flatMap((line) => {
    if (line.trim() === "") return [];
    const row: CsvRow = { waba_id: "" };
    for (const [column, cell] of cellsOf(line, separator).entries()) {
      const name = NAMES.find((each) => each === columns[column]);
      if (name !== undefined && cell.trim() !== "") row[name] = cell.trim();
    }
    return [row];
  });
}

/** Lines, but not at a line break within quotes. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of text.split(/\r?\n/)) {
    line = line === "" ? part : `${line}\n${part}`;
    if ((line.split('"').length - 1) % 2 === 1) continue;
    lines.push(line);
    line = "";
  }
  return line === "" ? lines : [...lines, line];
}

function cellsOf(line: string, separator: string): string[] {
  const cells: string[] = [];
  let cell: string | null = null;
  for (const part of line.split(separator)) {
    cell = cell === null ? part : `${cell}${separator}${part}`;
    if ((cell.split('"').length - 1) % 2 === 1) continue;
    cells.push(unquote(cell));
    cell = null;
  }
  return cell === null ? cells : [...cells, unquote(cell)];
}

function unquote(cell: string): string {
  const inner = /^\s*"([\s\S]*)"\s*$/.exec(cell)?.[1];
  return inner === undefined ? cell : inner.replaceAll('""', '"');
}
