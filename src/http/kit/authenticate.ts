import type { IncomingMessage } from "node:http";
import { getCookie } from "hono/cookie";
import type { Context } from "hono";
import { laterProblem, Problem } from "../../problems.ts";
import { mayAct, type Actor } from "../../access/actor.ts";
import { findActor, type Credentials } from "../../access/find-actor.ts";
import type { Door } from "./key-guard.ts";
import { isLoopback } from "../../lib/loopback.ts";
import type { HttpEnv } from "./http-env.ts";
import type { HttpDeps } from "./http-deps.ts";
import type { Route } from "./route.ts";

export const SESSION_COOKIE = "sharekeeper_session";

/** Who calls when nobody needs to say so. */
const ANYONE: Actor = { id: "anyone", name: "", role: "viewer" };

/** The caller, if the route lets them. A key goes before a session; a session may write from our own pages only. */
export async function authenticate(deps: HttpDeps, route: Route, context: Context<HttpEnv>): Promise<Actor> {
  if (route.who === "anyone") return ANYONE;
  const apiKey = context.req.header("x-api-key");
  const sessionToken = apiKey === undefined ? getCookie(context, SESSION_COOKIE) : undefined;
  if (apiKey === undefined && sessionToken === undefined) throw new Problem("unauthenticated");
  const actor = await findCaller(deps, context, { apiKey, sessionToken });
  if (sessionToken !== undefined && route.method !== "GET") checkOwnPage(deps, context);
  if (!mayAct(actor, route.who)) throw new Problem("not_permitted", { role: route.who, own: actor.role });
  return actor;
}

/** Which of our own people's browsers asks, if it is one. */
export async function findSignedIn(deps: HttpDeps, context: Context): Promise<Actor | undefined> {
  const sessionToken = getCookie(context, SESSION_COOKIE);
  if (sessionToken === undefined) return undefined;
  return findActor({ ...deps, clock: deps.wallClock }, { sessionToken });
}

async function findCaller(
  deps: HttpDeps,
  context: Context<HttpEnv>,
  { apiKey, sessionToken }: Credentials,
): Promise<Actor> {
  if (apiKey !== undefined) return findKeyHolder(deps, context.env.incoming, "api", apiKey);
  const actor = await findActor({ ...deps, clock: deps.wallClock }, { sessionToken });
  if (actor === undefined) throw new Problem("unauthenticated");
  return actor;
}

/**
 * Whose key it is, with the brake on guessed ones before it.
 *
 * @throws Problem wrong_api_key or too_many_wrong_keys
 */
export async function findKeyHolder(
  deps: HttpDeps,
  caller: IncomingMessage,
  door: Door,
  apiKey: string,
): Promise<Actor> {
  const waitS = deps.keyGuard.waitS(caller, apiKey);
  if (waitS > 0) {
    deps.keyGuard.failed(door, caller, apiKey);
    throw laterProblem("too_many_wrong_keys", waitS * 1000);
  }
  const actor = await findActor({ ...deps, clock: deps.wallClock }, { apiKey });
  if (actor === undefined) {
    deps.keyGuard.failed(door, caller, apiKey);
    throw new Problem("wrong_api_key");
  }
  deps.keyGuard.passed(apiKey);
  return actor;
}

/**
 * A write by cookie comes from a page of ours: the browser names its origin, and a body of JSON needs the permission that no other site
 * has. With PUBLIC_URL set, its origin is the only one.
 */
function checkOwnPage(deps: HttpDeps, context: Context<HttpEnv>): void {
  const origin = context.req.header("origin");
  const site = context.req.header("sec-fetch-site");
  if (
    origin === undefined ||
    !isOwnOrigin(deps, context, origin) ||
    (site ?? "same-origin") !== "same-origin"
  )
    throw new Problem("foreign_origin");
  if (!/^application\/json\b/i.test(context.req.header("content-type") ?? ""))
    throw new Problem("unsupported_media_type");
}

/** PUBLIC_URL of the sandbox is this machine's address, under any of its names. */
function isOwnOrigin({ settings }: HttpDeps, context: Context<HttpEnv>, origin: string): boolean {
  const host = context.req.header("host") ?? "";
  const known = settings.publicUrl === null ? null : URL.parse(settings.publicUrl);
  if (known !== null && !isLoopback(known.hostname)) return origin === known.origin;
  return origin === originOf(`http://${host}`) || origin === known?.origin;
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}
