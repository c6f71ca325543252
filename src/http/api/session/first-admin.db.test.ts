import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestApp, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import { auditedOf, browserOf, joinPerson, PASSWORD } from "../../../../test/support/people.ts";
import { openFirstAdminLink } from "../../../access/claim-first-admin.ts";
import { insertPerson } from "../../../access/person-store.ts";
import { systemClock } from "../../../lib/clock.ts";
import { systemRandom } from "../../../lib/random.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.stop());
beforeEach(async () => {
  await app.database.db.query("delete from person");
  await app.database.db.query("delete from sign_in_link");
});

/** As each start does it. */
const openLink = (): Promise<string | null> =>
  openFirstAdminLink({ db: app.database.db, clock: systemClock, random: systemRandom });
const claim = (token: string | null, wish: object = {}): Promise<Answer> =>
  app.ask(
    "POST",
    "/api/v1/session/first-admin",
    { token, name: "Ada", email: "ada@provider.example", password: PASSWORD, ...wish },
    {},
  );
const insertAdmin = (state: "active" | "invited" | "suspended"): Promise<void> =>
  insertPerson(app.database.db, {
    ...{ id: "usr_eve", email: "eve@provider.example", name: "Eve", role: "admin", clientId: null },
    ...{ state, createdAt: 0 },
  });
const countOf = async (table: "person" | "sign_in_link"): Promise<number> =>
  (await app.database.db.query(`select 1 from ${table}`)).length;

test("the link makes the first administrator, once, and signs in", async () => {
  const token = await openLink();
  const made = await claim(token);
  expect([made.status, made.body.actor.role]).toEqual([200, "admin"]);
  const people = await app.ask("GET", "/api/v1/users", undefined, browserOf(app, made));
  expect(people.body.data).toMatchObject([{ email: "ada@provider.example", state: "active" }]);
  const again = await claim(token, { email: "second@provider.example" });
  expect([again.status, again.body.code]).toEqual([410, "invitation_ended"]);
  expect(await countOf("person")).toBe(1);
  expect(await auditedOf(app, "person.first_admin_made", made.body.actor.id)).toEqual(["done"]);
});

test("the link is kept by its hash alone, and is in no log and no audit line", async () => {
  const token = (await openLink()) ?? "";
  await claim(token);
  const { db } = app.database;
  const kept = JSON.stringify([
    await db.query("select * from sign_in_link"),
    await db.query("select * from audit"),
  ]);
  expect(kept + app.logged()).not.toContain(token);
  expect(kept).not.toContain(PASSWORD);
});

test("a link ends after a day, and with the next start", async () => {
  const first = await openLink();
  const second = await openLink();
  expect((await claim(first)).body.code).toBe("invitation_ended");
  const [link] = await app.database.db.query<{ expires_at: Date; created_at: Date }>(
    "select * from sign_in_link",
  );
  expect((link?.expires_at.getTime() ?? 0) - (link?.created_at.getTime() ?? 0)).toBe(24 * 3_600_000);
  await app.database.db.query("update sign_in_link set expires_at = now()");
  expect((await claim(second)).body.code).toBe("invitation_ended");
  expect(await countOf("person")).toBe(0);
});

test.each(["made up", "x".repeat(43)])("the token %j opens nothing", async (token) => {
  await openLink();
  expect((await claim(token)).body.code).toBe("invitation_ended");
});

test("no link is made once an administrator can sign in, by whichever way", async () => {
  await joinPerson(app, "Boss", "admin");
  expect([await openLink(), await countOf("sign_in_link")]).toEqual([null, 1]);
  const { db } = app.database;
  await db.query("update person set password_hash = null");
  expect(await openLink()).not.toBeNull();
  await db.query("update person set oidc_issuer = 'https://id.example', oidc_subject = 's'");
  expect(await openLink()).toBeNull();
});

test.each(["invited", "suspended"] as const)("an administrator who is %s is none yet", async (state) => {
  await insertAdmin(state);
  const token = await openLink();
  expect((await claim(token)).status).toBe(200);
});

test("an open link ends when an administrator comes in by an invitation", async () => {
  const token = await openLink();
  await joinPerson(app, "Faster", "admin");
  expect((await claim(token)).body.code).toBe("invitation_ended");
  expect(await countOf("person")).toBe(1);
});

test("two who use the link at once become one administrator", async () => {
  const token = await openLink();
  const answers = await Promise.all(
    ["one", "two"].map((name) => claim(token, { email: `${name}@provider.example` })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 410]);
  expect(await countOf("person")).toBe(1);
});

test("a weak password, or an address that is taken, leaves the link usable", async () => {
  const token = await openLink();
  expect((await claim(token, { password: "short" })).body.code).toBe("weak_password");
  await insertAdmin("invited");
  const taken = await claim(token, { email: "EVE@provider.example" });
  expect([taken.status, taken.body.code]).toEqual([409, "email_taken"]);
  expect((await claim(token)).status).toBe(200);
});
