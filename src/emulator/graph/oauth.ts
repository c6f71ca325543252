/**
 * `GET /oauth/access_token`: a code of Embedded Signup for the client's business token, once and within 30 s;
 * or the app's own token. Source: "Embedded Signup implementation" (2026-06); which texts
 * were seen and which are from memory is marked there.
 */
import type { EmulatorContext } from "../context/emulator-context.ts";
import { addToken, EVENTS, integrationUserIdOf, MANAGEMENT } from "../world/make-objects.ts";
import { nextCount } from "../world/world.ts";
import type { App, AuthCode, Token, World } from "../world/world.ts";
import { GraphRefusal, oauth, parameterRequired } from "./errors.ts";
import { answerOf, paramOf, requiredParamOf } from "./request.ts";
import type { GraphAnswer, GraphRequest } from "./request.ts";

const CODE_LIVES_MS = 30_000;
const DAY_MS = 86_400_000;

export function exchangeCode(context: EmulatorContext, request: GraphRequest): GraphAnswer {
  const { world } = context.store;
  const app = appOf(world, request);
  if (paramOf(request, "grant_type") === "client_credentials") {
    return answerOf({ access_token: `${app.id}|${app.secret}`, token_type: "bearer" });
  }
  const text = paramOf(request, "code");
  if (!text) throw parameterRequired("code");
  const code = usableCodeOf(world, app, text, context.clock.now());
  code.used = true;
  const token = issueBusinessToken(world, code, context.clock.now());
  context.store.changed();
  return answerOf({
    access_token: token.token,
    token_type: "bearer",
    ...(token.expiresAt > 0 && { expires_in: Math.floor((token.expiresAt - token.issuedAt) / 1000) }),
  });
}

function appOf(world: World, request: GraphRequest): App {
  const app = world.apps[requiredParamOf(request, "client_id")];
  if (!app) throw oauth(400, 101, "Error validating application. Invalid application ID.");
  if (requiredParamOf(request, "client_secret") !== app.secret) {
    throw oauth(400, 1, "Error validating client secret.");
  }
  return app;
}

function usableCodeOf(world: World, app: App, text: string, now: number): AuthCode {
  const code = world.codes[text];
  if (!code || code.appId !== app.id) throw invalidCode("Invalid verification code format.");
  if (code.used) throw invalidCode("This authorization code has been used.", 36009);
  if (now >= code.issuedAt + CODE_LIVES_MS) throw invalidCode("This authorization code has expired.", 36007);
  return code;
}

function invalidCode(message: string, subcode?: number): GraphRefusal {
  const type = "OAuthException";
  return new GraphRefusal(400, { message, type, code: 100, ...(subcode && { error_subcode: subcode }) });
}

/** A token of the client's integration: the WABAs granted now come first, those granted before after them. */
export function issueBusinessToken(
  world: World,
  grant: Pick<AuthCode, "appId" | "businessId" | "wabaIds" | "scopes">,
  now: number,
): Token {
  const { appId, businessId, wabaIds } = grant;
  const { business_token_days: days } = world.knobs;
  const earlier = businessTokensOf(world, appId, businessId).flatMap((token) => token.wabaIds);
  const standing = earlier.filter((id) => world.wabas[id]?.installedAppIds.includes(appId));
  return addToken(world, {
    token: `EAAclient${businessId}n${nextCount(world, "token")}`,
    owner: "client",
    appId,
    businessId,
    userId: integrationUserIdOf(businessId),
    wabaIds: [...new Set([...wabaIds, ...standing])],
    scopes: scopesOf(world, grant.scopes),
    issuedAt: now,
    expiresAt: days > 0 ? now + days * DAY_MS : 0,
  });
}

function scopesOf({ knobs }: World, wanted: readonly string[]): string[] {
  const scopes = wanted.map((scope) =>
    knobs.signup_scope_substitution && scope === MANAGEMENT ? EVENTS : scope,
  );
  return knobs.signup_foreign_scope ? [...new Set([...scopes, EVENTS])] : scopes;
}

/** The client's business tokens for an app, oldest first. */
export function businessTokensOf(world: World, appId: string, businessId: string): Token[] {
  return Object.values(world.tokens).filter(
    (token) => token.owner === "client" && token.appId === appId && token.businessId === businessId,
  );
}
