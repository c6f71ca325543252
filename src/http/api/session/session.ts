import { z } from "@hono/zod-openapi";
import { parse } from "hono/utils/cookie";
import { keyHashOf } from "../../../access/api-key.ts";
import { roleShape, type Actor } from "../../../access/actor.ts";
import { findOidcOfSession } from "../../../access/oidc-store.ts";
import { openSession, type SignIn } from "../../../access/open-session.ts";
import { deleteSession } from "../../../access/session-store.ts";
import { findKeyHolder, sessionCookieOf } from "../../kit/authenticate.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { sessionCookie } from "../../kit/session-cookie.ts";

export const Session = z
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
    call.act.by(actor);
    const signIn: SignIn = {
      credential: { with: "api_key", keyId: actor.id, keyHash: keyHashOf(key) },
      address: call.deps.addressOf(call.incoming),
      agent: call.request.headers.get("user-agent"),
    };
    const { token } = await openSession(deps, signIn, call.act);
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
  description:
    "After a sign-in by single sign-on the header `Sign-Out-Url` says where the browser signs out at the provider, too; it then comes back to /sign-in.",
  answer: { status: 204, description: "Signed out; the cookie is gone." },
  problems: ["foreign_origin"],
  audit: "session.closed",
  async handle({ deps, request, answerHeaders }) {
    const name = sessionCookieOf(deps.settings);
    const token = parse(request.headers.get("cookie") ?? "", name)[name];
    const signOutUrl = token === undefined ? null : await findSignOutUrl(deps, keyHashOf(token));
    if (token !== undefined) await deleteSession(deps.db, keyHashOf(token));
    if (signOutUrl !== null) answerHeaders.set("Sign-Out-Url", signOutUrl);
    answerHeaders.append("Set-Cookie", sessionCookie(deps, "", 0));
    return null;
  },
});

/** Where to sign out at the provider of this session; null: nowhere. Its trouble stops no sign-out here. */
async function findSignOutUrl(
  { db, oidcProviders, baseUrl, log }: Pick<HttpDeps, "db" | "oidcProviders" | "baseUrl" | "log">,
  hash: Buffer,
): Promise<string | null> {
  if (oidcProviders.length === 0) return null;
  const opened = await findOidcOfSession(db, hash);
  const provider = oidcProviders.find(({ settings }) => settings.issuer === opened?.issuer);
  try {
    return (await provider?.signOutUrl(`${baseUrl()}/sign-in`, opened?.idToken ?? null)) ?? null;
  } catch (error) {
    log.warn({ err: error }, "the OpenID provider does not answer; signed out here only");
    return null;
  }
}

const renderActor = ({ id, name, role }: Actor): z.input<typeof Session>["actor"] => ({ id, name, role });

export const sessionRoutes: Route[] = [open, get, close];
