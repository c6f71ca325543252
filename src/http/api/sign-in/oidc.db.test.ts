import type { Sql } from "../../../database/database.ts";
import { randomUUID } from "node:crypto";
import { decodeJwt, importJWK, SignJWT, UnsecuredJWT, generateKeyPair, type JWTPayload } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";
import {
  ANN,
  CookieBrowser,
  OIDC_CLIENT,
  oidcEnvOf,
  startOidcServer,
  type Account,
  type OidcServer,
} from "../../../../test/support/oidc-server.ts";
import { withoutLines } from "../../../../test/support/without-lines.ts";
import { insertPerson } from "../../../access/person-store.ts";

const BOB = { sub: "bob-2", email: "bob@example.com", email_verified: true, name: "Bob", groups: ["desk"] };
const OIDC = "/api/v1/auth/oidc/default";
const LOGOUT_EVENT = { "http://schemas.openid.net/event/backchannel-logout": {} };

let oidc: OidcServer;
let app: TestApp;
let browser: CookieBrowser;
beforeAll(async () => {
  oidc = await startOidcServer();
  app = await createTestApp(oidcEnvOf(oidc));
  oidc.serve(app.url);
});
beforeEach(async () => {
  browser = new CookieBrowser();
  oidc.forge(null);
  await app.database.db.query("delete from person");
  audit.from = (await lastLineOf(app.database.db)) + 1;
});
afterAll(async () => {
  await app.stop();
  await oidc.stop();
});

const signIn = async (account: Account, by = browser) => {
  oidc.signIn({ ...account });
  by.forget(oidc.issuer);
  const { response } = await by.open(`${app.url}${OIDC}/start`);
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const who = async (by = browser) => {
  const { response } = await by.open(`${app.url}/api/v1/session`);
  return { status: response.status, ...((await response.json()) as { actor?: object }) };
};
const roleOf = async (by = browser) => ((await who(by)).actor as { role?: string } | undefined)?.role;
/** The lines of one test begin here: the audit keeps those of the others. */
const audit = { from: 0 };
async function lastLineOf(db: Sql): Promise<number> {
  const [last] = await db.query<{ id: string }>("select coalesce(max(id), 0) as id from audit");
  return Number(last?.id);
}
const audited = async (): Promise<string[]> => {
  const rows = await app.database.db.query<{ line: string }>(
    `select action || ' ' || outcome || coalesce(' ' || problem, '') as line from audit where id >= $1
     order by id`,
    [audit.from],
  );
  return rows.map(({ line }) => line);
};

describe("a sign-in", () => {
  test("makes the person with the role of the claim, and leads on by a page of our own", async () => {
    const page = await signIn(ANN);
    expect(page.status).toBe(200);
    expect(page.headers.get("refresh")).toBe("0; url=/");
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.getSetCookie().find((line) => line.startsWith("sharekeeper_session"))).toMatch(
      /HttpOnly; SameSite=Strict/,
    );
    expect(await who()).toMatchObject({ status: 200, actor: { name: "Ann", role: "admin" } });
    expect(await audited()).toEqual(["person.created done", "session.opened done"]);
  });

  test("leads to the page that was asked for, and never to another site", async () => {
    oidc.signIn(ANN);
    const { response } = await browser.open(`${app.url}${OIDC}/start?next=/wabas/1?tab=a`);
    expect(response.headers.get("refresh")).toBe("0; url=/wabas/1?tab=a");
    for (const next of ["//example.com", "/\\example.com", "https://example.com", "/a b"])
      expect((await app.ask("GET", `${OIDC}/start?next=${encodeURIComponent(next)}`)).status).toBe(400);
  });

  test("asks with PKCE, state and nonce, each of them new", async () => {
    const asked = async (): Promise<URLSearchParams> => {
      const to = await browser.open(`${app.url}${OIDC}/start`, {}, oidc.issuer);
      return new URL(to.url).searchParams;
    };
    const [first, second] = [await asked(), await asked()];
    expect(first.get("code_challenge_method")).toBe("S256");
    expect(first.get("scope")).toBe("openid email profile");
    for (const name of ["code_challenge", "state", "nonce"]) {
      expect(first.get(name)?.length, name).toBeGreaterThan(40);
      expect(first.get(name)).not.toBe(second.get(name));
    }
  });
});

describe("the claim", () => {
  test("decides the role at each sign-in", async () => {
    await signIn(ANN);
    await signIn(BOB);
    expect(await roleOf()).toBe("support");
    const first = new CookieBrowser();
    await signIn({ ...BOB, groups: ["all staff", "keepers"] }, first);
    expect(await roleOf(first)).toBe("admin");
    await signIn({ ...BOB, groups: ["all staff"] });
    expect(await roleOf(first)).toBe("viewer");
  });

  test("without a match gives no access, makes nobody, and ends what was open", async () => {
    await signIn(ANN);
    expect((await signIn({ ...BOB, groups: ["others"] }, new CookieBrowser())).status).toBe(403);
    expect((await app.database.db.query("select id from person")).length).toBe(1);
    const open = new CookieBrowser();
    await signIn(BOB, open);
    const page = await signIn({ ...BOB, groups: [] }, new CookieBrowser());
    expect(page.status).toBe(403);
    expect(page.text).toContain("You have no access to Sharekeeper");
    expect(page.text).toContain('href="/sign-in"');
    expect((await who(open)).status).toBe(401);
    expect(await audited()).toContain("session.opened refused no_role");
  });

  test.each([[["all staff"]], [[]]])("%j does not take the role from the last admin", async (groups) => {
    await signIn(ANN);
    expect((await signIn({ ...ANN, groups })).status).toBe(200);
    expect(await roleOf()).toBe("admin");
    expect(await audited()).toContain("person.role_kept done");
  });

  test("does not take the role from the last admin who can sign in: another has no way to", async () => {
    await signIn(ANN);
    await insertPerson(app.database.db, {
      ...{ id: "usr_cy", email: "cy@example.com", name: "Cy", role: "admin", clientId: null },
      ...{ state: "active", createdAt: 0 },
    });
    expect((await signIn({ ...ANN, groups: [] })).status).toBe(200);
    expect(await roleOf()).toBe("admin");
  });

  test("makes one person of somebody new who comes twice at once", async () => {
    oidc.signIn({ ...BOB });
    const pages = await Promise.all(
      Array.from({ length: 4 }, () => new CookieBrowser().open(`${app.url}${OIDC}/start`)),
    );
    expect(pages.map(({ response }) => response.status)).toEqual([200, 200, 200, 200]);
    expect(await app.database.db.query("select id from person")).toHaveLength(1);
  });
});

describe("the address", () => {
  const invite = (state: "invited" | "suspended", role: "viewer" | "admin" = "viewer") =>
    insertPerson(app.database.db, {
      ...{
        id: "usr_bob",
        email: "Bob@Example.com",
        name: "Robert",
        role,
        clientId: null,
        state,
        createdAt: 0,
      },
    });

  test("that is verified finds the person who was invited", async () => {
    await invite("invited");
    await signIn(BOB);
    expect(await who()).toMatchObject({ actor: { id: "usr_bob", name: "Robert", role: "support" } });
    expect(await audited()).toContain("person.linked done");
  });

  test.each([[false], [undefined]])("with email_verified %s takes over nobody", async (email_verified) => {
    await invite("invited");
    const page = await signIn({ ...BOB, email_verified });
    expect(page.status).toBe(409);
    expect((await who()).status).toBe(401);
    expect(await app.database.db.query("select oidc_subject from person")).toEqual([{ oidc_subject: null }]);
  });

  test("of a person of the provider is not taken over by another subject", async () => {
    await signIn(BOB);
    expect((await signIn({ ...BOB, sub: "bob-3" }, new CookieBrowser())).status).toBe(409);
  });

  test("is needed for somebody new", async () => {
    expect((await signIn({ sub: "x", groups: ["desk"] })).text).toContain("did not send your email address");
  });

  test("a suspended person stays out", async () => {
    await invite("suspended");
    expect((await signIn(BOB)).status).toBe(403);
    await app.database.db.query("update person set state = 'active'");
    expect((await signIn(BOB)).status).toBe(200);
    await app.database.db.query("update person set state = 'suspended'");
    expect((await signIn(BOB)).status).toBe(403);
    expect((await who()).status).toBe(401);
  });
});

describe("an answer", () => {
  const callbackOf = async (by = browser): Promise<string> => {
    oidc.signIn(ANN);
    return (await by.open(`${app.url}${OIDC}/start`, {}, `${app.url}${OIDC}/callback`)).url;
  };

  test("counts once: a replayed state is refused", async () => {
    const url = await callbackOf();
    expect((await browser.open(url)).response.status).toBe(200);
    browser.forget(app.url);
    const again = await browser.open(url);
    expect(again.response.status).toBe(400);
    expect(await again.response.text()).toContain("This sign-in is no longer valid");
    expect((await who()).status).toBe(401);
  });

  test("counts in the browser that began, and in no other", async () => {
    const url = await callbackOf();
    const other = new CookieBrowser();
    expect((await other.open(url)).response.status).toBe(400);
    await other.open(`${app.url}${OIDC}/start`, {}, oidc.issuer);
    expect((await other.open(await callbackOf())).response.status).toBe(400);
  });

  test("without a state that we gave is refused", async () => {
    for (const query of ["", "?code=x", "?code=x&state=made-up"])
      expect((await browser.open(`${app.url}${OIDC}/callback${query}`)).response.status).toBe(400);
  });

  test("of a provider that refuses is shown with its reason", async () => {
    const state = new URL(await callbackOf()).searchParams.get("state") ?? "";
    const query = new URLSearchParams({
      state,
      error: "access_denied",
      error_description: "Not today <b>",
      iss: oidc.issuer,
    });
    const page = await browser.open(`${app.url}${OIDC}/callback?${query.toString()}`);
    expect(page.response.status).toBe(401);
    expect(await page.response.text()).toContain("Not today &lt;b&gt;");
  });
});

describe("an ID token", () => {
  const signed = async (claims: JWTPayload, key = oidc.key): Promise<string> =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: "RS256", kid: oidc.key.kid ?? "" })
      .sign(await importJWK(key, "RS256"));
  const foreignKey = async () => (await generateKeyPair("RS256", { extractable: true })).privateKey;

  const FORGERIES: [string, (claims: JWTPayload) => Promise<string>][] = [
    ["of another issuer", (claims) => signed({ ...claims, iss: "https://other.example.com" })],
    ["for another client", (claims) => signed({ ...claims, aud: "another" })],
    ["of another sign-in", (claims) => signed({ ...claims, nonce: "another" })],
    ["that has expired", (claims) => signed({ ...claims, iat: 1_000_000_000, exp: 1_000_003_600 })],
    ["without a signature", async (claims) => new UnsecuredJWT(claims).encode()],
    [
      "signed with our own client secret",
      (claims) =>
        new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from(OIDC_CLIENT.secret)),
    ],
    [
      "signed by somebody else",
      async (claims) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: "RS256", kid: oidc.key.kid ?? "" })
          .sign(await foreignKey()),
    ],
    [
      "whose claims were changed",
      async (claims) => {
        const [head, , signature] = (await signed(claims)).split(".");
        const body = Buffer.from(JSON.stringify({ ...claims, groups: ["keepers"] })).toString("base64url");
        return `${head}.${body}.${signature}`;
      },
    ],
  ];

  test.each(FORGERIES)("%s is refused", async (_name, forge) => {
    oidc.forge((given) => forge(decodeJwt(given)));
    const page = await signIn(BOB);
    expect(page.status).toBe(401);
    expect(page.text).toContain("could not be verified");
    expect((await who()).status).toBe(401);
    expect(await app.database.db.query("select id from person")).toEqual([]);
  });

  test("the same way of forging, with the right claims and key, is accepted", async () => {
    oidc.forge((given) => signed(decodeJwt(given)));
    expect((await signIn(BOB)).status).toBe(200);
  });

  test("of a changed key is accepted at once, and one of the withdrawn key no longer", async () => {
    await signIn(ANN);
    const withdrawn = oidc.key;
    await oidc.changeKey();
    expect((await signIn(ANN)).status).toBe(200);
    oidc.forge((given) => signed(decodeJwt(given), withdrawn));
    expect((await signIn(ANN)).status).toBe(401);
  });
});

describe("signing out", () => {
  const ours = (): Record<string, string> => ({ Origin: app.url, "Content-Type": "application/json" });
  const logout = (token: string) =>
    fetch(`${app.url}${OIDC}/logout`, { method: "POST", body: new URLSearchParams({ logout_token: token }) });
  const tokenOf = async (claims: JWTPayload, issuer = oidc.issuer): Promise<string> =>
    new SignJWT({ events: LOGOUT_EVENT, jti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: "RS256", kid: oidc.key.kid ?? "", typ: "logout+jwt" })
      .setIssuer(issuer)
      .setAudience(OIDC_CLIENT.id)
      .setIssuedAt()
      .setExpirationTime("2m")
      .sign(await importJWK(oidc.key, "RS256"));

  test("here names the provider's page, which comes back to ours and ends the other sessions", async () => {
    await signIn(ANN);
    const { response } = await browser.open(`${app.url}/api/v1/session`, {
      method: "DELETE",
      headers: ours(),
    });
    expect(response.status).toBe(204);
    const url = response.headers.get("sign-out-url") ?? "";
    expect(url).toContain(`${oidc.issuer}/session/end`);
    expect(decodeJwt(new URL(url).searchParams.get("id_token_hint") ?? "").sub).toBe(ANN.sub);
    const form = await (await browser.open(url)).response.text();
    const [, xsrf = ""] = /name="xsrf" value="(\w+)"/.exec(form) ?? [];
    const left = await browser.open(
      `${oidc.issuer}/session/end/confirm`,
      { method: "POST", body: new URLSearchParams({ xsrf, logout: "yes" }) },
      `${app.url}/sign-in`,
    );
    expect(left.url).toBe(`${app.url}/sign-in`);
  });

  test("at the provider ends the session here", async () => {
    await signIn(ANN);
    expect((await who()).status).toBe(200);
    const form = await (await browser.open(`${oidc.issuer}/session/end`)).response.text();
    const [, xsrf = ""] = /name="xsrf" value="(\w+)"/.exec(form) ?? [];
    await browser.open(`${oidc.issuer}/session/end/confirm`, {
      method: "POST",
      body: new URLSearchParams({ xsrf, logout: "yes" }),
    });
    expect((await who()).status).toBe(401);
    expect(await audited()).toContain("session.closed_by_provider done");
  });

  test("of a subject ends all its sessions, and nobody else's", async () => {
    const [one, two, other] = [new CookieBrowser(), new CookieBrowser(), new CookieBrowser()];
    for (const each of [one, two]) await signIn(ANN, each);
    await signIn(BOB, other);
    expect((await logout(await tokenOf({ sub: ANN.sub }))).status).toBe(200);
    expect([(await who(one)).status, (await who(two)).status, (await who(other)).status]).toEqual([
      401, 401, 200,
    ]);
  });

  test("counts once: a copy of the token ends no later session, also when both come at once", async () => {
    await signIn(ANN);
    const token = await tokenOf({ sub: ANN.sub });
    const both = await Promise.all([logout(token), logout(token)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    expect((await who()).status).toBe(401);
    await signIn(ANN);
    const again = await logout(token);
    const problem = (await again.json()) as { code: string; detail: string };
    expect([again.status, problem.code]).toEqual([400, "invalid_logout_token"]);
    expect(problem.detail).toContain("used before");
    expect((await who()).status).toBe(200);
    expect((await audited()).filter((line) => line.startsWith("session.closed_by"))).toEqual([
      ...["session.closed_by_provider done", "session.closed_by_provider refused invalid_logout_token"],
      "session.closed_by_provider refused invalid_logout_token",
    ]);
  });

  test("by a token that is none is refused, and ends nothing", async () => {
    await signIn(ANN);
    const idToken = await tokenOf({ sub: ANN.sub, nonce: "n" });
    const noEvent = await tokenOf({ sub: ANN.sub, events: {} });
    const nobody = await tokenOf({});
    const foreign = await tokenOf({ sub: ANN.sub }, "https://other.example.com");
    const unsigned = new UnsecuredJWT({ sub: ANN.sub, events: LOGOUT_EVENT, jti: "1" }).encode();
    for (const token of ["", "x", idToken, noEvent, nobody, foreign, unsigned])
      expect((await logout(token)).status).toBe(400);
    expect((await who()).status).toBe(200);
  });
});

test("a session is opened together with its line in the audit, or not at all", async () => {
  const { db } = app.database;
  await signIn(ANN);
  await db.query("delete from session");
  await withoutLines(db, "session.opened", async () => {
    expect((await signIn(ANN)).status).toBeGreaterThanOrEqual(500);
    expect(await db.query("select id from session")).toEqual([]);
  });
  expect((await signIn(ANN)).status).toBe(200);
});

test("the sign-in page learns which ways there are", async () => {
  expect((await app.ask("GET", "/api/v1/session/ways", undefined, {})).body).toMatchObject({
    oidc: [{ id: "default", name: "Example ID", start_url: `${OIDC}/start` }],
    passkey: false,
  });
  expect((await app.ask("GET", "/api/v1/auth/oidc/other/start")).status).toBe(404);
});

test("a provider that is down stops no start, and its sign-in says so until it answers", async () => {
  const late = await startOidcServer();
  const own = await createTestApp(oidcEnvOf(late));
  try {
    const page = await browser.open(`${own.url}${OIDC}/start`);
    expect(page.response.status).toBe(503);
    expect(await page.response.text()).toContain("Example ID does not answer");
    late.serve(own.url);
    const to = await browser.open(`${own.url}${OIDC}/start`, {}, late.issuer);
    expect(to.url).toContain(`${late.issuer}/auth`);
  } finally {
    await own.stop();
    await late.stop();
  }
});
