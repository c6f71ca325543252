/** `GET /debug_token`. Source: "Managing WABAs" (2026-02); what a dead token shows is from memory. */
import { appTokenOf, grantedWabaIdsOf, reachedWabaIdsOf, refusalOfToken } from "./access.ts";
import { EVENTS } from "../world/make-objects.ts";
import { answerOf, requiredParamOf } from "./request.ts";
import type { GraphAnswer } from "./request.ts";
import type { GraphCall } from "./route.ts";
import type { Token } from "../world/world.ts";

export function debugToken(call: GraphCall): GraphAnswer {
  const text = requiredParamOf(call.request, "input_token");
  const app = appTokenOf(call.world, text);
  if (app) return answerOf({ data: appDataOf(call, app) });
  const token = call.world.tokens[text];
  if (!token)
    return answerOf({ data: deadDataOf(190, "Invalid OAuth access token - Cannot parse access token") });
  const refusal = refusalOfToken(call.world, token, call.now);
  if (refusal) {
    return answerOf({
      data: { app_id: token.appId, ...deadDataOf(190, refusal.error.message, refusal.error.error_subcode) },
    });
  }
  return answerOf({ data: liveDataOf(call, token) });
}

function deadDataOf(code: number, message: string, subcode?: number): Record<string, unknown> {
  return { error: { code, message, ...(subcode && { subcode }) }, is_valid: false, scopes: [] };
}

/** The app's own token; from memory. */
function appDataOf(call: GraphCall, token: Token): Record<string, unknown> {
  const application = call.world.apps[token.appId]?.name;
  return { app_id: token.appId, type: "APP", application, is_valid: true, scopes: [] };
}

function liveDataOf(call: GraphCall, token: Token): Record<string, unknown> {
  return {
    app_id: token.appId,
    type: "SYSTEM_USER",
    application: call.world.apps[token.appId]?.name,
    data_access_expires_at: 0,
    expires_at: Math.floor(token.expiresAt / 1000),
    is_valid: true,
    issued_at: Math.floor(token.issuedAt / 1000),
    scopes: [...token.scopes, "public_profile"],
    granular_scopes: granularScopesOf(call, token),
    user_id: token.userId,
  };
}

/** The order of `target_ids` is not stable at Meta's: match by membership. Here it turns with each call. */
function granularScopesOf(call: GraphCall, token: Token): Record<string, unknown>[] {
  const scopes = token.scopes.filter((scope) => scope.startsWith("whatsapp_"));
  if (token.owner === "system_user") return scopes.map((scope) => ({ scope }));
  const reached = reachedWabaIdsOf(call.world, token);
  const ids = grantedWabaIdsOf(call.world, token).filter((id) => reached.includes(id));
  const turned = ids.length > 1 && call.context.random.next() < 0.5 ? ids.toReversed() : ids;
  const isForeign = (scope: string): boolean => scope === EVENTS && call.world.knobs.signup_foreign_scope;
  return scopes.map((scope) => ({
    scope,
    target_ids: isForeign(scope) ? [presenceIdOf(token.businessId)] : turned,
  }));
}

/** The id of the client's business presence, which is no WABA. Its form is invented. */
const presenceIdOf = (businessId: string): string => `69${businessId.slice(2)}`;
