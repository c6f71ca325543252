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

/** Whether it is quiet now: until a time, or until it gets worse. */
export const isSnoozed = (
  { snoozed_until: until, snoozed_until_worse: worse }: Pick<Alert, "snoozed_until" | "snoozed_until_worse">,
  now: number,
): boolean => worse || (until !== null && Date.parse(until) > now);
