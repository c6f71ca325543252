import { generateKeyPairSync } from "node:crypto";
import { SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestApp, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import { withoutLines } from "../../../../test/support/without-lines.ts";
import { insertPerson } from "../../../access/person-store.ts";
import { recordPortalSignIn } from "../../../access/record-portal-sign-in.ts";
import type { Database } from "../../../database/database.ts";

const SECRET = "a-secret-of-the-site-with-40-characters!";
const ISSUER = "https://app.example.com";
const ATLAS = "100000000000004";
const ORCHARD = "100000000000012";

let app: TestApp;
let jtiCount = 0;
/** The last line of the audit before the test. */
let auditBefore = "0";
const clientOf: Record<string, string> = {};

beforeAll(async () => {
  app = await createTestApp({ PORTAL_KEY: SECRET, PORTAL_ISSUER: ISSUER });
  const rows = await app.database.db.query<{ waba: string; client: string }>(
    `select meta_id as waba, client_id as client from meta_id join asset on asset.id = meta_id.owner_id
     where type = 'waba' and meta_id = any($1)`,
    [[ATLAS, ORCHARD]],
  );
  for (const { waba, client } of rows) clientOf[waba] = client;
  await app.database.db.query("update client set external_id = 'crm-7' where id = $1", [clientOf[ATLAS]]);
});
beforeEach(async () => {
  await app.database.db.query("delete from person");
  const sql = "select coalesce(max(id), 0)::text as id from audit";
  auditBefore = (await app.database.db.query<{ id: string }>(sql))[0]?.id ?? "0";
});
afterAll(() => app.stop());

interface Wish {
  claims?: Record<string, unknown>;
  issuer?: string;
  audience?: string;
  secret?: string;
  expiresInS?: number;
  sub?: string;
}

async function tokenOf(wish: Wish = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ jti: `jti-${++jtiCount}`, ...wish.claims })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(wish.issuer ?? ISSUER)
    .setAudience(wish.audience ?? app.url)
    .setSubject(wish.sub ?? "crm-7")
    .setExpirationTime(now + (wish.expiresInS ?? 120))
    .sign(new TextEncoder().encode(wish.secret ?? SECRET));
}

const HTML = { Accept: "text/html" };
const enter = (token: string, more = ""): Promise<Answer> =>
  app.ask("GET", `/portal/enter?token=${token}${more}`, undefined, HTML);
const faultOf = ({ body }: Answer): string | undefined => /data-fault="(\w+)"/.exec(String(body))?.[1];
const cookieOf = ({ headers }: Answer): string =>
  headers
    .getSetCookie()
    .find((line) => line.startsWith("sharekeeper_session"))
    ?.split(";")[0] ?? "";

/** What a browser that has come in sends. */
async function comeIn(wish: Wish = {}): Promise<Record<string, string>> {
  const entered = await enter(await tokenOf(wish));
  expect(entered.status).toBe(200);
  return { Cookie: cookieOf(entered), Origin: app.url };
}
const form = (headers: Record<string, string>, path: string, fields: [string, string][] = []) =>
  fetch(app.url + path, {
    method: "POST",
    headers,
    body: new URLSearchParams(fields),
    redirect: "manual",
  });

describe("a signed hand-over", () => {
  test("opens a session of the client and leads on by a page of our own", async () => {
    const entered = await enter(await tokenOf({ claims: { email: "mia@atlas.example", name: "Mia" } }));
    expect(entered.status).toBe(200);
    expect(entered.headers.get("refresh")).toBe("0; url=/portal?lang=en");
    expect(entered.headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Strict/);
    const page = await app.ask("GET", "/portal", undefined, { ...HTML, Cookie: cookieOf(entered) });
    expect(page.status).toBe(200);
    expect(page.body).toContain(`data-waba="${ATLAS}"`);
    const people = await app.database.db.query("select email, name, role, client_id, state from person");
    expect(people).toEqual([
      {
        ...{ email: "mia@atlas.example", name: "Mia", role: "client" },
        ...{ client_id: clientOf[ATLAS], state: "active" },
      },
    ]);
    const lines = await app.database.db.query("select action from audit where id > $1 order by id", [
      auditBefore,
    ]);
    expect(lines).toEqual([{ action: "person.created" }, { action: "session.opened" }]);
  });

  test("does not end a suspension of somebody invited that comes at the same time", async () => {
    const { db } = app.database;
    const clientId = clientOf[ATLAS] ?? "";
    await insertPerson(db, {
      ...{ id: "usr_mia", email: "mia@atlas.example", name: "Mia", role: "client", clientId },
      ...{ state: "invited", createdAt: 0 },
    });
    const suspending: Database = {
      kind: db.kind,
      listen: (channel, notify, onResumed) => db.listen(channel, notify, onResumed),
      close: () => db.close(),
      query: (text, values) => db.query(text, values),
      transaction: (work) =>
        db.transaction((tx) =>
          work({
            inTransaction: true,
            async query(text, values) {
              if (text.startsWith("update person")) await tx.query("update person set state = 'suspended'");
              return tx.query(text, values);
            },
          }),
        ),
    };
    const signedIn = await recordPortalSignIn(
      { ...app.deps, db: suspending, sessionMs: 60_000 },
      {
        ...{ client: { id: clientId, name: "Atlas" }, name: "Mia", email: "mia@atlas.example" },
        ...{ how: "hand_over", address: null, agent: null, requestId: "req_1" },
      },
    );
    expect(signedIn).toBe("suspended");
    expect(await db.query("select state from person")).toEqual([{ state: "suspended" }]);
  });

  test("in the language it names, and to the page it names below the portal only", async () => {
    const entered = await enter(await tokenOf({ claims: { lang: "de", return: "/portal?x=1" } }));
    expect(entered.body).toContain('<html lang="de">');
    expect(entered.headers.get("refresh")).toBe("0; url=/portal?x=1");
    for (const to of ["https://evil.example", "//evil.example", "/wabas", "/portalx", "/portal/\\evil"])
      expect((await enter(await tokenOf({ claims: { return: to } }))).headers.get("refresh")).toBe(
        "0; url=/portal?lang=en",
      );
  });

  test.each<[string, string, () => Promise<string> | string]>([
    ["no token", "invalid", () => ""],
    ["another secret", "invalid", () => tokenOf({ secret: "another-secret-with-40-characters-in-it!" })],
    ["expired", "expired", () => tokenOf({ expiresInS: -1 })],
    ["another issuer", "invalid", () => tokenOf({ issuer: "https://evil.example" })],
    ["another audience", "invalid", () => tokenOf({ audience: "https://other.example" })],
    ["more than 5 minutes ahead", "invalid", () => tokenOf({ expiresInS: 310 })],
    ["no jti", "invalid", () => tokenOf({ claims: { jti: undefined } })],
    ["an unknown client", "unknown_client", () => tokenOf({ sub: "crm-8" })],
    [
      "alg none",
      "invalid",
      () =>
        new UnsecuredJWT({ jti: "none" })
          .setIssuer(ISSUER)
          .setAudience(app.url)
          .setSubject("crm-7")
          .setExpirationTime("2m")
          .encode(),
    ],
  ])("%s lets nobody in", async (_, fault, make) => {
    const refused = await enter(await make());
    expect(faultOf(refused)).toBe(fault);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.headers.getSetCookie()).toEqual([]);
    expect(await app.database.db.query("select 1 from session where opened_with = 'link'")).toEqual([]);
  });

  test("counts once", async () => {
    const token = await tokenOf();
    expect((await enter(token)).status).toBe(200);
    expect(faultOf(await enter(token, "&lang=fr"))).toBe("used");
  });

  test("never signs in as one of the provider's people, nor as another client's", async () => {
    const email = "boss@example.com";
    const about = { id: "usr_boss", email, name: "Boss", state: "active", createdAt: 0 } as const;
    await insertPerson(app.database.db, { ...about, role: "admin", clientId: null });
    const headers = await comeIn({ claims: { email } });
    expect((await app.ask("GET", "/api/v1/wabas", undefined, headers)).status).toBe(403);
    const other = await comeIn({ claims: { email }, sub: clientOf[ORCHARD] ?? "" });
    const shown = await app.ask("GET", "/api/v1/portal", undefined, other);
    expect(shown.body.client.id).toBe(clientOf[ORCHARD]);
  });

  test("of a suspended person is refused", async () => {
    await comeIn({ claims: { email: "mia@atlas.example" } });
    await app.database.db.query("update person set state = 'suspended'");
    expect(faultOf(await enter(await tokenOf({ claims: { email: "MIA@atlas.example" } })))).toBe("suspended");
  });
});

test("an Ed25519 key verifies EdDSA, and its public text is no secret for HS256", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const second = await createTestApp({ PORTAL_KEY: pem.replaceAll("\n", "\\n"), PORTAL_ISSUER: ISSUER });
  const rows = await second.database.db.query<{ id: string }>("select id from client limit 1");
  const make = (alg: string, key: typeof privateKey | Uint8Array) =>
    new SignJWT({ jti: alg })
      .setProtectedHeader({ alg })
      .setIssuer(ISSUER)
      .setAudience(second.url)
      .setSubject(rows[0]?.id ?? "")
      .setExpirationTime("2m")
      .sign(key);
  const ask = async (token: string) => (await second.ask("GET", `/portal/enter?token=${token}`)).status;
  expect(await ask(await make("EdDSA", privateKey))).toBe(200);
  expect(await ask(await make("HS256", new TextEncoder().encode(pem)))).toBe(400);
  await second.stop();
});

test("a session of the portal is opened together with its line in the audit, or not at all", async () => {
  const { db } = app.database;
  await db.query("delete from session");
  await withoutLines(db, "session.opened", async () => {
    expect((await enter(await tokenOf({}))).status).toBeGreaterThanOrEqual(500);
    expect(await db.query("select id from session")).toEqual([]);
  });
  await comeIn();
  const [line] = await db.query("select target_type, detail from audit order by id desc limit 1");
  expect(line).toMatchObject({ target_type: "session", detail: { with: "link", how: "hand_over" } });
});

describe("a mail link", () => {
  const make = (): Promise<Answer> => app.ask("POST", `/api/v1/clients/${clientOf[ATLAS]}/portal-links`);
  const linkOf = ({ body }: Answer): string => new URL(body.url).searchParams.get("link") ?? "";

  test("waits for a click, then lets in once", async () => {
    const made = await make();
    expect(made.status).toBe(201);
    const path = made.body.url.slice(app.url.length);
    for (const _ of [1, 2]) expect((await app.ask("GET", path, undefined, HTML)).status).toBe(200);
    const headers = { Origin: app.url };
    const first = await form(headers, "/portal/enter", [["link", linkOf(made)]]);
    expect(first.status).toBe(200);
    const second = await form(headers, "/portal/enter", [["link", linkOf(made)]]);
    expect([second.status, (await second.text()).includes('data-fault="used"')]).toEqual([410, true]);
    expect(await app.database.db.query("select 1 from sign_in_link where hash = $1", [linkOf(made)])).toEqual(
      [],
    );
  });

  test("ends after 7 days, and no other site may use it", async () => {
    const link = linkOf(await make());
    const foreign = await form({ Origin: "https://evil.example" }, "/portal/enter", [["link", link]]);
    expect(foreign.status).toBe(403);
    await app.database.db.query("update sign_in_link set expires_at = now() - interval '1 second'");
    const late = await form({ Origin: app.url }, "/portal/enter", [["link", link]]);
    expect([late.status, (await late.text()).includes('data-fault="expired"')]).toEqual([410, true]);
  });

  test("of an unknown client is none", async () => {
    expect((await app.ask("POST", "/api/v1/clients/cli_none/portal-links")).status).toBe(404);
  });
});

describe("what one client sees", () => {
  test("is its own, and nothing of another client", async () => {
    const headers = await comeIn();
    const { body } = await app.ask("GET", "/api/v1/portal/wabas", undefined, headers);
    const ids = body.data.map(({ id }: { id: string }) => id);
    expect(ids).toContain(ATLAS);
    expect(ids).not.toContain(ORCHARD);
    const other = `/api/v1/portal/wabas/${ORCHARD}`;
    const json = { ...headers, "Content-Type": "application/json" };
    expect((await app.ask("GET", other, undefined, headers)).status).toBe(404);
    expect((await app.ask("POST", `${other}/reshare-link`, undefined, json)).status).toBe(404);
    expect((await form(headers, `/portal/wabas/${ORCHARD}/restore`)).status).toBe(404);
    const page = await app.ask("GET", "/portal", undefined, { ...HTML, ...headers });
    expect(page.body).not.toContain(ORCHARD);
    for (const path of ["/wabas", `/wabas/${ATLAS}`, `/wabas/${ATLAS}/timeline`, "/overview", "/clients"])
      expect([403, 404]).toContain((await app.ask("GET", `/api/v1${path}`, undefined, headers)).status);
  });

  test("a loss and its repair, in plain words and without the provider's names", async () => {
    const headers = await comeIn();
    await app.emulator.act({ action: "partner.remove", waba_id: ATLAS, silent: true });
    await app.ask("POST", `/api/v1/wabas/${ATLAS}/check`, {});
    const lost = (await app.ask("GET", `/api/v1/portal/wabas/${ATLAS}`, undefined, headers)).body;
    expect(lost).toMatchObject({
      ...{ headline: "Messages have stopped", who_must_act: "client", has_reshare_link: true },
      history: [{ kind: "lost" }],
    });
    expect((await app.ask("GET", "/api/v1/portal", undefined, headers)).body.counts.must_act).toBe(1);
    const led = await form(headers, `/portal/wabas/${ATLAS}/restore`);
    expect([led.status, led.headers.get("location")]).toEqual([
      303,
      expect.stringContaining(`${app.url}/reshare/`),
    ]);
    // The client who comes from the portal is the client, not the provider's preview.
    const reshare = (led.headers.get("location") ?? "").slice(app.url.length);
    const shown = await app.ask("GET", reshare, undefined, { ...HTML, ...headers });
    expect(shown.body).not.toContain("data-preview");
    await app.emulator.act({ action: "partner.assign", waba_id: ATLAS, silent: true });
    await app.ask("POST", `/api/v1/wabas/${ATLAS}/check`, {});
    const back = (await app.ask("GET", `/api/v1/portal/wabas/${ATLAS}?lang=de`, undefined, headers)).body;
    expect(back.history.map(({ kind, text }: { kind: string; text: string }) => [kind, text])).toEqual([
      ["repaired", "Nachrichten wurden wieder gesendet."],
      ["lost", expect.stringContaining("Die Nachrichten wurden angehalten.")],
    ]);
    expect(Object.keys(back.history[0])).toEqual(["at", "kind", "text"]);
  });

  test("the caller of no client is told so", async () => {
    const { status, body } = await app.ask("GET", "/api/v1/portal");
    expect([status, body.code]).toEqual([403, "portal_only"]);
  });
});

describe("contacts", () => {
  test("are saved by the API, with a line in the audit", async () => {
    const headers = { ...(await comeIn()), "Content-Type": "application/json" };
    const contacts = [{ name: "Mia", email: "mia@atlas.example", phone: "+15550190001", language: "fr" }];
    const saved = await app.ask("PATCH", "/api/v1/portal/contacts", { contacts }, headers);
    expect([saved.status, saved.body]).toEqual([200, { contacts }]);
    expect((await app.ask("GET", "/api/v1/portal/contacts", undefined, headers)).body).toEqual({ contacts });
    const [line] = await app.database.db.query(
      "select target_id, after from audit where id > $1 and action = 'client.contacts_changed'",
      [auditBefore],
    );
    expect(line).toEqual({ target_id: clientOf[ATLAS], after: { contacts } });
    const bad = { contacts: [{ name: "Nobody" }] };
    expect((await app.ask("PATCH", "/api/v1/portal/contacts", bad, headers)).status).toBe(400);
  });

  test("are saved by the page's form; what is not valid stays in it", async () => {
    const headers = await comeIn();
    const fields = (name: string, phone: string): [string, string][] => [
      ["name", name],
      ["email", ""],
      ["phone", phone],
      ["language", ""],
    ];
    const saved = await form(headers, "/portal/contacts", [
      ...fields("Tom", "+1 555 019-0002"),
      ...fields("", ""),
    ]);
    expect(saved.status).toBe(303);
    const { body } = await app.ask("GET", "/api/v1/portal/contacts", undefined, headers);
    expect(body.contacts).toEqual([{ name: "Tom", email: null, phone: "+15550190002", language: null }]);
    const refused = await form(headers, "/portal/contacts", fields("Tom", "0190"));
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('value="0190"');
    const foreign = { ...headers, Origin: "https://evil.example" };
    expect((await form(foreign, "/portal/contacts", fields("Eve", "+15550190003"))).status).toBe(403);
  });
});

test("signing out ends the session", async () => {
  const headers = await comeIn();
  const out = await form(headers, "/portal/sign-out");
  expect(out.headers.getSetCookie()[0]).toContain("Max-Age=0");
  expect((await app.ask("GET", "/portal", undefined, { ...HTML, ...headers })).status).toBe(401);
});
