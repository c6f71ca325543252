const PHONE = /^\+[\d ()-]+$/;

/** RFC 4180. A cell that a spreadsheet would run as a formula gets a quote before it; phone numbers are left as they are. */
export function csvCellOf(value: string): string {
  const safe = /^\s*[=+\-@\t\r]/.test(value) && !PHONE.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvLineOf = (cells: readonly string[]): string => `${cells.map(csvCellOf).join(",")}\r\n`;
