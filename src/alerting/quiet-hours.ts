/** Hours of each day in which nobody wants to be woken, such as 22:00 to 07:00 in Europe/Berlin. */
export interface QuietHours {
  /** "22:00": a time of day. */
  from: string;
  /** Another time of day; an earlier one is on the next day. */
  to: string;
  /** A name of the IANA time zone database. */
  timeZone: string;
}

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * When the quiet hours end that it is now; null: it is none. Instants are ms since the epoch. Where the
 * zone's clocks change within them, they end when the clocks show `to` or, if they skip it, a later time.
 */
export function quietUntil(hours: QuietHours, now: number): number | null {
  if (!isQuiet(hours, now)) return null;
  let at = Math.floor(now / MINUTE) * MINUTE;
  while (isQuiet(hours, at)) at += minutesUntil(hours.to, minuteOf(hours, at)) * MINUTE;
  // A change of the clocks may have taken it past the end.
  while (at - MINUTE > now && !isQuiet(hours, at - MINUTE)) at -= MINUTE;
  return at;
}

/** Whether the zone's name is known. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

function isQuiet(hours: QuietHours, at: number): boolean {
  const [from, to, minute] = [minutesOf(hours.from), minutesOf(hours.to), minuteOf(hours, at)];
  return from < to ? from <= minute && minute < to : minute >= from || minute < to;
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return hour * 60 + minute;
}

const minutesUntil = (to: string, minute: number): number =>
  (minutesOf(to) - minute + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;

/** The minute of the day that the zone's clocks show. */
const minuteOf = ({ timeZone }: QuietHours, at: number): number =>
  minutesOf(formatOf(timeZone).format(new Date(at)));

const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws RangeError when the zone is unknown. Making one is slow. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const wish = { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const format = new Intl.DateTimeFormat("en-GB", wish);
  formats.set(timeZone, format);
  return format;
}
