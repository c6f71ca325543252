import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startHarness } from "../../../test/wire/emulator-harness.ts";
import type { Harness } from "../../../test/wire/emulator-harness.ts";

const FLORIST = "100000000000001";

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  await harness.control("POST", "/clock", { mode: "frozen", now: "2026-11-22T12:00:00Z" });
});
afterEach(() => harness.stop());

const advance = (ms: number): Promise<unknown> => harness.control("POST", "/clock", { advance_ms: ms });

describe("repetition", () => {
  test("after 1, 2 and 4 s by this world's clock, until a 200; the body stays the same", async () => {
    harness.receiver.answers.push(500, 202, 204);
    await harness.act("partner.remove", { waba_id: FLORIST });
    await harness.delivered(1);
    await advance(60_000);
    const seen = await harness.deliveries();
    expect(seen.map(({ attempt, status, at }) => [attempt, status, at.slice(11, 19)])).toEqual([
      [1, 500, "12:00:00"],
      [2, 202, "12:00:01"],
      [3, 204, "12:00:03"],
      [4, 200, "12:00:07"],
    ]);
    expect(new Set(seen.map((each) => each.body)).size).toBe(1);
  });

  test("grows to hourly and ends after 36 hours", async () => {
    harness.receiver.answers.push(...Array.from({ length: 100 }, () => 500));
    await harness.act("partner.remove", { waba_id: FLORIST });
    await harness.delivered(1);
    await advance(48 * 3_600_000);
    const times = (await harness.deliveries()).map((each) => Date.parse(each.at));
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBe(3_600_000);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(36 * 3_600_000);
    expect((await harness.control("GET", "/state")).body.webhooks_under_way).toEqual([]);
  });
});

test("a status goes to the WABA's override; account_update never does", async () => {
  const override = { override_callback_uri: `${harness.receiver.url}?override=1`, verify_token: "t" };
  await harness.graph("POST", `/v25.0/${FLORIST}/subscribed_apps`, { body: override });
  await harness.send("200000000000001");
  await harness.delivered(2);
  await harness.act("waba.disable", { waba_id: FLORIST });
  const urls = (await harness.delivered(3)).map((each) => each.url);
  expect(urls).toEqual([
    override.override_callback_uri,
    override.override_callback_uri,
    harness.receiver.url,
  ]);
});

test("an account event needs the WABA's subscription, a partner event does not", async () => {
  await harness.act("subscription.drop", { waba_id: FLORIST });
  expect((await harness.act("waba.disable", { waba_id: FLORIST })).body.webhooks).toEqual([]);
  expect((await harness.act("partner.remove", { waba_id: FLORIST })).body.webhooks).toEqual(["wh_1"]);
});

test("any webhook can be sent, correctly signed, with its own time and envelope", async () => {
  const answer = await harness.control("POST", "/webhooks", {
    field: "account_update",
    value: { event: "SOMETHING_NEW" },
    entry_id: "42",
    time: 1743451903,
  });
  expect(answer.body).toEqual({ ok: true, webhooks: ["wh_1"] });
  const [delivery] = await harness.delivered(1);
  expect(JSON.parse(delivery?.body ?? "").entry).toEqual([
    { id: "42", time: 1743451903, changes: [{ value: { event: "SOMETHING_NEW" }, field: "account_update" }] },
  ]);
});
