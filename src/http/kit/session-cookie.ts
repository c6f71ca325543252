import { serialize } from "hono/utils/cookie";
import { isBehindHttps, sessionCookieOf } from "./authenticate.ts";
import type { HttpDeps } from "./http-deps.ts";

/**
 * The header that sets the session's cookie. Secure only behind https: over plain http a browser would drop
 * it.
 */
export function sessionCookie(
  { settings }: Pick<HttpDeps, "settings">,
  token: string,
  maxAge: number,
): string {
  const secure = isBehindHttps(settings);
  const name = sessionCookieOf(settings);
  return serialize(name, token, { httpOnly: true, sameSite: "Strict", path: "/", secure, maxAge });
}
