import { t } from "../messages.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * "0.25 s", "12 s", "5 min", "4 h", "2 days": two digits are enough to compare. Rounded up, so that it never
 * claims too little.
 */
export function durationOf(ms: number): string {
  if (ms < 100) return t("time.ms", { count: ms });
  if (ms < 10 * SECOND) return t("time.s", { count: ceilTo(ms / SECOND, ms < SECOND ? 100 : 10) });
  if (ms < 2 * MINUTE && ms % MINUTE !== 0) return t("time.s", { count: Math.ceil(ms / SECOND) });
  if (ms <= 90 * MINUTE && ms % HOUR !== 0) return t("time.min", { count: Math.ceil(ms / MINUTE) });
  if (ms < 2 * DAY && ms !== DAY) return t("time.h", { count: ceilTo(ms / HOUR, ms < 10 * HOUR ? 10 : 1) });
  return t("time.days", { count: ceilTo(ms / DAY, ms < 10 * DAY ? 10 : 1) });
}

const ceilTo = (value: number, parts: number): number => Math.ceil(value * parts - 1e-9) / parts;

/** "40 s", "3 min", "2 h": the age of the page, rounded down, so that it changes as rarely as it can. */
export function ageOf(seconds: number): string {
  if (seconds < 120) return t("time.s", { count: seconds });
  if (seconds < 7_200) return t("time.min", { count: Math.floor(seconds / 60) });
  return t("time.h", { count: Math.floor(seconds / 3_600) });
}
