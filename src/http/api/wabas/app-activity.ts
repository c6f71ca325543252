import { z } from "@hono/zod-openapi";
import { recordAppActivity } from "../../../coexistence/record-app-activity.ts";
import { Problem } from "../../../problems.ts";
import { getNumberView, contextOf } from "./get-waba.ts";
import { NumberPageSchema } from "./number-schema.ts";
import { renderNumberPage } from "./render-number.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Instant } from "./waba-schema.ts";
import { NumberId } from "./numbers.ts";

const confirm = defineRoute({
  method: "POST",
  path: "/api/v1/numbers/{id}/app-activity",
  who: "operator",
  name: "confirmAppActivity",
  group: "Numbers",
  summary: "Say that the WhatsApp Business app of a number was opened",
  description:
    "Meta tells nobody when the app was last opened, and cuts the number off after about 14 days. An older instant than the one that is known changes nothing.",
  params: NumberId,
  body: z.strictObject({
    at: Instant.optional().openapi({ description: "When it was opened. Left out: now." }),
  }),
  answer: { status: 200, description: "The number, counted from then on.", schema: NumberPageSchema },
  problems: ["number_not_found", "number_not_coexistence", "invalid_request", "foreign_origin"],
  audit: "app_activity.confirmed",
  async handle({ deps, params, body, actor, requestId }) {
    const { number, state } = await getNumberView(deps, params.id);
    if (!state.coexistence) throw new Problem("number_not_coexistence", { id: params.id });
    const now = deps.clock.now();
    const at = body.at === undefined ? now : Date.parse(body.at);
    if (at > now + CLOCK_TOLERANCE_MS)
      throw new Problem("invalid_request", { faults: "at (body): lies in the future" });
    const by = { actor: actor.id, requestId };
    const { assetId, id: numberId } = number;
    await recordAppActivity(deps, { assetId, numberId, at: Math.min(at, now), how: "api", by });
    return renderNumberPage(await getNumberView(deps, params.id), contextOf(deps));
  },
});

/** The caller's clock and ours need not agree to the second. */
const CLOCK_TOLERANCE_MS = 60_000;

export const appActivityRoutes: Route[] = [confirm];
