import { t } from "../messages.ts";

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "always", style: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const exactZone = new Intl.DateTimeFormat(undefined, {
  dateStyle: "full",
  timeStyle: "long",
});
const day = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});
const dayShort = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const minuteTime = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const today = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const clockTime = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/**
 * "3 min. ago", "in 3 min.". Under ten seconds only "just now", "in a moment": a count of seconds would
 * distract.
 */
export function relativeTimeOf(iso: string, nowMs: number): string {
  const seconds = Math.round((Date.parse(iso) - nowMs) / 1000);
  const size = Math.abs(seconds);
  if (size < 10) return t(seconds > 0 ? "time.in_a_moment" : "time.just_now");
  for (const [unit, length] of UNITS) {
    if (size >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return relative.format(Math.trunc(seconds / 10) * 10, "second");
}

/** What is left until an instant: "59:07", "1:02:03"; null once it has come. */
export function leftOf(iso: string, nowMs: number): string | null {
  const seconds = Math.ceil((Date.parse(iso) - nowMs) / 1000);
  if (seconds <= 0) return null;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

/** In the viewer's zone and locale. */
export const exactTimeOf = (iso: string): string => exact.format(new Date(iso));
/** The same with weekday and zone, for titles. */
export const fullTimeOf = (iso: string): string => exactZone.format(new Date(iso));
export const dayOf = (iso: string): string => day.format(new Date(iso));
export const clockTimeOf = (iso: string): string => clockTime.format(new Date(iso));

/** Within a sentence: "today 16:19", "12 Nov 2026 16:19"; only the time where the day was just said. */
export function spokenTimeOf(of: { at: string; timeOnly: boolean; exact: boolean }, nowMs: number): string {
  const at = new Date(of.at);
  const time = (of.exact ? clockTime : minuteTime).format(at);
  if (of.timeOnly) return time;
  const day = dayShort.format(at);
  return `${day === dayShort.format(nowMs) ? today.format(0, "day") : day} ${time}`;
}

/** As a `date` field has it, in the viewer's zone: "2027-01-31". */
export function localDayOf(ms: number): string {
  const at = new Date(ms);
  const parts = [at.getFullYear(), at.getMonth() + 1, at.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

const MINUTE_MS = 60_000;

/** As a `datetime-local` field has it: in the viewer's zone, to the minute. */
export function localMinuteOf(ms: number): string {
  const offsetMs = new Date(ms).getTimezoneOffset() * MINUTE_MS;
  return new Date(ms - offsetMs).toISOString().slice(0, 16);
}

const zoned = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

/** The exact time with its zone: "28 Nov 2026, 16:19:38 CET". */
export const zonedTimeOf = (iso: string): string => zoned.format(new Date(iso));
