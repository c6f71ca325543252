import { cutOffOf, newestOf, type Subject } from "../../../meta/cut-off-dates.ts";
import { english } from "../../../messages/english.ts";
import { isoOf } from "../wabas/render-waba.ts";

export const WARNING_CODES = [
  "graph_version_ends",
  "graph_version_ended",
  "signup_version_ends",
  "signup_version_ended",
  "onboarding_cap",
] as const;

export interface ConnectionWarning {
  code: (typeof WARNING_CODES)[number];
  text: string;
  /** Null for a version without a known end. */
  at: string | null;
}

/** What Meta ends within 90 days, or has ended, of the versions in use. */
export function warningsOf(inUse: Record<Subject, string>, now: number): ConnectionWarning[] {
  return (["graph", "signup"] as const).flatMap((subject) => {
    const version = inUse[subject];
    const state = cutOffOf(subject, version, now);
    if (state.kind !== "near" && state.kind !== "passed") return [];
    const code = `${subject}_version_${state.kind === "near" ? "ends" : "ended"}` as const;
    const at = isoOf(state.endsAt);
    const names = { version, day: at.slice(0, 10), newest: newestOf(subject) };
    return [{ code, text: english(`connection_warning.${code}`, names), at }];
  });
}

/**
 * Meta does not publish its own count of the last seven days. Ours leaves out clients that came by other
 * ways.
 */
export const CAP_WINDOW_MS = 7 * 24 * 3600_000;
const CAP_WARNED_FROM = 0.8;

/**
 * How near the connection is to Meta's weekly cap of new clients. Source: embedded-signup/overview,
 * limitations.
 */
export function capWarningsOf({ count, cap }: { count: number; cap: number }): ConnectionWarning[] {
  if (count < cap * CAP_WARNED_FROM) return [];
  const key = count < cap ? "connection_warning.onboarding_cap" : "connection_warning.onboarding_cap_reached";
  return [{ code: "onboarding_cap", text: english(key, { count, cap }), at: null }];
}
