import type { ShareState } from "./share-state.ts";
import type { SetupCheck } from "./setup-issues.ts";

/**
 * Whether a page may say that messages are being sent. The share alone does not prove it. Three things speak
 * against it: a number status that does not send, a health that blocks messages, and refusals by Meta.
 */
export function areMessagesSent(state: Pick<ShareState, "status" | "numbers" | "setupIssues">): boolean {
  if (state.status !== "live") return false;
  return !(state.setupIssues ?? []).some(speaksAgainstSending) && !state.numbers.some(isDoubtful);
}

/**
 * Issues of a number that still sends, or that is not fully known. A number with any other issue may not
 * send.
 */
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
