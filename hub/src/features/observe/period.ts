import { serverNow } from "../../time/server-clock.ts";

export const OBSERVE_PERIODS = ["7", "30", "90"] as const;
export type ObservePeriod = (typeof OBSERVE_PERIODS)[number];

const DAY_MS = 86_400_000;

export const observePeriodOf = (days: string | undefined): ObservePeriod =>
  OBSERVE_PERIODS.find((period) => period === days) ?? "7";

/** Whole days, so that the query stays the same while the page is open. */
export function startOf(period: ObservePeriod): string {
  const today = Math.floor(serverNow() / DAY_MS) * DAY_MS;
  return new Date(today - Number(period) * DAY_MS).toISOString();
}
