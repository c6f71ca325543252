/** A provider that is another one than the settings name, and what of a sign-in leaves the server. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { insertPerson } from "../../../access/person-store.ts";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";
import {
  ANN,
  CookieBrowser,
  oidcEnvOf,
  startOidcServer,
  type OidcServer,
} from "../../../../test/support/oidc-server.ts";

const OIDC = "/api/v1/auth/oidc/default";

let oidc: OidcServer;
let app: TestApp;
let browser: CookieBrowser;
beforeAll(async () => {
  oidc = await startOidcServer();
  app = await createTestApp(oidcEnvOf(oidc));
  oidc.serve(app.url);
  oidc.signIn(ANN);
});
beforeEach(async () => {
  browser = new CookieBrowser();
  await app.database.db.query("delete from person");
});
afterAll(async () => {
  await app.stop();
  await oidc.stop();
});

describe("a provider that is not the one of the settings", () => {
  /** A server that answers the discovery of its own address. */
  async function startUnder(listener: RequestListener): Promise<Record<string, string>> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    opened.push(server);
    return oidcEnvOf({ issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  }
  const opened: Server[] = [];
  afterAll(() => opened.forEach((server) => void server.close().closeAllConnections()));
  const startOf = async (env: Record<string, string>): Promise<number> => {
    const own = await createTestApp(env);
    const { status } = await fetch(`${own.url}${OIDC}/start`, { redirect: "manual" });
    await own.stop();
    return status;
  };

  const metadataOf = async (issuer: string): Promise<string> => {
    const metadata = await (await fetch(`${oidc.issuer}/.well-known/openid-configuration`)).json();
    return JSON.stringify({ ...(metadata as object), issuer });
  };
  const issuerOf = ({ headers }: IncomingMessage): string => `http://${headers.host}`;
  const tell = (response: ServerResponse, text: string): void =>
    void response.setHeader("Content-Type", "application/json").end(text);

  test("by the issuer of its metadata is refused; with its own it is taken", async () => {
    const own = await startUnder(async (request, response) =>
      tell(response, await metadataOf(issuerOf(request))),
    );
    expect(await startOf(own)).toBe(302);
    const foreign = await startUnder(async (_request, response) =>
      tell(response, await metadataOf(oidc.issuer)),
    );
    expect(await startOf(foreign)).toBe(503);
  });

  test("is not reached by a redirect", async () => {
    const paths: string[] = [];
    const env = await startUnder(async (request, response) => {
      paths.push(request.url ?? "");
      if (request.url === "/moved") tell(response, await metadataOf(issuerOf(request)));
      else response.writeHead(302, { Location: "/moved" }).end();
    });
    expect(await startOf(env)).toBe(503);
    expect(paths).not.toContain("/moved");
  });

  test("by the `iss` of its answer is refused", async () => {
    const { url } = await browser.open(`${app.url}${OIDC}/start`, {}, `${app.url}${OIDC}/callback`);
    const answer = new URL(url);
    answer.searchParams.set("iss", "https://other.example.com");
    expect((await browser.open(answer.href)).response.status).toBe(401);
    expect((await browser.open(`${app.url}/api/v1/session`)).response.status).toBe(401);
  });
});

test("a person is known by issuer and subject: the same subject of another issuer is somebody else", async () => {
  const sub = "bob-2";
  const bob = { sub, email: "bob@example.com", email_verified: true, name: "Bob", groups: ["desk"] };
  const other = { id: "usr_other", email: "other@example.com", name: "Other", role: "admin" } as const;
  await insertPerson(app.database.db, { ...other, clientId: null, state: "active", createdAt: 0 });
  await app.database.db.query(
    "update person set oidc_issuer = 'https://other.example.com', oidc_subject = $1 where id = 'usr_other'",
    [sub],
  );
  oidc.signIn(bob);
  browser.forget(oidc.issuer);
  await browser.open(`${app.url}${OIDC}/start`);
  const session = await (await browser.open(`${app.url}/api/v1/session`)).response.json();
  expect(session).toMatchObject({ actor: { name: "Bob", role: "support" } });
  expect(session).not.toMatchObject({ actor: { id: "usr_other" } });
  oidc.signIn(ANN);
});

test("behind https the cookie of an attempt is of this host alone, and comes back from the provider", async () => {
  const own = await createTestApp({ ...oidcEnvOf(oidc), PUBLIC_URL: "https://share.example.com" });
  const { headers } = await fetch(`${own.url}${OIDC}/start`, { redirect: "manual" });
  await own.stop();
  const [cookie = "", ...others] = headers.getSetCookie();
  expect(others).toEqual([]);
  expect(cookie).toMatch(/^__Host-sharekeeper_sign_in=[\w-]{43}; /);
  for (const part of ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"])
    expect(cookie.split("; ")).toContain(part);
});

test("no token of the provider reaches the browser, and its access token is not kept", async () => {
  const { response } = await browser.open(`${app.url}${OIDC}/start`);
  expect(response.status).toBe(200);
  const shown = [await response.text(), JSON.stringify([...response.headers])].join("\n");
  expect(shown).toContain("sharekeeper_session");
  expect(shown).not.toMatch(/eyJ[\w-]+\.|access_token|id_token=/);
  const rows = await app.database.db.query<{ row: object }>("select to_jsonb(s) as row from session s");
  expect(rows).toHaveLength(1);
  const names = rows.flatMap(({ row }) => Object.keys(row));
  expect(names.filter((name) => name.includes("token"))).toEqual(["oidc_id_token"]);
});

test("a link of another site begins no sign-in: it leads to our page, where a person decides", async () => {
  const start = (site: string) =>
    fetch(`${app.url}${OIDC}/start?next=/wabas?q=1`, {
      ...{ redirect: "manual", headers: { "Sec-Fetch-Site": site } },
    });
  for (const site of ["cross-site", "same-site"]) {
    const { status, headers } = await start(site);
    expect([status, headers.get("location")]).toEqual([302, "/sign-in?next=%2Fwabas%3Fq%3D1"]);
    expect(headers.getSetCookie()).toEqual([]);
  }
  for (const site of ["same-origin", "none"])
    expect((await start(site)).headers.get("location")).toContain(oidc.issuer);
});

test("what the provider says of a failure stands in one line of the log", async () => {
  const { url } = await browser.open(`${app.url}${OIDC}/start`, {}, `${app.url}${OIDC}/callback`);
  const state = new URL(url).searchParams.get("state") ?? "";
  const said = 'not today\r\n{"level":30,"msg":"planted"}\u2028';
  const query = { state, error: "access_denied", error_description: said, iss: oidc.issuer };
  await browser.open(`${app.url}${OIDC}/callback?${new URLSearchParams(query).toString()}`);
  const lines = app.logged().trim().split("\n");
  expect(lines.filter((line) => line.includes("planted"))).toHaveLength(1);
  for (const line of lines) expect(JSON.parse(line)).not.toMatchObject({ msg: "planted" });
});
