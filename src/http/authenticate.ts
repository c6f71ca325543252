import { getCookie } from "hono/cookie";
import type { Context } from "hono";
import { Problem } from "../problems.ts";
import { mayAct, type Actor } from "../access/actor.ts";
import { findActor } from "../access/find-actor.ts";
import type { HttpDeps } from "./http-deps.ts";
import type { Route } from "./route.ts";

export const SESSION_COOKIE = "sharekeeper_session";

/** Who calls when nobody needs to say so. */
export const ANYONE: Actor = { id: "anyone", name: "", role: "viewer" };

/** The caller, if the route lets them. A key goes before a session; a session may write from our own pages only. */
export async function authenticate(deps: HttpDeps, route: Route, context: Context): Promise<Actor> {
  if (route.who === "anyone") return ANYONE;
  const apiKey = context.req.header("x-api-key");
  const sessionToken = apiKey === undefined ? getCookie(context, SESSION_COOKIE) : undefined;
  if (apiKey === undefined && sessionToken === undefined) throw new Problem("unauthenticated");
  const actor = await findActor({ ...deps, clock: deps.wallClock }, { apiKey, sessionToken });
  if (actor === undefined) throw new Problem(apiKey === undefined ? "unauthenticated" : "wrong_api_key");
  if (sessionToken !== undefined && route.method !== "GET") checkOrigin(deps, context);
  if (!mayAct(actor, route.who)) throw new Problem("not_permitted", { role: route.who, own: actor.role });
  return actor;
}

/** Whether the browser that asks is one of our own people's: what they look at, no client opens. */
export async function isSignedIn(deps: HttpDeps, context: Context): Promise<boolean> {
  const sessionToken = getCookie(context, SESSION_COOKIE);
  if (sessionToken === undefined) return false;
  return (await findActor({ ...deps, clock: deps.wallClock }, { sessionToken })) !== undefined;
}

/** A browser names the page that sends a write; programs with a cookie and no Origin do not exist among our clients. */
export function checkOrigin(deps: HttpDeps, context: Context): void {
  const origin = context.req.header("origin");
  const host = context.req.header("host");
  const own = [deps.settings.publicUrl ?? "", `http://${host}`, `https://${host}`];
  const allowed = own.map(originOf).filter((known) => known !== null);
  if (origin === undefined || !allowed.includes(origin)) throw new Problem("foreign_origin");
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}
