const HOUR_MS = 3_600_000;
const MORNING = 9;
const MONDAY = 1;

export const SNOOZES = ["hour", "four_hours", "tomorrow", "monday"] as const;
export type Snooze = (typeof SNOOZES)[number];

/** Until when a snooze that begins at `now` (ms) lasts, in ms; mornings are at nine, in the viewer's zone. */
export function snoozeEndOf(snooze: Snooze, now: number): number {
  if (snooze === "hour") return now + HOUR_MS;
  if (snooze === "four_hours") return now + 4 * HOUR_MS;
  const end = new Date(now);
  end.setHours(MORNING, 0, 0, 0);
  do end.setDate(end.getDate() + 1);
  while (snooze === "monday" && end.getDay() !== MONDAY);
  return end.getTime();
}
