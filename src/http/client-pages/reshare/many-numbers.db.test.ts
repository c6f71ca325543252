import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";

const WABA = "100000000000901";
const COUNT = 12;
const T1 = "Please contact support. Something is preventing this number from working";

let app: TestApp;
beforeAll(async () => {
  const numbers = Array.from({ length: COUNT }, (_, index) => ({
    id: String(200_000_000_000_901 + index),
    display_phone_number: `+49 30 1234 ${String(index).padStart(3, "0")}`,
  }));
  const wabas = [{ id: WABA, kind: "platform" as const, numbers }];
  const clients = [{ business_id: "510000000000901", name: "Twelve Lines", wabas }];
  app = await createTestApp({}, { clients, losses: [] });
  await app.emulator.act({ action: "partner.remove", waba_id: WABA, silent: true });
});
afterAll(() => app.stop());

test("P17: T1 is on each of twelve numbers, the recovery appears once, and the client reads the count", async () => {
  const { body } = await app.ask("POST", `/api/v1/wabas/${WABA}/check`, {});
  expect(body.status).toBe("permission_removed");
  expect(body.recovery.methods.length).toBeGreaterThan(0);
  expect(body.numbers).toHaveLength(COUNT);
  for (const number of body.numbers)
    expect(number).toMatchObject({ hub_error: T1, can_send: false, recovery: null });
  const link = await app.ask("POST", `/api/v1/wabas/${WABA}/reshare-links`, {});
  const page = await app.ask("GET", new URL(link.body.url).pathname, undefined, { Accept: "text/html" });
  const lead = /<p class="lead">(.*?)<\/p>/s.exec(String(page.body))?.[1] ?? "";
  expect(lead).toContain("all 12 numbers of this account");
  expect(lead).not.toContain("+49");
});
