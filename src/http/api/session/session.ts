import { z } from "@hono/zod-openapi";
import { parse, serialize } from "hono/utils/cookie";
import { keyHashOf } from "../../../access/api-key.ts";
import { roleShape, type Actor } from "../../../access/actor.ts";
import { openSession } from "../../../access/open-session.ts";
import { deleteSession } from "../../../access/session-store.ts";
import { findKeyHolder, isBehindHttps, sessionCookieOf } from "../../kit/authenticate.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { defineRoute, type Route } from "../../kit/route.ts";

const Session = z
  .object({
    actor: z.object({ id: z.string(), name: z.string(), role: roleShape }),
  })
  .openapi("Session");

const open = defineRoute({
  method: "POST",
  path: "/api/v1/session",
  who: "anyone",
  name: "openSession",
  group: "Session",
  summary: "Sign in with an API key",
  description:
    "Answers with a cookie (HttpOnly, SameSite=Strict) for the Hub. Programs send `X-API-Key` instead.",
  body: z.strictObject({ api_key: z.string().min(1).max(500) }),
  answer: { status: 200, description: "Signed in; the cookie is set.", schema: Session },
  problems: ["wrong_api_key", "too_many_wrong_keys"],
  audit: "session.opened",
  async handle(call) {
    const deps = { ...call.deps, clock: call.deps.wallClock };
    const key = call.body.api_key.trim();
    const actor = await findKeyHolder(call.deps, call.incoming, "session", key);
    const { token } = await openSession(deps, {
      credential: { with: "api_key", keyId: actor.id, keyHash: keyHashOf(key) },
      address: call.deps.addressOf(call.incoming),
      agent: call.request.headers.get("user-agent"),
    });
    call.actor = actor;
    call.answerHeaders.append("Set-Cookie", sessionCookie(call.deps, token, call.deps.sessionMs / 1000));
    return { actor: renderActor(actor) };
  },
});

const get = defineRoute({
  method: "GET",
  path: "/api/v1/session",
  who: "viewer",
  name: "getSession",
  group: "Session",
  summary: "Who is signed in",
  answer: { status: 200, description: "The caller.", schema: Session },
  problems: [],
  audit: null,
  handle: ({ actor }) => Promise.resolve({ actor: renderActor(actor) }),
});

const close = defineRoute({
  method: "DELETE",
  path: "/api/v1/session",
  who: "viewer",
  name: "closeSession",
  group: "Session",
  summary: "Sign out",
  answer: { status: 204, description: "Signed out; the cookie is gone." },
  problems: ["foreign_origin"],
  audit: "session.closed",
  async handle({ deps, request, answerHeaders }) {
    const name = sessionCookieOf(deps.settings);
    const token = parse(request.headers.get("cookie") ?? "", name)[name];
    if (token !== undefined) await deleteSession(deps.db, keyHashOf(token));
    answerHeaders.append("Set-Cookie", sessionCookie(deps, "", 0));
    return null;
  },
});

const renderActor = ({ id, name, role }: Actor): z.input<typeof Session>["actor"] => ({ id, name, role });

/** Secure only behind https: over plain http a browser would drop it. */
function sessionCookie({ settings }: Pick<HttpDeps, "settings">, token: string, maxAge: number): string {
  const secure = isBehindHttps(settings);
  const name = sessionCookieOf(settings);
  return serialize(name, token, { httpOnly: true, sameSite: "Strict", path: "/", secure, maxAge });
}

export const sessionRoutes: Route[] = [open, get, close];
