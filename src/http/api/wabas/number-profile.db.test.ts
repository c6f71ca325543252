/** User finding P21: a number's profile carries the instant of its last reading. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";

const WABA = "100000000000004";
const NUMBER = "200000000000005";

let app: TestApp;
const clock = async (body: object): Promise<void> => {
  const headers = { "Content-Type": "application/json" };
  const sent = { method: "POST", headers, body: JSON.stringify(body) };
  expect((await fetch(`${app.emulator.url}/_emulator/clock`, sent)).status).toBe(200);
};
beforeAll(async () => {
  app = await createTestApp();
  await clock({ mode: "frozen" });
});
afterAll(() => app.stop());

const check = () => app.ask("POST", `/api/v1/wabas/${WABA}/check`);
const number = async () => (await app.ask("GET", `/api/v1/numbers/${NUMBER}`)).body;
const now = (): string => new Date(app.deps.clock.now()).toISOString();

test("user finding P21: the profile of a lost number keeps the instant of its last reading", async () => {
  await check();
  const readAt = now();
  expect(await number()).toMatchObject({ profile_read_at: readAt, profile: { status: "CONNECTED" } });
  await app.emulator.act({ action: "partner.remove", waba_id: WABA, silent: true });
  await clock({ advance_ms: 3_600_000 });
  await check();
  const lost = await number();
  expect(lost).toMatchObject({ can_send: false, profile_read_at: readAt, profile: { status: "CONNECTED" } });
  expect(now() > readAt).toBe(true);
});
