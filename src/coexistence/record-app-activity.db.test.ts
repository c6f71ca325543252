import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../test/support/create-test-app.ts";
import { recordObservation, SYSTEM } from "../sharing/record/record-observation.ts";
import { DAY } from "../sharing/model/timings.ts";
import { findAppActivities } from "./app-activity-store.ts";
import type { AppActivity } from "./app-activity.ts";
import { openMissingAppActivity } from "./open-missing-activity.ts";
import { raiseActivityReminders } from "./raise-activity-reminders.ts";
import { recordEchoes } from "./record-echoes.ts";

/** Harbor Bakery: one number, in the app. The tests run in order, and time continues from one to the next. */
const WABA = "100000000000003";
const NUMBER = "200000000000004";
const PLATFORM_NUMBER = "200000000000001";

let app: TestApp;
let assetId: string;
beforeAll(async () => {
  app = await createTestApp();
  await app.ask("POST", `/api/v1/wabas/${WABA}/check`, {});
  const [row] = await app.deps.db.query<{ owner_id: string }>(
    "select owner_id from meta_id where meta_id = $1",
    [WABA],
  );
  assetId = row?.owner_id ?? "";
  await clock({ mode: "frozen" });
});
afterAll(() => app.stop());

async function clock(order: object): Promise<void> {
  const body = JSON.stringify(order);
  await fetch(`${app.emulator.url}/_emulator/clock`, { method: "POST", body });
}

const advance = (ms: number): Promise<void> => clock({ advance_ms: ms });

/** On the phone itself: Meta's emulator disconnects an app that nobody opens for 14 days. */
const openApp = (): Promise<unknown> =>
  app.emulator.act({ action: "coexistence.open_app", phone_number_id: NUMBER });

async function known(): Promise<AppActivity> {
  const [appActivity] = await findAppActivities(app.deps.db, [assetId]);
  if (appActivity === undefined) throw new Error("The number is not counted");
  return appActivity;
}

async function ofNumber(number = NUMBER): Promise<{ state: string; confirmed_by: string | null } | null> {
  return (await app.ask("GET", `/api/v1/numbers/${number}`)).body.app_activity;
}

/** The journal's events about app activity, oldest first. */
async function reported(): Promise<string[]> {
  const rows = await app.deps.db.query<{ type: string }>(
    "select type from journal where type like 'coexistence.app_activity.%' and asset_id = $1 order by seq",
    [assetId],
  );
  return rows.map(({ type }) => type.replace("coexistence.app_activity.", ""));
}

/** WABAs that the list returns for these states. */
async function listed(states: string): Promise<string[]> {
  const { body } = await app.ask("GET", `/api/v1/wabas?app_activity=${states}`);
  return body.data.map((waba: { id: string }) => waba.id);
}

/** Two instances at once, as several may run. */
const raise = (): Promise<unknown> =>
  Promise.all([raiseActivityReminders(app.deps), raiseActivityReminders(app.deps)]);

describe("nobody has reported when the app was opened", () => {
  test("a number of the app counts from when we learnt that it is one; a platform number does not", async () => {
    expect(await ofNumber()).toMatchObject({ state: "fresh", confirmed_at: null, confirmed_by: null });
    expect(await ofNumber(PLATFORM_NUMBER)).toBeNull();
    expect(await listed("fresh")).toContain(WABA);
    expect(await listed("due_soon,overdue")).toEqual([]);
  });

  test("due soon, then overdue: each announced once, by whichever instance", async () => {
    await advance(11 * DAY);
    await raise();
    await raise();
    expect(await reported()).toEqual(["due_soon"]);
    expect(await listed("due_soon")).toContain(WABA);
    await advance(2 * DAY);
    expect((await ofNumber())?.state).toBe("overdue");
    await raise();
    expect(await listed("overdue")).toContain(WABA);
    await raise();
    expect(await reported()).toEqual(["due_soon", "overdue"]);
  });

  test("the timeline says it in sentences", async () => {
    const { body } = await app.ask("GET", `/api/v1/wabas/${WABA}/timeline?limit=100`);
    const titles = body.data.map((entry: { title: string }) => entry.title);
    expect(titles).toContain("The WhatsApp Business app should be opened soon");
    expect(titles).toContain("The WhatsApp Business app has not been opened for 13 days, as far as we know");
  });
});

describe("by API", () => {
  const confirm = (body: unknown, number = NUMBER) =>
    app.ask("POST", `/api/v1/numbers/${number}/app-activity`, body);

  test("it is fresh again, and the journal says who reported it", async () => {
    await openApp();
    const answer = await confirm({});
    expect(answer.status).toBe(200);
    expect(answer.body.app_activity).toMatchObject({ state: "fresh", confirmed_by: "api" });
    expect((await reported()).at(-1)).toBe("confirmed");
  });

  test("an older instant changes nothing; the future, and a number outside the app, are refused", async () => {
    const { confirmedAt } = await known();
    const before = await reported();
    const at = new Date((confirmedAt ?? 0) - DAY).toISOString();
    expect((await confirm({ at })).status).toBe(200);
    expect((await known()).confirmedAt).toBe(confirmedAt);
    expect(await reported()).toEqual(before);
    const ahead = new Date((confirmedAt ?? 0) + DAY).toISOString();
    expect((await confirm({ at: ahead })).body.code).toBe("invalid_request");
    expect((await confirm({}, PLATFORM_NUMBER)).body.code).toBe("number_not_coexistence");
  });
});

describe("by an echo", () => {
  const echo = (at: number) =>
    recordEchoes(app.deps, [{ connectionId: "default", phoneNumberId: NUMBER, at }]);

  test("moves the count without a line, and not for every message", async () => {
    await advance(DAY);
    const now = app.deps.clock.now();
    const before = await reported();
    await echo(now);
    await echo(now + 1000);
    expect(await known()).toMatchObject({ confirmedAt: now, confirmedBy: "echo" });
    expect(await reported()).toEqual(before);
  });

  test("that ends a reminder is announced; one of an unknown number is ignored", async () => {
    await advance(12 * DAY);
    await raise();
    expect((await known()).announced).toBe("due_soon");
    await openApp();
    await echo(app.deps.clock.now());
    expect((await reported()).at(-1)).toBe("confirmed");
    const unknown = { connectionId: "default", phoneNumberId: "299999999999999", at: 1 };
    await recordEchoes(app.deps, [unknown]);
  });
});

test("a finished signup confirms, though nothing else changes", async () => {
  await advance(DAY);
  const confirmedCount = (await reported()).filter((word) => word === "confirmed").length;
  const act = { type: "command", command: { kind: "signup_finished", as: "coexistence" } } as const;
  await recordObservation(app.deps, { assetId, observe: act, note: null, by: SYSTEM });
  expect(await known()).toMatchObject({ confirmedBy: "signup", confirmedAt: app.deps.clock.now() });
  await recordObservation(app.deps, { assetId, observe: { type: "tick" }, note: null, by: SYSTEM });
  expect((await reported()).filter((word) => word === "confirmed")).toHaveLength(confirmedCount + 1);
});

describe("a lost WABA gets no reminder", () => {
  test("no state, no reminder, not listed", async () => {
    await clock({ mode: "real", advance_ms: DAY });
    await app.emulator.act({ action: "coexistence.disconnect", waba_id: WABA, silent: true });
    await app.ask("POST", `/api/v1/wabas/${WABA}/check`, {});
    expect(await ofNumber()).toBeNull();
    const before = await reported();
    await advance(20 * DAY);
    await raise();
    expect(await reported()).toEqual(before);
    expect(await listed("due_soon,overdue")).not.toContain(WABA);
  });
});

test("a number from an older version begins to count; a run returns when the next reminder is due", async () => {
  await app.deps.db.query("delete from app_activity");
  await clock({ mode: "frozen" });
  await openMissingAppActivity(app.deps);
  await openMissingAppActivity(app.deps);
  const rows = await app.deps.db.query("select number_id from app_activity");
  expect(rows.length).toBe((await app.ask("GET", "/api/v1/wabas?kind=coexistence")).body.data.length);
  const nextAt = await raiseActivityReminders(app.deps);
  expect((await known()).countedFrom).toBe(app.deps.clock.now());
  expect(nextAt).toBeLessThanOrEqual(app.deps.clock.now() + DAY);
});
