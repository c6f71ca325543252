/** One phone number, or several as the export joins them. */
const PHONES = /^\+[\d ()-]+(; \+[\d ()-]+)*$/;

/**
 * RFC 4180. A cell that a spreadsheet would run as a formula gets a quote before it; phone numbers stay
 * unchanged.
 */
export function csvCellOf(value: string): string {
  const safe = /^\s*[=+\-@\t\r]/.test(value) && !PHONES.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvLineOf = (cells: readonly string[]): string => `${cells.map(csvCellOf).join(",")}\r\n`;
