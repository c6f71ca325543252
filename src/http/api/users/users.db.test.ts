import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, OURS, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

const PASSWORD = "violet tractor lamp";
let count = 0;
const emailOf = (name: string): string => `${name.toLowerCase()}.${(count += 1)}@provider.example`;

async function invite(
  name: string,
  role = "operator",
): Promise<{ id: string; email: string; token: string }> {
  const email = emailOf(name);
  const { status, body } = await app.ask("POST", "/api/v1/users", { email, name, role });
  expect(status).toBe(201);
  return { id: body.id, email, token: tokenOf(body.invitation.url) };
}
const tokenOf = (url: string): string => new URL(url).hash.replace("#invitation=", "");
const accept = (token: string, password?: string): Promise<Answer> =>
  app.ask("POST", "/api/v1/session/invitation", { token, ...(password && { password }) }, {});
const signIn = (email: string, password = PASSWORD): Promise<Answer> =>
  app.ask("POST", "/api/v1/session", { email, password }, {});
const cookieOf = ({ headers }: Answer): Record<string, string> => ({
  Cookie: (headers.get("set-cookie") ?? "").split(";")[0] ?? "",
  Origin: app.url,
  "Content-Type": "application/json",
});
const whoIs = (answer: Answer): Promise<Answer> =>
  app.ask("GET", "/api/v1/session", undefined, cookieOf(answer));
async function join(
  name: string,
  role = "operator",
): Promise<{ id: string; email: string; session: Answer }> {
  const { id, email, token } = await invite(name, role);
  const session = await accept(token, PASSWORD);
  expect(session.status).toBe(200);
  return { id, email, session };
}
const change = (id: string, body: unknown): Promise<Answer> => app.ask("PATCH", `/api/v1/users/${id}`, body);

describe("an invitation", () => {
  test("shows whom it is for, sets a password once, and signs in", async () => {
    const { id, email, token } = await invite("Olga");
    const shown = await accept(token);
    expect(shown.body).toEqual({
      invited: { email, name: "Olga", role: "operator", needs_totp: false },
      session: null,
    });
    expect(shown.headers.get("set-cookie")).toBeNull();
    const joined = await accept(token, PASSWORD);
    expect(joined.body.session.actor).toEqual({ id, name: "Olga", role: "operator" });
    expect((await whoIs(joined)).body.person).toMatchObject({ email, mfa: [], has_password: true });
    expect((await signIn(email.toUpperCase())).status).toBe(200);
    expect((await accept(token, PASSWORD)).body.code).toBe("invitation_ended");
  });

  test("is kept by hash alone, and ends with a newer one, with suspension and after seven days", async () => {
    const { id, token } = await invite("Rosa");
    const rows = await app.database.db.query("select * from sign_in_link");
    expect(JSON.stringify(rows)).not.toContain(token);
    const again = await app.ask("POST", `/api/v1/users/${id}/invitations`, {});
    const newer = tokenOf(again.body.invitation.url);
    expect(newer).toMatch(/^[\w-]{43}$/);
    const lastsMs = Date.parse(again.body.invitation.expires_at) - Date.now();
    expect(Math.round(lastsMs / 86_400_000)).toBe(7);
    expect((await accept(token)).status).toBe(410);
    await change(id, { state: "suspended" });
    expect((await accept(newer)).status).toBe(410);
    expect((await app.ask("POST", `/api/v1/users/${id}/invitations`, {})).body.code).toBe("person_suspended");
    expect((await change(id, { state: "active" })).body.state).toBe("invited");
    expect((await accept(newer)).status).toBe(200);
    await app.database.db.query("update sign_in_link set expires_at = now()");
    expect((await accept(newer, PASSWORD)).status).toBe(410);
  });

  test("used twice at the same time lets one in", async () => {
    const { token } = await invite("Twin");
    const answers = await Promise.all([accept(token, PASSWORD), accept(token, PASSWORD)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410]);
  });

  test("does not take a password that guessers try first", async () => {
    const { token, email } = await invite("Weak");
    for (const password of [
      "short",
      "123456789012",
      "Password 1234",
      email,
      "x".repeat(129),
      "ababababababab",
    ])
      expect([password, (await accept(token, password)).body.code]).toEqual([password, "weak_password"]);
    expect((await accept(token, PASSWORD)).status).toBe(200);
  });

  test("for an address that has an account is refused, and so is a client that is not there", async () => {
    const { email } = await invite("Once");
    const twice = await app.ask("POST", "/api/v1/users", {
      email: email.toUpperCase(),
      name: "T",
      role: "viewer",
    });
    expect([twice.status, twice.body.code]).toEqual([409, "email_taken"]);
    const of = { email: emailOf("c"), name: "C", role: "client" };
    expect((await app.ask("POST", "/api/v1/users", of)).body.code).toBe("invalid_request");
    const none = await app.ask("POST", "/api/v1/users", { ...of, client_id: "cli_none" });
    expect(none.body.code).toBe("client_not_found");
  });
});

describe("a link to set a new password", () => {
  const codeOf = (secret: string, steps: number): string =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });

  test("still asks for the code of the authenticator app, and ends the sessions of before", async () => {
    const { id, email, session } = await join("Forgetful");
    const { secret } = (await app.ask("POST", "/api/v1/session/totp", {}, cookieOf(session))).body;
    const code = codeOf(secret, 0);
    const own = await app.ask("PUT", "/api/v1/session/totp", { code }, cookieOf(session));
    const { invitation } = (await app.ask("POST", `/api/v1/users/${id}/invitations`, {})).body;
    const token = tokenOf(invitation.url);
    expect((await accept(token)).body.invited).toMatchObject({ email, needs_totp: true });
    const reset = (totp?: string): Promise<Answer> =>
      app.ask("POST", "/api/v1/session/invitation", { token, password: `${PASSWORD} two`, totp }, {});
    expect((await reset()).body.code).toBe("totp_needed");
    expect((await reset("000000")).body.code).toBe("wrong_sign_in");
    expect((await whoIs(own)).status).toBe(200);
    expect((await reset(codeOf(secret, 1))).status).toBe(200);
    expect((await whoIs(own)).status).toBe(401);
    expect((await signIn(email)).body.code).toBe("wrong_sign_in");
  });
});

describe("signing in", () => {
  test("answers the same for an unknown address, a wrong password, and somebody without a password", async () => {
    const { email } = await join("Paula");
    const { email: invited } = await invite("Newcomer");
    const answers = [
      await signIn("nobody@provider.example"),
      await signIn(email, "wrong"),
      await signIn(invited),
    ];
    for (const { status, body } of answers) {
      expect([status, body.code]).toEqual([401, "wrong_sign_in"]);
      expect({ ...body, request_id: "" }).toEqual({ ...answers[0]?.body, request_id: "" });
    }
  });

  test("in a browser that has a session ends that one", async () => {
    const { email, session } = await join("Fixa");
    const old = cookieOf(session);
    const again = await app.ask("POST", "/api/v1/session", { email, password: PASSWORD }, old);
    expect(again.status).toBe(200);
    expect((await whoIs(session)).status).toBe(401);
    expect((await whoIs(again)).status).toBe(200);
  });

  test("takes a whole kind of credential, and says so", async () => {
    const { body } = await app.ask("POST", "/api/v1/session", { email: "a@b.example" }, {});
    expect([body.code, body.detail]).toEqual([
      "invalid_request",
      expect.stringContaining("email and password"),
    ]);
  });
});

describe("an administrator", () => {
  test("lists people with their state", async () => {
    const { id, email } = await join("Listed", "support");
    const { body } = await app.ask("GET", "/api/v1/users");
    const listed = body.data.find((person: { id: string }) => person.id === id);
    expect(listed).toEqual({
      ...{ id, email, name: "Listed", role: "support", state: "active", mfa: [] },
      last_seen_at: null,
    });
  });

  test("suspends, demotes and removes people in their open sessions", async () => {
    const { id, email, session } = await join("Left", "admin");
    const own = cookieOf(session);
    await join("Stays", "admin");
    expect((await app.ask("GET", "/api/v1/users", undefined, own)).status).toBe(200);
    await change(id, { role: "viewer" });
    expect((await app.ask("GET", "/api/v1/users", undefined, own)).body.code).toBe("not_permitted");
    await change(id, { state: "suspended" });
    expect((await whoIs(session)).status).toBe(401);
    expect((await signIn(email)).body.code).toBe("wrong_sign_in");
    expect((await change(id, { state: "active" })).body.state).toBe("active");
    expect((await signIn(email)).status).toBe(200);
    expect((await app.ask("DELETE", `/api/v1/users/${id}`)).status).toBe(204);
    expect((await signIn(email)).body.code).toBe("wrong_sign_in");
    expect((await change(id, { role: "admin" })).body.code).toBe("person_not_found");
  });

  test("is the only one who may change roles, the own one too", async () => {
    const { id, session } = await join("Climber", "operator");
    const own = cookieOf(session);
    const raised = await app.ask("PATCH", `/api/v1/users/${id}`, { role: "admin" }, own);
    expect(raised.body.code).toBe("not_permitted");
    const invited = { email: emailOf("x"), name: "X", role: "admin" };
    expect((await app.ask("POST", "/api/v1/users", invited, own)).body.code).toBe("not_permitted");
  });
});

describe("somebody who is removed", () => {
  const WABA = "/api/v1/wabas/100000000000003";

  test("is on no WABA and looks after no client any more, on the record", async () => {
    const { id } = await join("Keeper");
    const [client] = await app.database.db.query<{ id: string }>("select id from client limit 1");
    const clientPath = `/api/v1/clients/${client?.id}`;
    expect((await app.ask("PATCH", WABA, { owner_id: id })).body.owner).toEqual({ id, name: "Keeper" });
    expect((await app.ask("PATCH", clientPath, { owner_id: id })).body.owner_id).toBe(id);
    await change(id, { state: "suspended" });
    expect((await app.ask("GET", WABA)).body.owner.id).toBe(id);
    expect((await app.ask("DELETE", `/api/v1/users/${id}`)).status).toBe(204);
    expect((await app.ask("GET", WABA)).body.owner).toBeNull();
    expect((await app.ask("GET", clientPath)).body.owner_id).toBeNull();
    const { body: events } = await app.ask("GET", "/api/v1/events?after=0&limit=100");
    const changes = events.data.filter(({ type }: { type: string }) => type === "waba.case.changed");
    expect(changes.length).toBe(2);
    expect(changes.at(-1).data).toMatchObject({ changed: ["owner"], waba: { owner: null } });
    const [entry] = await app.database.db.query(
      "select evidence from observation where title = 'case.changed' order by id desc limit 1",
    );
    expect(entry).toMatchObject({ evidence: { before: { owner: "Keeper" }, after: { owner: null } } });
  });

  test("at the moment of becoming an owner leaves no owner behind who is not there", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await join(`Ghost${round}`);
      const [client] = await app.database.db.query<{ id: string }>("select id from client limit 1");
      const [given, kept] = await Promise.all([
        app.ask("PATCH", WABA, { owner_id: id }),
        app.ask("PATCH", `/api/v1/clients/${client?.id}`, { owner_id: id }),
        app.ask("DELETE", `/api/v1/users/${id}`),
      ]);
      expect(
        [
          [200, 404],
          [200, 400],
        ].map((of, at) => of.includes([given, kept][at]?.status ?? 0)),
      ).toEqual([true, true]);
      const left = await app.database.db.query(
        "select 1 from asset where owner_id = $1 union all select 1 from client where owner_id = $1",
        [id],
      );
      expect(left).toEqual([]);
    }
  });
});

describe("the last administrator", () => {
  let last: TestApp;
  beforeAll(async () => {
    last = await createTestApp();
  });
  afterAll(() => last.stop());
  const admin = async (name: string): Promise<string> => {
    const { body } = await last.ask("POST", "/api/v1/users", {
      ...{ email: `${name}@provider.example`, name, role: "admin" },
    });
    const token = tokenOf(body.invitation.url);
    await last.ask("POST", "/api/v1/session/invitation", { token, password: PASSWORD }, {});
    return body.id as string;
  };

  test("stays, also when two requests remove the last two", async () => {
    const [one, two] = [await admin("One"), await admin("Two")];
    await last.ask("POST", "/api/v1/users", { email: "new@provider.example", name: "New", role: "admin" });
    const answers = await Promise.all([
      last.ask("PATCH", `/api/v1/users/${one}`, { role: "viewer" }),
      last.ask("DELETE", `/api/v1/users/${two}`),
    ]);
    const refused = answers.filter(({ body }) => body.code === "last_admin");
    expect([refused.length, refused[0]?.status]).toEqual([1, 409]);
    const { body } = await last.ask("GET", "/api/v1/users");
    const left = body.data.find(
      (user: { role: string; state: string }) => user.role === "admin" && user.state === "active",
    );
    for (const wish of [{ role: "operator" }, { state: "suspended" }])
      expect((await last.ask("PATCH", `/api/v1/users/${left.id}`, wish)).body.code).toBe("last_admin");
    expect((await last.ask("DELETE", `/api/v1/users/${left.id}`)).body.code).toBe("last_admin");
    expect((await last.ask("PATCH", `/api/v1/users/${left.id}`, { name: "Still here" })).status).toBe(200);
  });
});

test("a key in the query string lets nobody in", async () => {
  const path = `/api/v1/users?api_key=${OURS["X-API-Key"]}`;
  const { status, body } = await app.ask("GET", path, undefined, {});
  expect([status, body.code]).toEqual([400, "key_in_query"]);
});
