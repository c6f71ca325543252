import type { VerifyDeps } from "../../../sharing/probe/verify-share.ts";
import type { Asset } from "../../../directory/asset-store.ts";
import type { NumberEntry } from "../../../directory/number-store.ts";
import { registerNumber } from "../../../onboarding/register/register-number.ts";
import { Problem } from "../../../problems.ts";
import { checkShare } from "../../../sharing/probe/check-share.ts";
import type { By } from "../../../sharing/record/record-observation.ts";
import type { NumberState } from "../../../sharing/status/share-state.ts";

/**
 * Registers a number again on an operator's command, then probes Meta. Only for a number that Meta has
 * deregistered: a registration costs one of the ten that Meta allows in 72 hours, and takes a number of the
 * app away from its phone.
 *
 * @throws Problem that says what to do instead
 */
export async function recordRegistration(
  deps: VerifyDeps,
  input: { number: NumberEntry; state: NumberState; mode: Asset["mode"]; pin: string | null; by: By },
): Promise<void> {
  const { number, state, mode, pin, by } = input;
  if (mode === "observe" || !isDeregistered(state))
    throw new Problem("registration_not_needed", { id: number.phoneNumberId });
  const result = await registerNumber(deps, { numberId: number.id, pin, token: null, by });
  if (result.kind === "pin_unknown") throw new Problem(pin === null ? "pin_wanted" : "pin_refused");
  if (result.kind === "too_often") throw new Problem("too_many_registrations");
  if (result.kind === "refused") throw new Problem("meta_refused", { metaMessage: result.metaMessage });
  if (result.kind !== "registered") throw new Problem("meta_unreachable");
  await checkShare(deps, { assetId: number.assetId, by });
}

function isDeregistered({ coexistence, conditions }: NumberState): boolean {
  return (
    !coexistence &&
    conditions.some(
      ({ type, status, reason }) =>
        type === "NumberConnected" && status === "False" && reason === "number_deregistered",
    )
  );
}
