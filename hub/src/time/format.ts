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
const clockTime = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 min. ago". Under ten seconds "just now": a count of seconds that ticks draws the eye for nothing. */
export function relativeTimeOf(iso: string, nowMs: number): string {
  const seconds = Math.round((Date.parse(iso) - nowMs) / 1000);
  const size = Math.abs(seconds);
  if (size < 10) return "just now";
  for (const [unit, length] of UNITS) {
    if (size >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return relative.format(Math.trunc(seconds / 10) * 10, "second");
}

/** In the viewer's zone and locale. */
export const exactTimeOf = (iso: string): string => exact.format(new Date(iso));
/** The same with weekday and zone, for titles. */
export const fullTimeOf = (iso: string): string => exactZone.format(new Date(iso));
export const dayOf = (iso: string): string => day.format(new Date(iso));
export const clockTimeOf = (iso: string): string => clockTime.format(new Date(iso));
