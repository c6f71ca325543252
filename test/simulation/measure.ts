/** What is measured over one history. */
export interface Measures {
  /** From the receipt of the announcement to the closed gate, ms. */
  announcedMs: number[];
  /** From a silent loss to the closed gate, ms, and the sweep period of that history. */
  silentMs: { ms: number; sweepMs: number }[];
  /** From the end of the loss to the open gate, ms. */
  reopenedMs: number[];
  /** Closed on a hint that was no longer true, as the rules allow; and how long until it opened again. */
  falseClosings: number;
  falseClosedMs: number[];
  closings: number;
}

export const noMeasures = (): Measures => ({
  announcedMs: [],
  silentMs: [],
  reopenedMs: [],
  falseClosings: 0,
  falseClosedMs: [],
  closings: 0,
});

/** The distribution of a list of durations, for people. */
function spreadOf(ms: number[]): string {
  if (ms.length === 0) return "none";
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number): string => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return `${(value / 1000).toFixed(2)} s`;
  };
  return `${sorted.length}: p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}`;
}

/** The measures of many histories, one line each. */
export function linesOf(all: Measures[]): string[] {
  const silent = all.flatMap((one) => one.silentMs);
  const sum = (count: (one: Measures) => number): number => all.reduce((total, one) => total + count(one), 0);
  const worst = silent.length === 0 ? 0 : Math.max(...silent.map(({ ms, sweepMs }) => (ms - sweepMs) / 1000));
  return [
    `announced loss, receipt to closed gate: ${spreadOf(all.flatMap((one) => one.announcedMs))}`,
    "silent loss, loss to closed gate, sweep every 15 s: " +
      spreadOf(silent.filter(({ sweepMs }) => sweepMs === 15_000).map(({ ms }) => ms)),
    `silent loss, beyond one sweep period at the worst: ${worst.toFixed(2)} s`,
    `closings: ${sum((one) => one.closings)}, of them on a true hint about a loss that was over: ` +
      `${sum((one) => one.falseClosings)}`,
    `and open again after: ${spreadOf(all.flatMap((one) => one.falseClosedMs))}`,
  ];
}
