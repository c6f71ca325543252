/**
 * Webhook health and the probe budget as people read them: since when, what was repaired, what is left of
 * Meta's limits.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const APP = "600000000000001";
const LINDEN = "100000000000008";
const COPPER = "100000000000009";
const THROTTLED = { status: 400, error: { message: "too many calls", type: "OAuthException", code: 4 } };
const SWEEP_MS = 16_000;

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox();
});
afterAll(() => app?.stop());

const bodyOf = async (path: string) => (await app.api("GET", path)).body;
const connection = async () => (await bodyOf("/connections")).data[0];
const watchOf = (wabaId: string) => bodyOf(`/wabas/${wabaId}/probe-schedule`);

/** The newest repair of a WABA: at the start, the app's own subscription may have been repaired too. */
const repairOf = async (wabaId: string) =>
  (await bodyOf("/repairs")).data.find(({ waba }: { waba: { id: string } | null }) => waba?.id === wabaId);

/** Time passes at each try until what is asked for is there. */
const inTime = async <T>(what: string, find: () => Promise<T | undefined>): Promise<T> =>
  (
    await until(what, async () => {
      const found = await find();
      if (found === undefined) await app.advance(SWEEP_MS);
      return found;
    })
  ).value;

describe("a subscription that is dropped", () => {
  test("is repaired, listed with its WABA, and shown on the WABA itself", async () => {
    expect((await watchOf(LINDEN)).subscription).toMatchObject({ status: "True", repaired_at: null });
    await app.act("subscription.drop", { waba_id: LINDEN });
    const repair = await inTime("the repair", () => repairOf(LINDEN));
    expect(repair).toMatchObject({
      what: "subscription.repaired",
      outcome: "repaired",
      title: "Subscribed our app to the WABA's webhooks again",
      waba: { id: LINDEN },
    });
    expect((await watchOf(LINDEN)).subscription).toMatchObject({ status: "True", repaired_at: repair.at });
  });

  test("without permission to repair, is counted on its connection until it is repaired", async () => {
    expect((await connection()).unsubscribed).toEqual({ count: 0, wabas: [] });
    await app.api("PATCH", `/wabas/${LINDEN}`, { mode: "observe" });
    await app.act("subscription.drop", { waba_id: LINDEN });
    const unsubscribed = await inTime("it is missed", async () => {
      const found = (await connection()).unsubscribed;
      return found.count > 0 ? found : undefined;
    });
    expect(unsubscribed).toMatchObject({ count: 1, wabas: [{ id: LINDEN }] });
    expect((await watchOf(LINDEN)).mode).toEqual({ name: "observe", from: "waba" });
    await app.api("PATCH", `/wabas/${LINDEN}`, { mode: null });
    await inTime("it is heard", async () =>
      (await connection()).unsubscribed.count === 0 ? true : undefined,
    );
  });

  test("of the app is in the same list, page by page, and the check shows since when webhooks arrive", async () => {
    const query = new URLSearchParams({ access_token: `${APP}|sandbox-app-secret` });
    await fetch(`${app.emulatorUrl()}/v25.0/${APP}/subscriptions?${query.toString()}`, { method: "DELETE" });
    const repair = await inTime("the app's repair", async () => {
      await app.advance(301_000);
      const [newest] = (await bodyOf("/repairs?limit=1")).data;
      return newest?.what === "app_subscription.repaired" ? newest : undefined;
    });
    expect(repair).toMatchObject({ detail: "It was not subscribed to any webhooks.", waba: null });
    const webhookCheck = (await connection()).webhook_checks.find(
      ({ check }: { check: string }) => check === "app_subscription",
    );
    expect([webhookCheck.since, webhookCheck.repaired_at]).toEqual([repair.at, repair.at]);
    expect(webhookCheck.sentence).toBe(`Meta's webhooks are sent to ${app.url()}/webhooks/meta.`);
    const all = (await bodyOf("/repairs")).data;
    const first = await bodyOf("/repairs?limit=1");
    const rest = await bodyOf(`/repairs?cursor=${first.next_cursor}`);
    expect([...first.data, ...rest.data]).toEqual(all);
    expect((await app.api("GET", "/repairs?cursor=WyJyZXBhaXJzIiwieCIsInkiXQ")).status).toBe(400);
  });

  test("an unchanged check keeps its since, however often it runs", async () => {
    const callbackOf = async () =>
      (await connection()).webhook_checks.find(({ check }: { check: string }) => check === "callback");
    const before = await callbackOf();
    const after = await inTime("a later check", async () => {
      const webhookCheck = await callbackOf();
      if (webhookCheck.at > before.at) return webhookCheck;
      await app.advance(301_000);
      return undefined;
    });
    expect([after.ok, after.since]).toEqual([true, before.since]);
  });
});

test("the plan shows how often a WABA is probed, what that guarantees, and when this one is next", async () => {
  const plan = await bodyOf("/probe-plan");
  expect(plan.sweep_period_s).toBe(15);
  expect(plan.situations.at(-1)).toEqual({ when: "stable", every_s: 15 });
  expect(plan.promises.find(({ loss }: { loss: string }) => loss === "silent removal").within_s).toBe(45);
  const watch = await watchOf(COPPER);
  expect(watch).toMatchObject({
    partner_model: { name: "portfolio_share" },
    sends_with: "system_user",
    mode: { name: "enforce", from: "connection" },
    next_probe: { every_s: 15 },
  });
  expect(plan.situations.map(({ when }: { when: string }) => when)).toContain(watch.next_probe.situation);
  await app.api("POST", `/wabas/${COPPER}/offboard`, {});
  expect((await watchOf(COPPER)).next_probe).toBeNull();
  expect((await app.api("GET", "/wabas/999999999999999/probe-schedule")).status).toBe(404);
});

test("the budget names what Meta allows, what is kept for urgent probes, and an app that Meta has throttled", async () => {
  const budget = await bodyOf("/probe-budget");
  expect(budget.limits[0]).toEqual({
    hourly: 5000,
    used_at_most: 4500,
    at_once: 1125,
    flowing_in: 3375,
    for_sweep: 675,
  });
  expect(budget.apps[0]).toMatchObject({ app_id: APP, closed_until: null });
  await app.fault({ match: {}, respond: THROTTLED });
  const limits = await inTime("the back-off", async () => {
    const [reported] = (await bodyOf("/probe-budget")).apps;
    return reported.closed_until === null ? undefined : reported;
  });
  expect(limits.refusals).toBeGreaterThan(0);
  await app.clearFaults();
});
