import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, OURS, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import { joinPerson, PASSWORD } from "../../../../test/support/people.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ TRUSTED_PROXIES: "127.0.0.1" });
});
afterAll(() => app?.stop());

const signIn = (email: string, password: string, from: string): Promise<Answer> =>
  app.ask("POST", "/api/v1/session", { email, password }, { "X-Forwarded-For": from });

test("S6: the eleventh wrong password of an address must wait, the right one too; metric, log and audit say so", async () => {
  const { email } = await joinPerson(app, "Olga");
  const codes = [];
  for (let n = 0; n < 12; n += 1) codes.push((await signIn(email, `guess-${n}`, "203.0.113.9")).body.code);
  expect(codes).toEqual([...Array(10).fill("wrong_sign_in"), ...Array(2).fill("too_many_sign_ins")]);
  const waiting = await signIn(email, PASSWORD, "203.0.113.9");
  expect([waiting.status, waiting.headers.get("retry-after")]).toEqual([429, "10"]);
  const metrics = await (await fetch(`${app.url}/metrics`, { headers: OURS })).text();
  expect(metrics).toContain('sharekeeper_auth_failures_total{entry_point="sign_in"} 10');
  expect(
    app
      .logged()
      .split("\n")
      .filter((line) => line.includes("wrong sign-in")),
  ).toHaveLength(1);
  const lines = await app.database.db.query(
    `select actor, address, problem, count(*)::int, min(detail ->> 'email') as email from audit
     where action = 'session.opened' and outcome = 'refused' group by 1, 2, 3 order by 3 desc`,
  );
  const who = { actor: "anyone", address: "203.0.113.9", email };
  expect(lines).toEqual([
    { ...who, problem: "wrong_sign_in", count: 10 },
    { ...who, problem: "too_many_sign_ins", count: 3 },
  ]);
  const audited = JSON.stringify(await app.database.db.query("select * from audit"));
  for (const text of ["guess-", PASSWORD]) expect(audited + app.logged()).not.toContain(text);
});

test("an account that is guessed from many addresses waits, but for its owner's own network", async () => {
  const { email } = await joinPerson(app, "Paula");
  expect((await signIn(email, PASSWORD, "198.51.100.200")).status).toBe(200);
  for (let n = 0; n < 10; n += 1)
    expect((await signIn(email, "guess", `198.51.100.${n + 1}`)).body.code).toBe("wrong_sign_in");
  expect((await signIn(email, PASSWORD, "198.51.100.99")).body.code).toBe("too_many_sign_ins");
  expect((await signIn(email, PASSWORD, "198.51.100.200")).status).toBe(200);
  const { email: other } = await joinPerson(app, "Quinn");
  expect((await signIn(other, PASSWORD, "198.51.100.99")).status).toBe(200);
});
