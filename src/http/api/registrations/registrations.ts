import { z } from "@hono/zod-openapi";
import { getNumberView, renderWabaNow } from "../wabas/get-waba.ts";
import { recordRegistration } from "./record-registration.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { WabaSchema } from "../wabas/waba-schema.ts";
import { NumberId } from "../wabas/numbers.ts";

const register = defineRoute({
  method: "POST",
  path: "/api/v1/numbers/{id}/register",
  who: "operator",
  name: "registerNumber",
  group: "Numbers",
  summary: "Register a number on the Cloud API again",
  description:
    "For a platform number that Meta has deregistered. Without `pin`, the stored PIN is used, or a new one is set. Meta blocks a number after ten registrations in 72 hours.",
  params: NumberId,
  body: z.strictObject({
    pin: z
      .string()
      .regex(/^\d{6}$/, "six digits")
      .optional()
      .openapi({ description: "The number's two-step verification PIN." }),
  }),
  answer: { status: 200, description: "The WABA after a probe.", schema: WabaSchema },
  problems: [
    "number_not_found",
    "registration_not_needed",
    "pin_wanted",
    "pin_refused",
    "too_many_registrations",
    "meta_refused",
    "meta_unreachable",
    "foreign_origin",
  ],
  audit: "number.registered",
  async handle({ deps, params, body, by, act }) {
    const { number, state, view } = await getNumberView(deps, params.id);
    act.note({
      target: { type: "number", id: number.id, wabaId: view.asset.wabaId },
      detail: { phone_number_id: number.phoneNumberId, with_pin: body.pin !== undefined },
    });
    await recordRegistration(deps, { number, state, mode: view.asset.mode, pin: body.pin ?? null, by });
    return renderWabaNow(deps, view.asset.wabaId);
  },
});

export const registrationRoutes: Route[] = [register];
