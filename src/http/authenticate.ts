import { getCookie } from "hono/cookie";
import type { Context } from "hono";
import { Problem } from "../problems.ts";
import type { Actor, HttpDeps } from "./http-deps.ts";
import { mayCall, type Route } from "./route.ts";

export const SESSION_COOKIE = "sharekeeper_session";

/** Who calls when nobody needs to say so. */
export const ANYONE: Actor = { id: "anyone", name: "", role: "viewer" };

/** The caller, if the route lets them. A key goes before a session; a session may write from our own pages only. */
export async function authenticate(deps: HttpDeps, route: Route, context: Context): Promise<Actor> {
  if (route.who === "anyone") return ANYONE;
  const apiKey = context.req.header("x-api-key") ?? null;
  const sessionToken = apiKey === null ? (getCookie(context, SESSION_COOKIE) ?? null) : null;
  if (apiKey === null && sessionToken === null) throw new Problem("unauthenticated");
  const actor = await deps.access.findActor({ apiKey, sessionToken });
  if (actor === undefined) throw new Problem(apiKey === null ? "unauthenticated" : "wrong_api_key");
  if (sessionToken !== null && route.method !== "GET") checkOrigin(deps, context);
  if (!mayCall(actor.role, route.who))
    throw new Problem("not_permitted", { role: route.who, own: actor.role });
  return actor;
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
