import { lockNames } from "../../database/lock-names.ts";
import type { NumberEntry } from "../../directory/number-store.ts";
import type { By } from "../../sharing/record/record-observation.ts";
import { appendTimeline } from "../../sharing/record/timeline-store.ts";
import { countRegistrationsAsked } from "./pin-store.ts";
import type { SignupDeps } from "../signup-deps.ts";

/**
 * Meta blocks a number after ten registrations in 72 hours, and locks its PIN after five wrong ones: clients
 * get fewer tries.
 */
const ASKED_PER_DAY = 3;
const DAY_MS = 24 * 3600_000;

/**
 * A client asks to register a number, with or without its PIN. @returns whether it may, on the number's
 * budget for today
 */
export async function askRegistration(
  deps: Pick<SignupDeps, "db" | "clock">,
  { number, by }: { number: NumberEntry; by: By },
): Promise<boolean> {
  const at = deps.clock.now();
  const { connectionId, assetId, phoneNumberId } = number;
  return deps.db.transaction(async (tx) => {
    await lockNames(tx, `register:${number.id}`);
    if ((await countRegistrationsAsked(tx, { assetId, phoneNumberId, since: at - DAY_MS })) >= ASKED_PER_DAY)
      return false;
    const evidence = { phone_number_id: phoneNumberId };
    const asked = {
      kind: "command",
      source: "client",
      title: "number.register_asked",
      detail: null,
    } as const;
    await appendTimeline(tx, [{ connectionId, assetId, at, ...asked, evidence, ...by }]);
    return true;
  });
}
