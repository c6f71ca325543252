import { z } from "@hono/zod-openapi";
import { Problem } from "../../problems.ts";
import { saveOverride } from "../../sharing/save-override.ts";
import { getAssetId } from "../get-waba.ts";
import { defineRoute, type Route } from "../route.ts";
import { WabaId } from "./wabas.ts";

/** Meta takes addresses of at most 200 characters (webhook override). */
const LONGEST_URI = 200;

const Wish = z
  .strictObject({
    uri: z
      .url({ protocol: /^https?$/ })
      .max(LONGEST_URI)
      .openapi({ example: "https://client.example/whatsapp" }),
    verify_token: z.string().min(1).max(500).openapi({
      description: "What this address answers Meta's handshake with. Sealed here and never shown again.",
    }),
  })
  .openapi("NewWebhookOverride");

const Held = z.object({ waba_id: z.string(), uri: z.string() }).openapi("WebhookOverride");

const PROBLEMS = [
  "waba_not_found",
  "not_written",
  "meta_refused",
  "meta_unreachable",
  "foreign_origin",
] as const;

const put = defineRoute({
  method: "PUT",
  path: "/api/v1/wabas/{waba_id}/webhook-override",
  who: "operator",
  name: "setWebhookOverride",
  group: "WABAs",
  summary: "Send this WABA's messages to a callback of its own",
  description:
    "Written at Meta at once. Meta drops it together with the subscription, as when a share is lost; held here, it is written back.",
  params: WabaId,
  body: Wish,
  answer: { status: 200, description: "The override as Meta took it.", schema: Held },
  problems: PROBLEMS,
  audit: "webhook_override.set",
  async handle({ deps, params, body, actor, requestId }) {
    const assetId = await getAssetId(deps.db, params.waba_id);
    const override = { uri: body.uri, verifyToken: body.verify_token };
    if (!(await saveOverride(deps, { assetId, override, by: { actor: actor.id, requestId } })))
      throw new Problem("waba_not_found", { id: params.waba_id });
    return { waba_id: params.waba_id, uri: body.uri };
  },
});

const remove = defineRoute({
  method: "DELETE",
  path: "/api/v1/wabas/{waba_id}/webhook-override",
  who: "operator",
  name: "removeWebhookOverride",
  group: "WABAs",
  summary: "Take the WABA's own callback away",
  description: "Its messages come to the app's callback again. One that is lost already is no longer named.",
  params: WabaId,
  answer: { status: 204, description: "There is none any more." },
  problems: PROBLEMS,
  audit: "webhook_override.removed",
  async handle({ deps, params, actor, requestId }) {
    const assetId = await getAssetId(deps.db, params.waba_id);
    if (!(await saveOverride(deps, { assetId, override: null, by: { actor: actor.id, requestId } })))
      throw new Problem("waba_not_found", { id: params.waba_id });
    return null;
  },
});

export const webhookOverrideRoutes: Route[] = [put, remove];
