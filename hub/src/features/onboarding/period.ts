import { serverNow } from "../../time/server-clock.ts";

export const PERIODS = ["7", "30", "90", "all"] as const;
export type Period = (typeof PERIODS)[number];

const DAY_MS = 86_400_000;

/** An invitation lives for thirty days. */
export const periodOf = (days: string | undefined): Period =>
  PERIODS.find((period) => period === days) ?? "30";

/** Whole days, so that the query stays the same while the page is open. Null: from the beginning. */
export function sinceOf(period: Period): string | null {
  if (period === "all") return null;
  const today = Math.floor(serverNow() / DAY_MS) * DAY_MS;
  return new Date(today - Number(period) * DAY_MS).toISOString();
}
