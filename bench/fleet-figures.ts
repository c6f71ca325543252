/** How the benches of a fleet print their results. */
export type Report = (name: string, value: string) => void;

export const seconds = (ms: number): string => (ms / 1000).toFixed(1);

/** The time below which this part of them lies, in ms, as it is printed. */
export function at(times: readonly number[], part: number): string {
  const sorted = times.toSorted((one, other) => one - other);
  const ms = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}

/**
 * How often what a cell begins with is contained in what another begins with; empty when they are no numbers.
 */
export function growthOf(first: string, last: string): string {
  const growth = parseFloat(last) / parseFloat(first);
  return Number.isFinite(growth) ? growth.toFixed(growth < 10 ? 2 : 0) : "";
}
