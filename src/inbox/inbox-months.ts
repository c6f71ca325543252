/** One month of the inbox, a partition of its own. Bounds in ms since the epoch, UTC; `toAt` is outside. */
export interface InboxMonth {
  partition: string;
  fromAt: number;
  toAt: number;
}

/** This month and the next. */
export function inboxMonthsOf(now: number): InboxMonth[] {
  const today = new Date(now);
  return [0, 1].map((ahead) => monthOf(today.getUTCFullYear(), today.getUTCMonth() + ahead));
}

/** `month` counts from 0 and may run over into the next year. */
function monthOf(year: number, month: number): InboxMonth {
  const fromAt = Date.UTC(year, month);
  const name = new Date(fromAt).toISOString().slice(0, 7).replace("-", "_");
  return { partition: `inbox_${name}`, fromAt, toAt: Date.UTC(year, month + 1) };
}

/**
 * The month of a partition by its name; undefined for the default partition and for tables that are not ours.
 */
export function parseInboxMonth(partition: string): InboxMonth | undefined {
  const [, year, month] = /^inbox_(\d{4})_(\d{2})$/.exec(partition) ?? [];
  return year === undefined ? undefined : monthOf(Number(year), Number(month) - 1);
}
