import { z } from "@hono/zod-openapi";
import { keyHashOf } from "../../../access/api-key.ts";
import { findOidcOfSession } from "../../../access/oidc-store.ts";
import { findPerson } from "../../../access/person-store.ts";
import { deleteSession } from "../../../access/session-store.ts";
import { signInWithPassword } from "../../../access/sign-in-with-password.ts";
import { Problem } from "../../../problems.ts";
import { findKeyHolder } from "../../kit/authenticate.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Code, Email, Password, renderSession, Session } from "./session-schema.ts";
import { sessionTokenOf, setSessionCookie, startPersonSession, startSession } from "./start-session.ts";

const open = defineRoute({
  method: "POST",
  path: "/api/v1/session",
  who: "anyone",
  name: "openSession",
  group: "Session",
  summary: "Sign in with an e-mail address and a password, or with an API key",
  description:
    "Answers with a cookie (HttpOnly, SameSite=Strict) for the Hub; a session that the browser had before ends. " +
    "The problem `totp_needed` says that the password is right and the same call is to be sent again with " +
    "`totp`. Programs send `X-API-Key` instead.",
  body: z.union(
    [
      z.strictObject({ email: Email, password: Password, totp: Code.optional() }),
      z.strictObject({ api_key: z.string().min(1).max(500) }),
    ],
    { error: "send email and password (and totp), or api_key" },
  ),
  answer: { status: 200, description: "Signed in; the cookie is set.", schema: Session },
  problems: [
    ...(["wrong_sign_in", "totp_needed", "too_many_sign_ins", "passwords_off"] as const),
    ...(["wrong_api_key", "too_many_wrong_keys"] as const),
  ],
  audit: "session.opened",
  async handle(call) {
    const { deps, body } = call;
    if ("api_key" in body) {
      const key = body.api_key.trim();
      const actor = await call.act.aside(() => findKeyHolder(deps, call.incoming, "session", key));
      call.act.by(actor);
      await startSession(call, { with: "api_key", keyId: actor.id, keyHash: keyHashOf(key) });
      return renderSession(actor);
    }
    if (!deps.settings.passwords) throw new Problem("passwords_off");
    const own = { ...deps, clock: deps.wallClock };
    call.act.note({ detail: { email: body.email } });
    // A code is used up in a step of its own: the line in the audit belongs to the session.
    const person = await deps.signInGuard.run(call.incoming, body.email, () =>
      call.act.aside(() => signInWithPassword(own, body)),
    );
    return renderSession(await startPersonSession(call, person, "password"), person);
  },
});

const get = defineRoute({
  method: "GET",
  path: "/api/v1/session",
  who: "viewer",
  confinedBy: "nothing",
  name: "getSession",
  group: "Session",
  summary: "Who is signed in",
  answer: { status: 200, description: "The caller.", schema: Session },
  problems: [],
  audit: null,
  handle: async ({ deps, actor }) => renderSession(actor, await findPerson(deps.db, actor.id)),
});

const close = defineRoute({
  method: "DELETE",
  path: "/api/v1/session",
  who: "viewer",
  confinedBy: "nothing",
  name: "closeSession",
  group: "Session",
  summary: "Sign out",
  description:
    "After a sign-in by single sign-on the header `Sign-Out-Url` says where the browser signs out at the provider, too; it then comes back to /sign-in.",
  answer: { status: 204, description: "Signed out; the cookie and what the browser kept are gone." },
  problems: ["foreign_origin"],
  audit: "session.closed",
  async handle(call) {
    const token = sessionTokenOf(call);
    const signOutUrl = token === undefined ? null : await findSignOutUrl(call.deps, keyHashOf(token));
    if (token !== undefined) await deleteSession(call.deps.db, keyHashOf(token));
    if (signOutUrl !== null) call.answerHeaders.set("Sign-Out-Url", signOutUrl);
    setSessionCookie(call, "");
    // Not "cookies": that would take the cookies of every other site under the provider's domain.
    call.answerHeaders.set("Clear-Site-Data", '"cache", "storage"');
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

export const sessionRoutes: Route[] = [open, get, close];
