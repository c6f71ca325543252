import { z } from "@hono/zod-openapi";
import { recordAppActivity } from "../../../coexistence/record-app-activity.ts";
import { Problem } from "../../../problems.ts";
import { getNumberView, contextOf } from "./get-waba.ts";
import { NumberPageSchema } from "./number-schema.ts";
import { renderNumberPage } from "./render-number.ts";
import { isoOf } from "./render-waba.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Instant } from "./waba-schema.ts";
import { NumberId } from "./numbers.ts";

const confirm = defineRoute({
  method: "POST",
  path: "/api/v1/numbers/{id}/app-activity",
  who: "support",
  name: "confirmAppActivity",
  group: "Numbers",
  summary: "Record when the WhatsApp Business app of a number was opened",
  description:
    "Meta does not report when the app was last opened, and disconnects the number after about 14 days. An instant older than the known one changes nothing.",
  params: NumberId,
  body: z.strictObject({
    at: Instant.optional().openapi({ description: "When it was opened. Default: now." }),
  }),
  answer: { status: 200, description: "The number with its new due dates.", schema: NumberPageSchema },
  problems: ["number_not_found", "number_not_coexistence", "invalid_request", "foreign_origin"],
  audit: "app_activity.confirmed",
  async handle({ deps, params, body, by, act }) {
    const { number, state, view } = await getNumberView(deps, params.id);
    act.note({
      target: { type: "number", id: number.id, wabaId: view.asset.wabaId },
      after: { opened_at: body.at ?? isoOf(deps.clock.now()) },
    });
    if (!state.coexistence) throw new Problem("number_not_coexistence", { id: params.id });
    const now = deps.clock.now();
    const at = body.at === undefined ? now : Date.parse(body.at);
    if (at > now + CLOCK_TOLERANCE_MS)
      throw new Problem("invalid_request", { faults: "at (body): is in the future" });
    const { assetId, id: numberId } = number;
    await recordAppActivity(deps, { assetId, numberId, at: Math.min(at, now), how: "api", by });
    return renderNumberPage(await getNumberView(deps, params.id), contextOf(deps));
  },
});

/** Tolerance for the difference between the caller's clock and ours. */
const CLOCK_TOLERANCE_MS = 60_000;

export const appActivityRoutes: Route[] = [confirm];
