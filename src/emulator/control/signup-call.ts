/** `POST /_emulator/signup`: Embedded Signup without its screens, for tests and scenarios. */
import { z } from "zod";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { sendOptionsSchema } from "../actions/act.ts";
import { MANAGEMENT, MESSAGING } from "../world/make-objects.ts";
import { finishSignup } from "../signup/finish-signup.ts";
import type { SignupChoice } from "../signup/signup-choice.ts";
import { checked, ControlRefusal } from "./control-call.ts";
import type { ControlCall } from "./control-call.ts";

const signupSchema = z.strictObject({
  app_id: z.string().exactOptional(),
  config_id: z.string().default(""),
  business_id: z.string().exactOptional(),
  new_business: z.strictObject({ name: z.string().min(1) }).exactOptional(),
  waba_id: z.string().exactOptional(),
  new_waba: z
    .strictObject({
      name: z.string().min(1),
      currency: z.string().exactOptional(),
      timezone_id: z.string().exactOptional(),
    })
    .exactOptional(),
  phone_number_id: z.string().exactOptional(),
  new_phone: z.strictObject({ display_phone_number: z.string(), verified_name: z.string() }).exactOptional(),
  coexistence: z.boolean().default(false),
  app_only: z.boolean().default(false),
  permissions: z.array(z.string().min(1)).default([MANAGEMENT, MESSAGING]),
  share_history: z.boolean().default(true),
  silent: z.boolean().default(false),
  webhook: sendOptionsSchema.default({}),
});

type Given = z.infer<typeof signupSchema>;

/** The same outcome, code and message as the dialog's last click. */
export function finishSignupByHand({ context, request }: ControlCall): unknown {
  const given = checked(signupSchema, request);
  const { world } = context.store;
  if (given.waba_id === undefined && !given.new_waba && !given.new_business) {
    const words = 'say which WABA: "waba_id", or "new_waba" with "business_id" or "new_business"';
    throw new ControlRefusal(400, words);
  }
  if (given.coexistence && given.app_only) {
    const words =
      "an app-only install takes no number of the WhatsApp Business app: leave out one of the two";
    throw new ControlRefusal(400, words);
  }
  const outcome = finishSignup(context, {
    appId: given.app_id ?? world.identity.appId,
    configId: given.config_id,
    ...withoutUndefined({
      businessId: given.business_id ?? world.wabas[given.waba_id ?? ""]?.businessId,
      newBusiness: given.new_business,
      wabaId: given.waba_id,
      newWaba: given.new_waba && newWabaOf(given.new_waba),
    }),
    phone: phoneOf(given),
    coexistence: given.coexistence,
    appOnly: given.app_only,
    permissions: given.permissions,
    shareHistory: given.share_history,
    silent: given.silent,
    webhook: given.webhook,
  });
  const { code, event, webhooks, businessId, wabaId, phoneNumberId } = outcome;
  const ids = { business_id: businessId, waba_id: wabaId, phone_number_id: phoneNumberId };
  return { ok: true, code, event, webhooks, ...ids };
}

function newWabaOf(given: NonNullable<Given["new_waba"]>): NonNullable<SignupChoice["newWaba"]> {
  const { name, currency, timezone_id: timezoneId } = given;
  return { name, ...withoutUndefined({ currency, timezoneId }) };
}

function phoneOf(given: Given): SignupChoice["phone"] {
  if (given.phone_number_id !== undefined) return { id: given.phone_number_id };
  if (!given.new_phone) return null;
  const { display_phone_number: displayPhoneNumber, verified_name: verifiedName } = given.new_phone;
  return { displayPhoneNumber, verifiedName };
}
