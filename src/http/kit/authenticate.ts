import type { IncomingMessage } from "node:http";
import { getCookie } from "hono/cookie";
import type { Context } from "hono";
import { laterProblem, Problem } from "../../problems.ts";
import { actorOf, mayAct, type Actor } from "../../access/actor.ts";
import { keyHashOf } from "../../access/api-key.ts";
import { findCaller, type Caller, type Credentials } from "../../access/find-caller.ts";
import type { EntryPoint } from "./key-guard.ts";
import { isLoopback } from "../../lib/loopback.ts";
import type { HttpEnv } from "./http-env.ts";
import type { HttpDeps, HttpSettings } from "./http-deps.ts";
import type { CallAct, Route } from "./route.ts";

/** Behind https the browser itself sees to it that no other host and no plain connection can set it. */
export function sessionCookieOf(settings: Pick<HttpSettings, "publicUrl">): string {
  return isBehindHttps(settings) ? "__Host-sharekeeper_session" : "sharekeeper_session";
}

export function isBehindHttps({ publicUrl }: Pick<HttpSettings, "publicUrl">): boolean {
  return publicUrl?.startsWith("https:") ?? false;
}

/** The caller of a route that needs no key. */
const ANYONE: Caller = {
  actor: actorOf("anyone", "", "client"),
  ...{ sessionId: null, isSingleFactor: false, hash: Buffer.alloc(0) },
};

/** With it a page says that nobody has touched it for a while: what it asks does not keep its session. */
const BACKGROUND_HEADER = "sharekeeper-background";

/**
 * The caller, if its role may call the route. A key goes before a session. A session may write only from our
 * own pages.
 */
export async function authenticate(
  deps: Pick<HttpDeps, "db" | "settings" | "sessionRules" | "wallClock" | "keyGuard" | "quotas">,
  route: Route,
  context: Context<HttpEnv>,
  act: Pick<CallAct, "by" | "aside">,
): Promise<Caller> {
  if (route.who === "anyone") return ANYONE;
  const apiKey = context.req.header("x-api-key");
  const sessionToken = apiKey === undefined ? getCookie(context, sessionCookieOf(deps.settings)) : undefined;
  if (apiKey === undefined && sessionToken === undefined) throw new Problem("unauthenticated");
  // It notes when the key or session was last used: that is no part of the act, whose line names the caller.
  const shown = { apiKey, sessionToken };
  const caller = await act.aside(() => findSender(deps, context, shown, isUse(route, context)));
  const { actor } = caller;
  act.by(actor);
  countRequest(deps, context, actor);
  if (sessionToken !== undefined && route.method !== "GET") checkOwnPage(deps, context);
  if (!mayAct(actor, route.who)) throw new Problem("not_permitted", { role: route.who, own: actor.role });
  if (needsSecondFactor(deps, caller) && !ADDS_SECOND_FACTOR.test(route.path))
    throw new Problem("second_factor_needed");
  if (actor.scopes !== null && (route.scope === undefined || !actor.scopes.includes(route.scope)))
    throw new Problem("scope_missing", { scope: route.scope ?? "none", own: actor.scopes.join(", ") });
  return caller;
}

/** @throws Problem rate_limited */
function countRequest(
  { quotas, wallClock }: Pick<HttpDeps, "quotas" | "wallClock">,
  context: Context<HttpEnv>,
  actor: Actor,
): void {
  const quota = quotas?.take(actor.id, wallClock.now());
  if (quota === undefined) return;
  context.set("quota", quota);
  if (quota.isExceeded) throw laterProblem("rate_limited", quota.resetMs);
}

/** What somebody needs to add a second factor, or to leave: the calls about the own session and passkeys. */
const ADDS_SECOND_FACTOR = /^\/api\/v1\/(session|passkeys)(\/|$)/;

/** Clients come to their portal from the provider's own sign-in. */
const needsSecondFactor = (
  { settings }: Pick<HttpDeps, "settings">,
  { actor, isSingleFactor }: Caller,
): boolean => isSingleFactor && settings.secondFactor === "required" && actor.role !== "client";

/** The signed-in person whose browser sends the request, if there is one. */
export async function findSignedIn(
  deps: Pick<HttpDeps, "db" | "settings" | "sessionRules" | "wallClock">,
  context: Context,
): Promise<Actor | undefined> {
  const sessionToken = getCookie(context, sessionCookieOf(deps.settings));
  if (sessionToken === undefined) return undefined;
  const caller = await findCaller(accessOf(deps, !isBackground(context)), { sessionToken });
  return caller?.actor;
}

/** A browser opens a stream again by itself, so a stream is no use of its session either. */
function isUse({ answer }: Route, context: Context): boolean {
  return answer.contentType !== "text/event-stream" && !isBackground(context);
}

const isBackground = (context: Context): boolean => context.req.header(BACKGROUND_HEADER) === "1";

async function findSender(
  deps: Pick<HttpDeps, "db" | "sessionRules" | "wallClock" | "keyGuard">,
  context: Context<HttpEnv>,
  { apiKey, sessionToken }: Credentials,
  notesUse: boolean,
): Promise<Caller> {
  if (apiKey !== undefined) {
    const actor = await findKeyHolder(deps, context.env.incoming, "api", apiKey);
    return { actor, sessionId: null, isSingleFactor: false, hash: keyHashOf(apiKey) };
  }
  const caller = await findCaller(accessOf(deps, notesUse), { sessionToken });
  if (caller === undefined) throw new Problem("unauthenticated");
  return caller;
}

/**
 * Finds whose key it is, after the guard against guessed keys.
 *
 * @throws Problem wrong_api_key or too_many_wrong_keys
 */
export async function findKeyHolder(
  deps: Pick<HttpDeps, "db" | "sessionRules" | "wallClock" | "keyGuard">,
  caller: IncomingMessage,
  entryPoint: EntryPoint,
  apiKey: string,
): Promise<Actor> {
  const waitS = deps.keyGuard.waitS(caller, apiKey);
  if (waitS > 0) {
    deps.keyGuard.failed(entryPoint, caller, apiKey);
    throw laterProblem("too_many_wrong_keys", waitS * 1000);
  }
  const found = await findCaller(accessOf(deps, true), { apiKey });
  if (found === undefined) {
    deps.keyGuard.failed(entryPoint, caller, apiKey);
    throw new Problem("wrong_api_key");
  }
  deps.keyGuard.passed(apiKey);
  return found.actor;
}

type AccessDeps = Pick<HttpDeps, "db" | "sessionRules" | "wallClock">;

/** Keys and sessions go by the wall clock. */
function accessOf(
  { db, sessionRules, wallClock }: AccessDeps,
  notesUse: boolean,
): Parameters<typeof findCaller>[0] {
  return { db, rules: sessionRules, clock: wallClock, notesUse };
}

/**
 * A write by cookie must come from our own page: the browser names its origin, and a JSON body needs a
 * permission that no other site has. When PUBLIC_URL is set, only its origin is allowed.
 */
function checkOwnPage(deps: Pick<HttpDeps, "settings">, context: Context<HttpEnv>): void {
  checkOwnOrigin(deps, context);
  if (!/^application\/json\b/i.test(context.req.header("content-type") ?? ""))
    throw new Problem("unsupported_media_type");
}

/**
 * A form must come from a page of ours.
 *
 * @throws Problem foreign_origin
 */
export function checkOwnOrigin(deps: Pick<HttpDeps, "settings">, context: Context<HttpEnv>): void {
  const origin = context.req.header("origin");
  const site = context.req.header("sec-fetch-site");
  if (
    origin === undefined ||
    !isOwnOrigin(deps, context, origin) ||
    (site ?? "same-origin") !== "same-origin"
  )
    throw new Problem("foreign_origin");
}

/** In the sandbox PUBLIC_URL is an address of this machine, under any of its names. */
function isOwnOrigin(
  { settings }: Pick<HttpDeps, "settings">,
  context: Context<HttpEnv>,
  origin: string,
): boolean {
  const host = context.req.header("host") ?? "";
  const known = settings.publicUrl === null ? null : URL.parse(settings.publicUrl);
  if (known !== null && !isLoopback(known.hostname)) return origin === known.origin;
  return origin === originOf(`http://${host}`) || origin === known?.origin;
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}
