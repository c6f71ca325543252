import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openAlertDesk, type AlertDesk } from "../../../test/support/open-alert-desk.ts";
import type { Attempt } from "../../delivery/open-webhook-wire.ts";

const MINUTE = 60_000;

let desk: AlertDesk;
beforeAll(async () => {
  desk = await openAlertDesk();
});
afterAll(() => desk.stop());
beforeEach(() => desk.clear());

/** An answer that the test gives when it likes. */
function held(): { promise: Promise<Partial<Attempt>>; give(answer: Partial<Attempt>): void } {
  const { promise, resolve } = Promise.withResolvers<Partial<Attempt>>();
  return { promise, give: resolve };
}

describe("a message", () => {
  test("is sent once, and its log says to whom and that it arrived", async () => {
    await desk.plan("ntf_a", await desk.channel("chn_channel_of_the_test"));
    await desk.turn();
    await desk.turn();
    expect(desk.titles()).toEqual(["ntf_a"]);
    expect(await desk.kept("ntf_a")).toMatchObject({
      ...{
        state: "sent",
        detail: "Slack took the message.",
        recipient: "chn_channel_of_the_test (hooks.slack.com, …test)",
      },
      ...{ attempt_count: 1, next_attempt_at: null, ended_at: new Date(desk.now) },
    });
  });

  test("that is not due yet waits, and the turn says until when", async () => {
    await desk.plan("ntf_a", await desk.channel("chn_a"), "opened", { plannedAt: desk.now + MINUTE });
    expect(await desk.turn()).toBe(desk.now + MINUTE);
    expect(desk.sent).toEqual([]);
    desk.now += MINUTE;
    await desk.turn();
    expect(desk.sent).toHaveLength(1);
  });

  test("that fails comes again at growing gaps, and after an hour it is given up with its reason", async () => {
    desk.answer = () => Promise.resolve(desk.of(503, "busy"));
    await desk.plan("ntf_a", await desk.channel("chn_a"));
    const began = desk.now;
    const waits: number[] = [];
    for (;;) {
      await desk.turn();
      const { state, next_attempt_at: next } = await desk.kept("ntf_a");
      if (state !== "pending" || next === null) break;
      waits.push(next.getTime() - desk.now);
      desk.now = next.getTime();
    }
    expect(waits).toHaveLength(8);
    expect(waits.toSorted((left, right) => left - right)).toEqual(waits);
    expect(desk.now - began).toBeGreaterThan(60 * MINUTE);
    expect(desk.now - began).toBeLessThan(90 * MINUTE);
    expect(await desk.kept("ntf_a")).toMatchObject({
      ...{ state: "failed", attempt_count: 9 },
      detail: "Slack answered 503: busy. Given up after 9 attempts.",
    });
  });

  test("waits as long as the receiver asks with Retry-After", async () => {
    desk.answer = () => Promise.resolve(desk.of(429, "rate_limited", { "retry-after": "120" }));
    await desk.plan("ntf_a", await desk.channel("chn_a"));
    await desk.turn();
    expect((await desk.kept("ntf_a")).next_attempt_at).toEqual(new Date(desk.now + 2 * MINUTE));
  });

  test("that is refused for good is not repeated", async () => {
    desk.answer = () => Promise.resolve(desk.of(410, "channel_is_archived"));
    await desk.plan("ntf_a", await desk.channel("chn_a"));
    await desk.turn();
    expect(await desk.kept("ntf_a")).toMatchObject({
      ...{ state: "failed", next_attempt_at: null },
      detail: expect.stringContaining("channel_is_archived"),
    });
  });

  test("for a channel that is paused or gone is dropped, and says so", async () => {
    await desk.plan("ntf_a", await desk.channel("chn_a"));
    await desk.plan("ntf_b", "chn_gone");
    await desk.db.query("update alert_channel set state = 'paused'");
    await desk.turn();
    expect(desk.sent).toEqual([]);
    expect(await desk.kept("ntf_a")).toMatchObject({ state: "dropped", detail: "The channel was paused." });
    expect(await desk.kept("ntf_b")).toMatchObject({ state: "dropped", detail: "The channel was deleted." });
  });

  test("for a channel that no key opens is tried again, and says so", async () => {
    await desk.plan("ntf_a", await desk.channel("chn_a"));
    await desk.db.query("update alert_channel set sealed = '\\x00'");
    await desk.turn();
    expect(await desk.kept("ntf_a")).toMatchObject({
      ...{ state: "pending", recipient: "planned" },
      detail: expect.stringContaining("No key opens"),
    });
  });
});

describe("the messages about one alert", () => {
  test("never overtake one another", async () => {
    const first = held();
    desk.answer = () => first.promise;
    await desk.plan("ntf_z", await desk.channel("chn_a"), "opened");
    await desk.sender.turn();
    await desk.plan("ntf_a", "chn_a", "resolved");
    desk.answer = () => Promise.resolve(desk.of(200, "ok"));
    await desk.sender.turn();
    expect(desk.sent).toHaveLength(1);
    first.give(desk.of(200, "ok"));
    await desk.sender.drain();
    await desk.turn();
    expect(desk.titles()).toEqual(["ntf_z", "Resolved: ntf_a"]);
  });

  test("that an outage of the channel held back arrive as one, the newest", async () => {
    desk.answer = () => Promise.resolve(desk.of(503, ""));
    await desk.plan("ntf_c", await desk.channel("chn_a"), "opened");
    await desk.turn();
    await desk.plan("ntf_b", "chn_a", "grew", { plannedAt: desk.now + 1 });
    await desk.plan("ntf_a", "chn_a", "resolved", { plannedAt: desk.now + 2 });
    await desk.plan("ntf_other", "chn_a", "opened", { alertId: "alr_two", plannedAt: desk.now + 3 });
    desk.answer = () => Promise.resolve(desk.of(200, "ok"));
    desk.now += 2 * MINUTE;
    desk.sent = [];
    await desk.turn();
    await desk.turn();
    expect(desk.titles()).toEqual(["Resolved: ntf_a", "ntf_other"]);
    for (const id of ["ntf_b", "ntf_c"])
      expect(await desk.kept(id)).toMatchObject({
        state: "dropped",
        detail: "A newer message about this alert takes its place.",
      });
  });

  test("of one instant: what ends it comes last", async () => {
    await desk.plan("ntf_b", await desk.channel("chn_a"), "opened");
    await desk.plan("ntf_a", "chn_a", "resolved");
    await desk.turn();
    expect(desk.titles()).toEqual(["Resolved: ntf_a"]);
    expect(await desk.kept("ntf_b")).toMatchObject({ state: "dropped" });
  });

  test("wait for a newer one that is not due yet", async () => {
    await desk.plan("ntf_a", await desk.channel("chn_a"), "opened");
    await desk.plan("ntf_b", "chn_a", "repeated", { plannedAt: desk.now + MINUTE });
    await desk.turn();
    expect(desk.titles()).toEqual(["ntf_a"]);
  });
});

describe("a channel", () => {
  test("that fails says since when and why, and no longer once it works", async () => {
    const began = desk.now;
    desk.answer = () => Promise.resolve(desk.of(500, ""));
    await desk.plan("ntf_a", await desk.channel("chn_a"));
    await desk.turn();
    desk.now += MINUTE;
    await desk.turn();
    expect(await desk.health("chn_a")).toMatchObject({
      failingSince: began,
      lastFailure: "Slack answered 500.",
    });
    desk.answer = () => Promise.resolve(desk.of(200, "ok"));
    desk.now += 30 * MINUTE;
    await desk.turn();
    expect(await desk.health("chn_a")).toMatchObject({ failingSince: null, lastFailure: null });
  });

  test("that hangs holds up no other, and has no more than two places", async () => {
    const hanging = held();
    desk.answer = ({ url }) => (url.endsWith("slow") ? hanging.promise : Promise.resolve(desk.of(200, "ok")));
    await desk.channel("slow");
    await desk.channel("quick");
    for (let n = 0; n < 4; n += 1) {
      await desk.plan(`ntf_slow_${n}`, "slow", "opened", { alertId: `alr_${n}` });
      await desk.plan(`ntf_quick_${n}`, "quick", "opened", { alertId: `alr_${n}` });
    }
    await desk.sender.turn();
    await expect.poll(async () => (await desk.kept("ntf_quick_1")).state).toBe("sent");
    await desk.sender.turn();
    await expect.poll(async () => (await desk.kept("ntf_quick_3")).state).toBe("sent");
    expect(desk.sent.filter(({ url }) => url.endsWith("slow"))).toHaveLength(2);
    hanging.give(desk.of(200, "ok"));
    await desk.sender.drain();
  });
});

describe("an instance", () => {
  test("leaves alone what another one sends", async () => {
    const first = held();
    desk.answer = () => first.promise;
    await desk.plan("ntf_a", await desk.channel("chn_a"));
    const other = desk.makeSender();
    await Promise.all([desk.sender.turn(), other.turn()]);
    first.give(desk.of(200, "ok"));
    await Promise.all([desk.sender.drain(), other.drain()]);
    await desk.turn(other);
    expect(desk.titles()).toEqual(["ntf_a"]);
  });

  test("sends what one that died had decided, and what it had begun after the lease, under the same id", async () => {
    const url = "https://receiver.example.com/alerts";
    await desk.channel("chn_a", { type: "webhook", settings: { url } });
    await desk.plan("ntf_a", "chn_a");
    const never = held();
    desk.answer = () => never.promise;
    const dead = desk.makeSender();
    await dead.turn();
    desk.answer = () => Promise.resolve(desk.of(200, ""));
    await desk.turn();
    expect(desk.sent).toHaveLength(1);
    desk.now += MINUTE;
    await desk.turn();
    expect(desk.sent.map(({ headers }) => headers["webhook-id"])).toEqual(["ntf_a", "ntf_a"]);
    expect(await desk.kept("ntf_a")).toMatchObject({ state: "sent" });
    // Its answer comes too late to change anything.
    never.give(desk.of(500, ""));
    await dead.drain();
    expect(await desk.health("chn_a")).toMatchObject({ failingSince: null });
    expect(await desk.kept("ntf_a")).toMatchObject({ state: "sent", attempt_count: 1 });
  });
});
