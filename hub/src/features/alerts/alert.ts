import type { Alert, Lamp } from "../../api/types.ts";

/** Red wakes people; what is over is green, however grave it was. */
export function lampOfAlert({ state, severity }: Pick<Alert, "state" | "severity">): Lamp {
  if (state === "resolved") return "green";
  return ({ critical: "red", warning: "amber", info: "grey" } as const)[severity];
}

/** How many WABAs a row names before it only counts. */
const NAMED_WABAS = 2;

/** The first WABAs by name, and how many more there are. */
export function affectedOf({ wabas, waba_count }: Pick<Alert, "wabas" | "waba_count">) {
  const named = waba_count <= NAMED_WABAS + 1 ? wabas : wabas.slice(0, NAMED_WABAS);
  return { named, moreCount: Math.max(0, waba_count - named.length) };
}

/** Whether somebody may still take it on: it is neither taken nor over. */
export const mayAcknowledge = ({ state }: Pick<Alert, "state">): boolean => state === "firing";

/** Whether it is quiet now: until a time, or until it gets worse. */
export const isSnoozed = (
  { snoozed_until: until, snoozed_until_worse: worse }: Pick<Alert, "snoozed_until" | "snoozed_until_worse">,
  now: number,
): boolean => worse || (until !== null && Date.parse(until) > now);

const HOUR_MS = 3_600_000;
const MORNING = 8;

export const ALERT_SNOOZES = ["hour", "tomorrow"] as const;
export type AlertSnooze = (typeof ALERT_SNOOZES)[number];

/** Until when a snooze lasts that begins at `now`, both in ms. Mornings are at eight in the viewer's zone. */
export function alertSnoozeEndOf(snooze: AlertSnooze, now: number): number {
  if (snooze === "hour") return now + HOUR_MS;
  const end = new Date(now);
  end.setDate(end.getDate() + 1);
  end.setHours(MORNING, 0, 0, 0);
  return end.getTime();
}
