import { createRemoteJWKSet, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";
import * as client from "openid-client";
import type { Clock } from "../lib/clock.ts";
import { isLoopback } from "../lib/loopback.ts";
import { claimOf, type Claims, type OidcSettings } from "./oidc-settings.ts";
import { OidcError } from "./oidc-error.ts";

/** A provider that people sign in with. Every call may throw OidcError. */
export interface OidcProvider {
  settings: OidcSettings;
  /** Where the browser goes to sign in. */
  signInUrl(attempt: OidcAttempt): Promise<string>;
  /** Exchanges the code of the callback, and returns what the provider says of the person, verified. */
  redeem(attempt: OidcAttempt, answer: URLSearchParams): Promise<Redeemed>;
  /** Whom a logout token names: a session of the provider, a person, or both. */
  verifyLogout(token: string): Promise<LoggedOut>;
  /** Whether the provider knows our client and its secret; a string is its refusal. Needs no person. */
  checkClient(redirectUri: string): Promise<true | string>;
  /**
   * Where the browser signs out at the provider; null when the provider has no such page. Some providers,
   * Okta among them, want the ID token of the sign-in.
   */
  signOutUrl(returnTo: string, idToken: string | null): Promise<string | null>;
}

/** What the start and the callback of one sign-in share. */
export interface OidcAttempt {
  /** Our callback, as the provider knows it. */
  redirectUri: string;
  state: string;
  nonce: string;
  /** For PKCE. */
  verifier: string;
}

/** What the provider says of the person, and the ID token that says so. */
export interface Redeemed {
  claims: Claims;
  idToken: string;
}

export interface LoggedOut {
  subject: string | null;
  session: string | null;
  /** The `jti` of the token, which counts once, and until when the token is valid, in ms. */
  id: string;
  validUntil: number;
}

/** Signatures of a key pair alone: `none`, and a signature with our own client secret, prove nothing. */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "Ed25519", "EdDSA"],
];
const TIMEOUT_S = 5;
const CLOCK_TOLERANCE_S = 30;
const DISCOVERY_MS = 3_600_000;
const LOGOUT_TOKEN_S = 600;
const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** What discovery found, with the provider's keys. */
interface Discovered {
  config: client.Configuration;
  /**
   * Keys for ID tokens. A token with an unknown key makes them be read again at once: ID tokens come from
   * the provider itself, so nobody else can cause these reads.
   */
  idTokenKeys: JWTVerifyGetKey;
  /** Keys for logout tokens, which anyone can send: they are read again every 30 s at most. */
  logoutKeys: JWTVerifyGetKey;
}

/** Nothing is asked of the provider before the first sign-in, so that its trouble never stops our start. */
export function openOidcProvider(settings: OidcSettings, { clock }: { clock: Clock }): OidcProvider {
  let known: { at: number; found: Promise<Discovered> } | null = null;
  /** Shared by all sign-ins for an hour. Where the provider does not answer, the last answer stays in use. */
  const discovered = async (): Promise<Discovered> => {
    const before = known;
    if (before !== null && clock.now() - before.at < DISCOVERY_MS) return before.found;
    const found = discover(settings);
    known = { at: clock.now(), found };
    try {
      return await found;
    } catch (error) {
      known = before;
      if (before !== null) return before.found;
      throw error;
    }
  };
  return {
    settings,
    signInUrl: async (attempt) => renderSignInUrl(settings, await discovered(), attempt),
    redeem: async (attempt, answer) => redeem(settings, clock, await discovered(), attempt, answer),
    verifyLogout: async (token) => verifyLogout(settings, clock, await discovered(), token),
    checkClient: async (redirectUri) => checkClient(await discovered(), redirectUri),
    signOutUrl: async (returnTo, idToken) => {
      const { config } = await discovered();
      if (config.serverMetadata().end_session_endpoint === undefined) return null;
      const hint = idToken === null ? {} : { id_token_hint: idToken };
      return client.buildEndSessionUrl(config, { post_logout_redirect_uri: returnTo, ...hint }).href;
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<Discovered> {
  const url = new URL(issuer);
  // Marked as deprecated to stand out: plain http is for a provider on this machine alone.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const execute = isLoopback(url.hostname) ? [client.allowInsecureRequests] : [];
  try {
    const config = await client.discovery(
      url,
      clientId,
      { client_secret: clientSecret, [client.clockTolerance]: CLOCK_TOLERANCE_S },
      undefined,
      { timeout: TIMEOUT_S, execute },
    );
    const { jwks_uri: keys } = config.serverMetadata();
    if (keys === undefined) throw new Error("the discovery document names no jwks_uri");
    const timeoutDuration = TIMEOUT_S * 1000;
    return {
      config,
      idTokenKeys: createRemoteJWKSet(new URL(keys), { timeoutDuration, cooldownDuration: 0 }),
      logoutKeys: createRemoteJWKSet(new URL(keys), { timeoutDuration }),
    };
  } catch (cause) {
    throw new OidcError("provider_unreachable", reasonOf(cause), { cause });
  }
}

async function renderSignInUrl(
  { scopes }: OidcSettings,
  { config }: Discovered,
  { redirectUri, state, nonce, verifier }: OidcAttempt,
): Promise<string> {
  return client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: scopes,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  }).href;
}

async function redeem(
  settings: OidcSettings,
  clock: Clock,
  { config, idTokenKeys }: Discovered,
  { redirectUri, state, nonce, verifier }: OidcAttempt,
  answer: URLSearchParams,
): Promise<Redeemed> {
  try {
    const callback = new URL(redirectUri);
    callback.search = answer.toString();
    const tokens = await client.authorizationCodeGrant(config, callback, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    // The library leaves the signature to TLS. A key that the provider withdrew counts here.
    const idToken = tokens.id_token ?? "";
    const { payload } = await jwtVerify(idToken, idTokenKeys, {
      ...expectationsOf(settings, config, clock),
      requiredClaims: ["sub", "iat", "exp"],
    });
    return { claims: await withUserInfo(settings, config, payload, tokens.access_token), idToken };
  } catch (cause) {
    throw oidcErrorOf(cause);
  }
}

function expectationsOf({ clientId }: OidcSettings, config: client.Configuration, clock: Clock) {
  return {
    issuer: config.serverMetadata().issuer,
    audience: clientId,
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_TOLERANCE_S,
    currentDate: new Date(clock.now()),
  };
}

/** Many providers leave groups or the address out of the ID token. What the token says goes first. */
async function withUserInfo(
  { roleClaim }: OidcSettings,
  config: client.Configuration,
  claims: JWTPayload,
  accessToken: string,
): Promise<Claims> {
  const isComplete = claims["email"] !== undefined && claimOf(claims, roleClaim) !== undefined;
  if (isComplete || config.serverMetadata().userinfo_endpoint === undefined) return claims;
  const more = await client.fetchUserInfo(config, accessToken, claims.sub ?? "");
  return { ...more, ...claims };
}

async function verifyLogout(
  settings: OidcSettings,
  clock: Clock,
  { config, logoutKeys }: Discovered,
  token: string,
): Promise<LoggedOut> {
  try {
    const { payload } = await jwtVerify(token, logoutKeys, {
      ...expectationsOf(settings, config, clock),
      maxTokenAge: LOGOUT_TOKEN_S,
      requiredClaims: ["iat", "jti", "events"],
    });
    return loggedOutOf(payload);
  } catch (cause) {
    throw oidcErrorOf(cause);
  }
}

/** By OpenID Connect Back-Channel Logout 1.0, section 2.6: an ID token is no logout token. */
function loggedOutOf(payload: JWTPayload): LoggedOut {
  const events = payload["events"];
  const isLogout = typeof events === "object" && events !== null && Object.hasOwn(events, LOGOUT_EVENT);
  const session = typeof payload["sid"] === "string" ? payload["sid"] : null;
  const subject = payload.sub ?? null;
  if (!isLogout || payload["nonce"] !== undefined || (session === null && subject === null))
    throw new OidcError("token_invalid", "it is no logout token");
  const validUntil = ((payload.iat ?? 0) + LOGOUT_TOKEN_S + CLOCK_TOLERANCE_S) * 1000;
  return { subject, session, id: String(payload.jti), validUntil };
}

/** A code that nobody gave: whoever knows the client says so of the code, and else of the client. */
async function checkClient({ config }: Discovered, redirectUri: string): Promise<true | string> {
  const asked = { code: "doctor", redirect_uri: redirectUri, code_verifier: client.randomPKCECodeVerifier() };
  try {
    await client.genericGrantRequest(config, "authorization_code", asked);
    return true;
  } catch (cause) {
    if (cause instanceof client.ResponseBodyError && cause.error === "invalid_grant") return true;
    const error = oidcErrorOf(cause);
    if (error.fault === "provider_unreachable") throw error;
    return error.said;
  }
}

/** Who is at fault. A code that was used before, or is too old, is a refusal of the provider. */
function oidcErrorOf(cause: unknown): OidcError {
  if (cause instanceof OidcError) return cause;
  if (cause instanceof client.AuthorizationResponseError || cause instanceof client.ResponseBodyError)
    return new OidcError("provider_refused", cause.error_description ?? cause.error, { cause });
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const isSilent = cause instanceof TypeError || code === "OAUTH_TIMEOUT" || code === "ERR_JWKS_TIMEOUT";
  return new OidcError(isSilent ? "provider_unreachable" : "token_invalid", reasonOf(cause), { cause });
}

/** The innermost reason: "fetch failed" alone helps nobody. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
