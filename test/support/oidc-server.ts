import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import Provider, { type Adapter, type AdapterPayload, type Configuration } from "oidc-provider";

/** Claims of a person at the provider. */
export const ANN = {
  sub: "ann-1",
  email: "ann@example.com",
  email_verified: true,
  name: "Ann",
  groups: ["keepers"],
};

/** Who is signed in at the provider, with what the provider says of them. */
export interface Account {
  sub: string;
  [claim: string]: unknown;
}

/** A real OpenID provider, at which one account is signed in without any form. */
export interface OidcServer {
  issuer: string;
  /** The key that signs, private half included. */
  key: JWK;
  /** Opens the provider for a Sharekeeper at this address. */
  serve(sharekeeperUrl: string): void;
  signIn(account: Account): void;
  /** Replaces each ID token; null: none is replaced. */
  forge(idToken: ((given: string) => Promise<string>) | null): void;
  /** From now on another key signs, and the old one is withdrawn. */
  changeKey(): Promise<void>;
  stop(): Promise<void>;
}

export const OIDC_CLIENT = { id: "sharekeeper", secret: "a secret of the test, of some length" };

/** Settings of a Sharekeeper that uses this provider. */
export const oidcEnvOf = ({ issuer }: Pick<OidcServer, "issuer">): Record<string, string> => ({
  OIDC_ISSUER: issuer,
  OIDC_CLIENT_ID: OIDC_CLIENT.id,
  OIDC_CLIENT_SECRET: OIDC_CLIENT.secret,
  OIDC_PROVIDER_NAME: "Example ID",
  OIDC_ROLES: "keepers=admin,desk=support,all staff=viewer",
});

/** `host`: another name of this machine is another site to a browser. */
export async function startOidcServer({ host = "127.0.0.1" } = {}): Promise<OidcServer> {
  const server = createServer((_request, response) => void response.writeHead(503).end());
  const port = await listen(server);
  const issuer = `http://${host}:${port}`;
  let account: Account = { sub: "nobody" };
  let forged: ((given: string) => Promise<string>) | null = null;
  let sharekeeperUrl = "";
  const own: OidcServer = {
    issuer,
    key: await newKey("first"),
    serve(url) {
      sharekeeperUrl = url;
      open();
    },
    signIn: (next) => void (account = next),
    forge: (next) => void (forged = next),
    async changeKey() {
      own.key = await newKey("second");
      open();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const kept = new Map<string, AdapterPayload>();
  const open = (): void => {
    const configuration = configurationOf(own.key, sharekeeperUrl, () => account);
    const provider = new Provider(issuer, { ...configuration, adapter: (model) => adapterOf(kept, model) });
    provider.use(async (context, next) => {
      await next();
      const body = context.body as { id_token?: string } | undefined;
      if (context.path === "/token" && forged !== null && body?.id_token !== undefined)
        body.id_token = await forged(body.id_token);
    });
    const serve = provider.callback();
    server.removeAllListeners("request");
    server.on("request", (request, response) => {
      if (!request.url?.startsWith("/interaction/")) return serve(request, response);
      const result = { login: { accountId: account.sub } };
      void provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    });
  };
  return own;
}

function configurationOf(key: JWK, sharekeeperUrl: string, accountNow: () => Account): Configuration {
  const path = `${sharekeeperUrl}/api/v1/auth/oidc/default`;
  return {
    clients: [
      {
        client_id: OIDC_CLIENT.id,
        client_secret: OIDC_CLIENT.secret,
        redirect_uris: [`${path}/callback`],
        post_logout_redirect_uris: [`${sharekeeperUrl}/sign-in`],
        backchannel_logout_uri: `${path}/logout`,
        backchannel_logout_session_required: true,
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ["a key of the test"] },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    // The provider brings a dispatcher of its own undici, which the fetch of Node does not take.
    fetch: (url, init = {}) => {
      const { dispatcher: _own, ...rest } = init as RequestInit & { dispatcher?: unknown };
      return fetch(url, rest);
    },
    claims: {
      openid: ["sub", "sid"],
      email: ["email", "email_verified"],
      profile: ["name", "groups"],
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: () => accountNow() }),
    async loadExistingGrant({ oidc }) {
      const { client, session, provider } = oidc;
      const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  };
}

/** What the provider remembers: in the test's memory, also across a change of the key. */
function adapterOf(kept: Map<string, AdapterPayload>, model: string): Adapter {
  const find = (id: string) => Promise.resolve(kept.get(`${model}:${id}`));
  const findWhere = (isIt: (payload: AdapterPayload) => boolean) =>
    Promise.resolve([...kept].find(([key, each]) => key.startsWith(`${model}:`) && isIt(each))?.[1]);
  return {
    upsert: (id, payload) => Promise.resolve(void kept.set(`${model}:${id}`, payload)),
    find,
    findByUid: (uid) => findWhere((payload) => payload.uid === uid),
    findByUserCode: (code) => findWhere((payload) => payload.userCode === code),
    consume: async (id) => void Object.assign((await find(id)) ?? {}, { consumed: true }),
    destroy: (id) => Promise.resolve(void kept.delete(`${model}:${id}`)),
    revokeByGrantId: (grantId) => {
      for (const [key, each] of kept) if (each.grantId === grantId) kept.delete(key);
      return Promise.resolve();
    },
  };
}

async function newKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/** What a browser does: keeps cookies for each origin and follows redirects. */
export class CookieBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** Follows every redirect up to a page. `until`: stops before an address of this beginning is opened. */
  async open(
    url: string,
    init: RequestInit = {},
    until?: string,
  ): Promise<{ url: string; response: Response }> {
    const { origin } = new URL(url);
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(init.headers as Record<string, string>), ...(cookie && { cookie }) };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    const location = response.headers.get("location");
    if (location === null) return { url, response };
    const next = new URL(location, url).href;
    if (until !== undefined && next.startsWith(until)) return { url: next, response };
    return this.open(next, {}, until);
  }

  cookie(origin: string, name: string): string | undefined {
    return this.#cookies.get(origin)?.get(name);
  }

  /** Forgets what one site knows of this browser. */
  forget(origin: string): void {
    this.#cookies.delete(origin);
  }
}
