import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startHarness } from "../../../test/wire/emulator-harness.ts";
import type { Answer, Harness } from "../../../test/wire/emulator-harness.ts";

const BAKERY = "100000000000003";
const BAKERY_NUMBER = "200000000000004";
const FLORIST = "100000000000001";
const DAY_MS = 86_400_000;

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(async () => {
  await harness.control("POST", "/reset");
  await harness.control("POST", "/clock", { mode: "frozen", now: "2026-11-22T12:00:00Z" });
});
afterAll(() => harness.stop());

const advance = (ms: number): Promise<Answer> => harness.control("POST", "/clock", { advance_ms: ms });
const open = (): Promise<Answer> => harness.act("coexistence.open_app", { waba_id: BAKERY });
const values = async (): Promise<{ event: string; disconnection_info?: object; waba_info?: object }[]> =>
  (await harness.deliveries())
    .map(({ body }) => JSON.parse(body).entry[0])
    .filter((entry) => JSON.stringify(entry).includes(BAKERY))
    .map((entry) => entry.changes[0].value);
const companion = async (): Promise<string> =>
  (await harness.control("GET", "/state")).body.numbers.find(
    (each: { id: string }) => each.id === BAKERY_NUMBER,
  ).app.companion;

test("14 days without opening the app end the link, and not a moment before", async () => {
  await advance(14 * DAY_MS - 1);
  expect(await values()).toEqual([]);
  await advance(1);
  expect((await values()).map((value) => value.disconnection_info)).toEqual([
    { reason: "PRIMARY_INACTIVITY", initiated_by: "SYSTEM" },
  ]);
  expect((await harness.graph("GET", `/${BAKERY}`)).status).toBe(400);
});

test("opening the app begins the 14 days anew; after 30 without a message the companion ends", async () => {
  for (const days of [13, 13]) {
    await advance(days * DAY_MS);
    await open();
  }
  expect(await companion()).toBe("linked");
  await advance(4 * DAY_MS);
  expect((await values()).map((value) => value.disconnection_info)).toEqual([
    { reason: "COMPANION_INACTIVITY", initiated_by: "SYSTEM" },
  ]);
});

test("a message keeps the companion", async () => {
  await advance(13 * DAY_MS);
  await open();
  expect((await harness.send(BAKERY_NUMBER)).status).toBe(200);
  await advance(13 * DAY_MS);
  await open();
  await advance(10 * DAY_MS);
  expect(await companion()).toBe("linked");
});

test("the knob keeps every link; platform accounts never lose theirs", async () => {
  await harness.control("POST", "/knobs", { coexistence_inactivity: false });
  await advance(100 * DAY_MS);
  expect(await companion()).toBe("linked");
  expect((await harness.graph("GET", `/${FLORIST}`)).status).toBe(200);
});

test("time that runs by itself counts as use, also when the clock is set far ahead", async () => {
  await harness.control("POST", "/clock", { mode: "frozen", now: "2031-01-01T00:00:00Z" });
  await advance(13 * DAY_MS);
  expect(await companion()).toBe("linked");
});

test("an offboarded companion comes back when the time has come, unless another provider took over meanwhile", async () => {
  await harness.act("coexistence.offboard", { waba_id: BAKERY, reconnect_in_ms: 60_000 });
  await advance(59_999);
  expect(await companion()).toBe("offboarded");
  await advance(1);
  expect(await companion()).toBe("linked");
  expect((await values()).map((value) => value.event)).toEqual(["ACCOUNT_OFFBOARDED", "ACCOUNT_RECONNECTED"]);

  await harness.act("coexistence.offboard", { waba_id: BAKERY, reconnect_in_ms: 60_000 });
  await harness.act("partner.takeover", { waba_id: BAKERY });
  await advance(120_000);
  expect(await companion()).toBe("unlinked");
  expect((await harness.act("coexistence.reconnect", { waba_id: BAKERY })).status).toBe(409);
  expect((await values()).at(-1)?.event).toBe("PARTNER_REMOVED");
});

test("the minutes of a reconnection can be a knob", async () => {
  await harness.control("POST", "/knobs", { reconnect_after_minutes: 5 });
  await harness.act("coexistence.offboard", { waba_id: BAKERY });
  await advance(5 * 60_000);
  expect(await companion()).toBe("linked");
});
