import { z } from "@hono/zod-openapi";
import { parse, serialize } from "hono/utils/cookie";
import { Act } from "../../../access/act.ts";
import { isKeyOf, keyHashOf, secretOf } from "../../../access/api-key.ts";
import { OidcError } from "../../../access/oidc-error.ts";
import { deleteOidcSessions, saveIdToken } from "../../../access/oidc-store.ts";
import type { LoggedOut, OidcAttempt, OidcProvider, Redeemed } from "../../../access/open-oidc-provider.ts";
import { openSession, type SignIn } from "../../../access/open-session.ts";
import { recordOidcSignIn } from "../../../access/record-oidc-sign-in.ts";
import { saveAttempt, saveUsedToken, takeAttempt } from "../../../access/sign-in-attempt-store.ts";
import { Problem } from "../../../problems.ts";
import { isBehindHttps } from "../../kit/authenticate.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { defineRoute, type CallAct, type Route } from "../../kit/route.ts";
import { sessionCookie } from "../../kit/session-cookie.ts";
import { takeStart } from "../../kit/sign-in-starts.ts";
import { renderSignedIn, renderSignInFault, type SignInFault } from "./sign-in-page.ts";

const Provider = z.object({
  provider: z.string().max(64).openapi({ description: "`default`: the provider of OIDC_ISSUER." }),
});

const ATTEMPT_S = 600;
/** Of an ID token in the address for signing out, in characters. */
const LONGEST_HINT = 4000;

/** What is kept of an attempt, beside the hash of its state. */
const Kept = z.object({
  provider: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** The hash of the cookie's value, in base64url. */
  browser: z.string(),
  next: z.string(),
});

/** A path of ours: another site, as in `//example.com` or `/\example.com`, is none. */
const Next = z
  .string()
  .max(2000)
  .regex(/^\/(?![/\\])[^\s\\]*$/)
  .default("/")
  .openapi({ description: "Where the Hub opens afterwards." });

const start = defineRoute({
  method: "GET",
  path: "/api/v1/auth/oidc/{provider}/start",
  who: "anyone",
  name: "startOidc",
  group: "Session",
  summary: "Sign in by single sign-on",
  description:
    "For a browser: leads to the OpenID provider. `GET /session/ways` names the providers. A refusal is a page. From a page of another site it leads to /sign-in, where a person decides.",
  params: Provider,
  query: z.object({ next: Next }),
  answer: { status: 302, description: "To the provider; a cookie binds the attempt to this browser." },
  problems: ["not_found"],
  audit: null,
  async handle({ deps, params, query, request, requestId, incoming }) {
    const provider = getProvider(deps, params.provider);
    if (isFromAnotherSite(request)) return leadTo(`/sign-in?next=${encodeURIComponent(query.next)}`);
    const waitMs = takeStart(deps, incoming);
    if (waitMs > 0) return renderTooMany(deps, provider, requestId, waitMs);
    const secret = (): string => secretOf(deps.random);
    const attempt = {
      redirectUri: redirectUriOf(deps, provider),
      state: secret(),
      nonce: secret(),
      verifier: secret(),
    };
    // A second tab keeps the cookie of the first, so that both may go on.
    const browser = browserOf(deps, request) ?? secret();
    try {
      const url = await provider.signInUrl(attempt);
      await saveStarted(deps, { provider, attempt, browser, next: query.next });
      const headers = { Location: url, "Set-Cookie": attemptCookie(deps, browser, ATTEMPT_S) };
      return new Response(null, { status: 302, headers });
    } catch (error) {
      return answerFault(deps, provider, requestId, error);
    }
  },
});

/**
 * A provider that remembers the person signs in without a question: another site could open a session that
 * nobody asked for.
 */
function isFromAnotherSite(request: Request): boolean {
  return /^(cross|same)-site$/.test(request.headers.get("sec-fetch-site") ?? "none");
}

const leadTo = (location: string): Response =>
  new Response(null, { status: 302, headers: { Location: location } });

async function saveStarted(
  { db, wallClock }: Pick<HttpDeps, "db" | "wallClock">,
  started: { provider: OidcProvider; attempt: OidcAttempt; browser: string; next: string },
): Promise<void> {
  const { provider, attempt, browser, next } = started;
  const now = wallClock.now();
  const detail: z.output<typeof Kept> = {
    provider: provider.settings.id,
    nonce: attempt.nonce,
    verifier: attempt.verifier,
    browser: keyHashOf(browser).toString("base64url"),
    next,
  };
  const hash = keyHashOf(attempt.state);
  await saveAttempt(
    db,
    { kind: "oidc", hash, personId: null, detail, expiresAt: now + ATTEMPT_S * 1000 },
    now,
  );
}

const callback = defineRoute({
  method: "GET",
  path: "/api/v1/auth/oidc/{provider}/callback",
  who: "anyone",
  name: "finishOidc",
  group: "Session",
  summary: "The OpenID provider's answer to a sign-in",
  description:
    "The redirect URI to register with the provider. For a browser: sets the session's cookie and leads on to the Hub. A refusal is a page.",
  params: Provider,
  query: z.looseObject({ state: z.string().max(500).optional() }),
  answer: { status: 200, description: "A page that leads on to the Hub.", contentType: "text/html" },
  problems: ["not_found"],
  audit: null,
  async handle({ deps, params, query, request, requestId, incoming }) {
    const provider = getProvider(deps, params.provider);
    const state = query.state ?? "";
    try {
      const kept = await takeStarted(deps, provider, request, state);
      if (kept === undefined) return await answerFault(deps, provider, requestId, "attempt_unknown");
      const attempt = { redirectUri: redirectUriOf(deps, provider), ...kept, state };
      const redeemed = await provider.redeem(attempt, new URL(request.url).searchParams);
      const address = deps.addressOf(incoming);
      const origin = { address, requestId, agent: request.headers.get("user-agent") };
      const signedIn = await openOidcSession(deps, provider, redeemed, origin);
      if ("fault" in signedIn) return await answerFault(deps, provider, requestId, signedIn.fault);
      return await renderSignedIn(kept.next, [
        sessionCookie(deps, signedIn.token, deps.sessionMs / 1000),
        attemptCookie(deps, "", 0),
      ]);
    } catch (error) {
      return answerFault(deps, provider, requestId, error);
    }
  },
});

/** The attempt behind this state, once, and only in the browser that began it. */
async function takeStarted(
  deps: Pick<HttpDeps, "db" | "wallClock" | "settings">,
  provider: OidcProvider,
  request: Request,
  state: string,
): Promise<z.output<typeof Kept> | undefined> {
  const taken = await takeAttempt(deps.db, "oidc", keyHashOf(state), deps.wallClock.now());
  const browser = browserOf(deps, request);
  if (taken === undefined || browser === undefined) return undefined;
  const kept = Kept.parse(taken.detail);
  const isSame = isKeyOf(browser, Buffer.from(kept.browser, "base64url"));
  return isSame && kept.provider === provider.settings.id ? kept : undefined;
}

async function openOidcSession(
  deps: HttpDeps,
  { settings }: OidcProvider,
  { claims, idToken }: Redeemed,
  origin: { address: string | null; requestId: string; agent: string | null },
): Promise<{ token: string } | { fault: SignInFault }> {
  const own = { ...deps, clock: deps.wallClock, passwords: deps.settings.passwords };
  const signIn = await recordOidcSignIn(own, { settings, claims, ...origin });
  if ("refused" in signIn) return { fault: signIn.refused };
  const { person } = signIn;
  const oidcSession = typeof claims["sid"] === "string" ? claims["sid"] : null;
  const { address, agent, requestId } = origin;
  const act = new Act({ action: "session.opened", requestId, address, now: () => own.clock.now() });
  act.by(person);
  const signedIn: SignIn = {
    ...{ address, agent },
    credential: { with: "oidc", personId: person.id, personVersion: person.credentialVersion, oidcSession },
  };
  const opened = await openSession({ ...own, db: act.over(deps.db) }, signedIn, act);
  // A longer one, with very many groups, would make an address that no provider takes.
  if (idToken.length <= LONGEST_HINT) await saveIdToken(deps.db, opened.id, idToken);
  return opened;
}

const logout = defineRoute({
  method: "POST",
  path: "/api/v1/auth/oidc/{provider}/logout",
  who: "anyone",
  name: "logOutFromOidc",
  group: "Session",
  summary: "The OpenID provider signs somebody out",
  description:
    "OpenID Connect Back-Channel Logout 1.0: the provider sends `logout_token` in a form (application/x-www-form-urlencoded). Ends the sessions that it names, on every instance.",
  params: Provider,
  answer: { status: 200, description: "The sessions are over." },
  problems: ["not_found", "invalid_logout_token"],
  audit: "session.closed_by_provider",
  async handle(call) {
    const provider = getProvider(call.deps, call.params.provider);
    call.act.by({ id: "oidc", name: provider.settings.name });
    const token = new URLSearchParams(await call.request.text()).get("logout_token") ?? "";
    try {
      const loggedOut = await provider.verifyLogout(token);
      await endLoggedOut(call.deps, provider, loggedOut, call.act);
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
      if (error.fault === "provider_unreachable") throw new Problem("unavailable", {}, { cause: error });
      throw new Problem("invalid_logout_token", { why: error.said }, { cause: error });
    }
    return new Response(null, { status: 200 });
  },
});

/** A logout token counts once: whoever holds a copy could end each later session, too. */
async function endLoggedOut(
  { db, wallClock }: Pick<HttpDeps, "db" | "wallClock">,
  { settings: { issuer } }: OidcProvider,
  loggedOut: LoggedOut,
  act: Pick<CallAct, "note">,
): Promise<void> {
  const used = { hash: keyHashOf(`logout\n${issuer}\n${loggedOut.id}`), expiresAt: loggedOut.validUntil };
  await db.transaction(async (tx) => {
    if (!(await saveUsedToken(tx, used, wallClock.now())))
      throw new OidcError("token_invalid", "it was used before (jti)");
    const endedCount = await deleteOidcSessions(tx, issuer, loggedOut);
    act.note({ detail: { ended: endedCount } });
  });
}

function getProvider({ oidcProviders }: Pick<HttpDeps, "oidcProviders">, id: string): OidcProvider {
  const provider = oidcProviders.find(({ settings }) => settings.id === id);
  if (provider === undefined) throw new Problem("not_found", { path: `OpenID provider ${id}` });
  return provider;
}

/** Our callback, as it is registered with the provider. */
export const redirectUriOf = (
  { baseUrl }: Pick<HttpDeps, "baseUrl">,
  { settings }: Pick<OidcProvider, "settings">,
): string => `${baseUrl()}/api/v1/auth/oidc/${settings.id}/callback`;

/** An expected failure is a page; every other one is thrown on. */
async function answerFault(
  { log, baseUrl }: Pick<HttpDeps, "log" | "baseUrl">,
  { settings }: OidcProvider,
  requestId: string,
  error: unknown,
): Promise<Response> {
  const facts = { name: settings.name, said: "", url: baseUrl(), requestId };
  if (typeof error === "string") return renderSignInFault(error as SignInFault, facts);
  if (!(error instanceof OidcError)) throw error;
  log.warn({ requestId, err: error, issuer: settings.issuer }, "a sign-in at the OpenID provider failed");
  return renderSignInFault(error.fault, { ...facts, said: error.said });
}

async function renderTooMany(
  { baseUrl }: Pick<HttpDeps, "baseUrl">,
  { settings: { name } }: OidcProvider,
  requestId: string,
  waitMs: number,
): Promise<Response> {
  const said = String(Math.ceil(waitMs / 1000));
  const page = await renderSignInFault("too_many_starts", { name, said, url: baseUrl(), requestId });
  page.headers.set("Retry-After", said);
  return page;
}

/** Binds an attempt to the browser. It must come along when the provider leads back, so it is not strict. */
const attemptCookieName = (deps: Pick<HttpDeps, "settings">): string =>
  isBehindHttps(deps.settings) ? "__Host-sharekeeper_sign_in" : "sharekeeper_sign_in";

function attemptCookie(deps: Pick<HttpDeps, "settings">, value: string, maxAge: number): string {
  const secure = isBehindHttps(deps.settings);
  return serialize(attemptCookieName(deps), value, {
    httpOnly: true,
    sameSite: "Lax",
    path: "/",
    secure,
    maxAge,
  });
}

function browserOf(deps: Pick<HttpDeps, "settings">, request: Request): string | undefined {
  const name = attemptCookieName(deps);
  const value = parse(request.headers.get("cookie") ?? "", name)[name];
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
}

export const oidcRoutes: Route[] = [start, callback, logout];
