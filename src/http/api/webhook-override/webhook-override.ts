import { z } from "@hono/zod-openapi";
import { Problem } from "../../../problems.ts";
import { saveOverride } from "../../../connection/save-override.ts";
import { saveNumberOverride } from "../../../connection/save-number-override.ts";
import { callbackFaultOf } from "./callback-fault.ts";
import { getAssetId, getNumberView } from "../wabas/get-waba.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { NumberId } from "../wabas/numbers.ts";
import { WabaId } from "../wabas/wabas.ts";

/** Meta takes addresses of at most 200 characters (webhook override). */
const LONGEST_URI = 200;

/** The address is visible to everyone who reads a WABA, and travels in Meta's requests. */
const CallbackUri = z
  .url({ protocol: /^https?$/ })
  .max(LONGEST_URI)
  .openapi({ example: "https://client.example/whatsapp" });

/** @throws Problem invalid_request */
function checkCallback({ settings }: Pick<HttpDeps, "settings">, uri: string): void {
  const fault = callbackFaultOf(uri, settings.sandbox !== null);
  if (fault !== null) throw new Problem("invalid_request", { faults: `uri (body): ${fault}` });
}

/** What the audit shows of an address: its query may hold a secret. */
function withoutQuery(uri: string): string {
  const { origin, pathname } = new URL(uri);
  return origin + pathname;
}

const Wish = z
  .strictObject({
    uri: CallbackUri,
    verify_token: z.string().min(1).max(500).openapi({
      description:
        "The verify token with which this address answers Meta's handshake. Stored sealed and never shown again.",
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
  who: "admin",
  name: "setWebhookOverride",
  group: "WABAs",
  summary: "Send this WABA's messages to a callback of its own",
  description:
    "Written at Meta at once. Meta drops it with the subscription, for example when a share is lost. Sharekeeper keeps it and writes it back.",
  params: WabaId,
  body: Wish,
  answer: { status: 200, description: "The override as Meta accepted it.", schema: Held },
  problems: PROBLEMS,
  audit: "webhook_override.set",
  async handle({ deps, params, body, by, act }) {
    act.note({ after: { uri: withoutQuery(body.uri) } });
    checkCallback(deps, body.uri);
    const assetId = await getAssetId(deps.db, params.waba_id);
    const override = { uri: body.uri, verifyToken: body.verify_token };
    if (!(await saveOverride(deps, { assetId, override, by })))
      throw new Problem("waba_not_found", { id: params.waba_id });
    return { waba_id: params.waba_id, uri: body.uri };
  },
});

const remove = defineRoute({
  method: "DELETE",
  path: "/api/v1/wabas/{waba_id}/webhook-override",
  who: "admin",
  name: "removeWebhookOverride",
  group: "WABAs",
  summary: "Remove the WABA's own callback",
  description: "Its messages come to the app's callback again. A lost callback is no longer reported.",
  params: WabaId,
  answer: { status: 204, description: "The callback is removed." },
  problems: PROBLEMS,
  audit: "webhook_override.removed",
  async handle({ deps, params, by }) {
    const assetId = await getAssetId(deps.db, params.waba_id);
    if (!(await saveOverride(deps, { assetId, override: null, by })))
      throw new Problem("waba_not_found", { id: params.waba_id });
    return null;
  },
});

const HeldByNumber = z.object({ number_id: z.string(), phone_number_id: z.string(), uri: z.string() });
const NUMBER_PROBLEMS = [
  "number_not_found",
  "not_written",
  "meta_refused",
  "meta_unreachable",
  "foreign_origin",
] as const;

const putNumber = defineRoute({
  method: "PUT",
  path: "/api/v1/numbers/{id}/webhook-override",
  who: "admin",
  name: "setNumberWebhookOverride",
  group: "Numbers",
  summary: "Send this number's messages to a callback of its own",
  description:
    "Written at Meta at once; it takes precedence over the WABA's own callback. Sharekeeper keeps it and writes it back when it is lost.",
  params: NumberId,
  body: Wish,
  answer: {
    status: 200,
    description: "The override as Meta accepted it.",
    schema: HeldByNumber.openapi("NumberWebhookOverride"),
  },
  problems: NUMBER_PROBLEMS,
  audit: "number_webhook_override.set",
  async handle({ deps, params, body, by, act }) {
    act.note({ after: { uri: withoutQuery(body.uri) } });
    checkCallback(deps, body.uri);
    const { number, view } = await getNumberView(deps, params.id);
    act.note({ target: { type: "number", id: number.id, wabaId: view.asset.wabaId } });
    const override = { uri: body.uri, verifyToken: body.verify_token };
    if (!(await saveNumberOverride(deps, { numberId: number.id, override, by })))
      throw new Problem("number_not_found", { id: params.id });
    return { number_id: number.id, phone_number_id: number.phoneNumberId, uri: body.uri };
  },
});

const removeNumber = defineRoute({
  method: "DELETE",
  path: "/api/v1/numbers/{id}/webhook-override",
  who: "admin",
  name: "removeNumberWebhookOverride",
  group: "Numbers",
  summary: "Remove the number's own callback",
  description: "Its messages come to the WABA's callback again, or to the app's.",
  params: NumberId,
  answer: { status: 204, description: "The callback is removed." },
  problems: NUMBER_PROBLEMS,
  audit: "number_webhook_override.removed",
  async handle({ deps, params, by, act }) {
    const { number, view } = await getNumberView(deps, params.id);
    act.note({ target: { type: "number", id: number.id, wabaId: view.asset.wabaId } });
    if (!(await saveNumberOverride(deps, { numberId: number.id, override: null, by })))
      throw new Problem("number_not_found", { id: params.id });
    return null;
  },
});

export const webhookOverrideRoutes: Route[] = [put, remove, putNumber, removeNumber];
