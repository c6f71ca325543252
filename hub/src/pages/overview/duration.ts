import { t } from "../../messages.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * "0.25 s", "12 s", "5 min", "4 h", "2 days": two digits are enough to compare. Rounded up, so that it never
 * claims too little.
 */
export function durationOf(ms: number): string {
  if (ms < 100) return `${ms} ${t("times.units.ms")}`;
  if (ms < 10 * SECOND) return `${ceilTo(ms / SECOND, ms < SECOND ? 100 : 10)} ${t("times.units.s")}`;
  if (ms < 2 * MINUTE && ms % MINUTE !== 0) return `${Math.ceil(ms / SECOND)} ${t("times.units.s")}`;
  if (ms <= 90 * MINUTE && ms % HOUR !== 0) return `${Math.ceil(ms / MINUTE)} ${t("times.units.min")}`;
  if (ms < 2 * DAY && ms !== DAY)
    return `${ceilTo(ms / HOUR, ms < 10 * HOUR ? 10 : 1)} ${t("times.units.h")}`;
  const days = ceilTo(ms / DAY, ms < 10 * DAY ? 10 : 1);
  return `${days} ${days === 1 ? t("times.units.day") : t("times.units.days")}`;
}

const ceilTo = (value: number, parts: number): number => Math.ceil(value * parts - 1e-9) / parts;
