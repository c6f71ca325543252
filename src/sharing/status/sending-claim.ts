import type { ShareState } from "./share-state.ts";
import type { SetupCheck } from "./setup-issues.ts";

/**
 * Whether it may be said that messages are being sent. The share alone does not say it: a number whose status at Meta is none of the
 * sending ones, a health that blocks messages, and refusals of Meta's speak against it.
 */
export function areMessagesSent(state: Pick<ShareState, "status" | "numbers" | "setupIssues">): boolean {
  if (state.status !== "live") return false;
  return !(state.setupIssues ?? []).some(speaksAgainstSending) && !state.numbers.some(isDoubtful);
}

/** What ails a number while it still sends, or is not known of it. Every other word about a number is of one that may not. */
const STILL_SENDS = new Set([
  "number_flagged",
  "number_rate_limited",
  "number_restricted",
  "quality_low",
  "code_unverified",
  "not_yet_proven",
  "field_refused",
]);

function speaksAgainstSending({ check, reason }: SetupCheck): boolean {
  return reason === "health_blocked" || (check === "number" && !STILL_SENDS.has(reason));
}

function isDoubtful({ sending, conditions }: ShareState["numbers"][number]): boolean {
  if (sending !== undefined) return true;
  const connected = conditions.find(({ type }) => type === "NumberConnected");
  return (
    connected?.status === "False" || (connected?.status === "Unknown" && connected.reason.startsWith("meta:"))
  );
}
