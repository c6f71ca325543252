import type { VerifyDeps } from "../../../sharing/probe/verify-share.ts";
import { z } from "@hono/zod-openapi";
import { askRegistration } from "../../../onboarding/register/ask-registration.ts";
import { registerNumber } from "../../../onboarding/register/register-number.ts";
import { Problem } from "../../../problems.ts";
import { checkShare } from "../../../sharing/probe/check-share.ts";
import type { By } from "../../../sharing/record/record-observation.ts";
import { parseInput, readJsonBody } from "../../kit/read-input.ts";
import type { WabaView } from "../../api/wabas/render-waba.ts";
import { isDeregistered } from "./read-panel-signups.ts";

const Sent = z.strictObject({
  phone_number_id: z.string().max(64),
  pin: z
    .string()
    .regex(/^\d{6}$/, "six digits")
    .optional(),
});

/** `POST /reshare/{token}/register`: registers a deregistered platform number again for the client. */
export async function registerFromPage(
  deps: VerifyDeps,
  wabas: readonly WabaView[],
  request: Request,
  by: By,
): Promise<void> {
  const sent = parseInput(Sent, await readJsonBody(request), "body");
  const view = wabas.find(({ numbers }) =>
    numbers.some(({ phoneNumberId }) => phoneNumberId === sent.phone_number_id),
  );
  const number = view?.numbers.find(({ phoneNumberId }) => phoneNumberId === sent.phone_number_id);
  if (view === undefined || number === undefined)
    throw new Problem("number_not_found", { id: sent.phone_number_id });
  if (view.asset.mode === "observe" || !isDeregistered(view, number.id))
    throw new Problem("registration_not_needed", { id: sent.phone_number_id });
  if (!(await askRegistration(deps, { number, by }))) throw new Problem("too_many_registrations");
  const result = await registerNumber(deps, {
    numberId: number.id,
    pin: sent.pin ?? null,
    token: null,
    by,
  });
  if (result.kind === "pin_unknown") throw new Problem(sent.pin === undefined ? "pin_wanted" : "pin_refused");
  if (result.kind === "too_often") throw new Problem("too_many_registrations");
  if (result.kind === "refused") throw new Problem("meta_refused", { metaMessage: result.metaMessage });
  if (result.kind !== "registered") throw new Problem("meta_unreachable");
  await checkShare(deps, { assetId: view.asset.id, by });
}
