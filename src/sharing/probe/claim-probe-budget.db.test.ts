import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../test/support/create-test-app.ts";
import { findOwnerId } from "../../directory/meta-id-store.ts";
import { forgetOldBuckets, readBudgetFigures } from "../budget/probe-budget-store.ts";
import { openProbeBudget, type ProbeBudget } from "../budget/open-probe-budget.ts";
import type { ProbeTrigger } from "../model/probe-result.ts";
import { MINUTE } from "../model/timings.ts";
import { verifyShare, type VerifyDeps } from "./verify-share.ts";

/** Its number is deregistered, and the emulator is set to the limit of 200 calls an hour. */
const SMALL = "100000000000008";
const LARGE = ["100000000000001", "100000000000009"];

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  await control("/knobs", { limits_after_loss: true });
  await control("/actions", { action: "number.deregister", phone_number_id: "200000000000009" });
  await control("/clock", { mode: "frozen" });
});
afterAll(() => app?.stop());

async function control(path: string, body?: unknown): Promise<Record<string, unknown>> {
  const method = body === undefined ? "GET" : "POST";
  const answer = await fetch(`${app.emulator.url}/_emulator${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (answer.status !== 200) throw new Error(`${path}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}

/** An instance of its own on the same database. */
function newInstance(): VerifyDeps & { budget: ProbeBudget } {
  const { deps } = app;
  const budget = openProbeBudget(deps);
  const account = deps.accountOf("default");
  if (account === undefined) throw new Error("The test app has an account");
  const counted = { ...account, graph: budget.countedGraph(account.graph, account) };
  return { ...deps, budget, accountOf: () => counted };
}

const assetOf = async (wabaId: string): Promise<string> =>
  (await findOwnerId(app.database.db, "default", "waba", wabaId)) ?? "";

const throttledCount = async (): Promise<number> => {
  const { data } = (await control("/journal?kind=requests")) as {
    data: { answer: { error?: { code?: number } } | null }[];
  };
  return data.filter((entry) => [4, 80007, 80008].includes(entry.answer?.error?.code ?? 0)).length;
};

/** Orders a probe for each trigger, of one instance after the other. Returns how many were made. */
async function probeByTurns(
  instances: readonly VerifyDeps[],
  wabaId: string,
  triggers: readonly ProbeTrigger[],
): Promise<number> {
  const assetId = await assetOf(wabaId);
  let made = 0;
  for (const [index, trigger] of triggers.entries()) {
    const deps = instances[index % instances.length];
    if (deps !== undefined && (await verifyShare(deps, { assetId, trigger })) !== undefined) made += 1;
  }
  return made;
}

test("a burst of probes by two instances is never throttled, starves no WABA, and learns nothing from postponed probes", async () => {
  const instances = [newInstance(), newInstance()];
  const triggers: ProbeTrigger[] = ["sweep", "sweep", "sweep", "send"];
  const probed: Record<string, number> = {};
  for (let minute = 0; minute < 40; minute += 1) {
    for (const wabaId of [SMALL, ...LARGE])
      probed[wabaId] = (probed[wabaId] ?? 0) + (await probeByTurns(instances, wabaId, triggers));
    await control("/clock", { advance_ms: MINUTE });
  }
  expect(await throttledCount()).toBe(0);
  const counts = instances.map(({ budget }) => budget.postponedCounts());
  for (const { spent, throttled } of counts) {
    expect(spent).toBeGreaterThan(10);
    expect(throttled).toBe(0);
  }
  // The large ones were probed each time, and the small one as often as its hour allows.
  for (const wabaId of LARGE) expect(probed[wabaId]).toBe(40 * triggers.length);
  expect(probed[SMALL]).toBeGreaterThan(15);
  const { body } = await app.ask("GET", `/api/v1/wabas/${SMALL}`);
  expect(body.conditions).toContainEqual(
    expect.objectContaining({ type: "Shared", status: "True", reason: "proven" }),
  );
  const figures = await readBudgetFigures(app.database.db, app.deps.clock.now());
  expect(figures).toMatchObject({ nearLimit: 1, closed: 0 });
}, 120_000);

test("a postponed probe is due again when there is room, and not sooner", async () => {
  const deps = newInstance();
  const assetId = await assetOf(SMALL);
  const { db, clock } = deps;
  while ((await verifyShare(deps, { assetId, trigger: "sweep" })) !== undefined);
  const dueAt = async (): Promise<number> => {
    const rows = await db.query<{ at: Date }>("select next_probe_at as at from share where asset_id = $1", [
      assetId,
    ]);
    return rows[0]?.at.getTime() ?? 0;
  };
  const at = await dueAt();
  expect(at).toBeGreaterThan(clock.now());
  await control("/clock", { advance_ms: at - clock.now() + 1 });
  expect(await verifyShare(deps, { assetId, trigger: "sweep" })).toBeDefined();
});

test("Meta refuses for too many calls: no probe follows until the back-off is over, but a person's check asks once, and its answer opens", async () => {
  const [deps, other] = [newInstance(), newInstance()];
  const [wabaId = ""] = LARGE;
  const assetId = await assetOf(wabaId);
  await control("/faults", {
    match: { waba_id: wabaId },
    respond: { status: 400, error: { message: "(#80008)", type: "OAuthException", code: 80008 } },
  });
  expect(await verifyShare(deps, { assetId, trigger: "sweep" })).toBeDefined();
  expect(await verifyShare(deps, { assetId, trigger: "send" })).toBeUndefined();
  expect(await verifyShare(other, { assetId, trigger: "sweep" })).toBeUndefined();
  for (const { budget } of [deps, other])
    expect(budget.postponedCounts()).toEqual({ spent: 0, usage: 0, throttled: 1 });
  expect((await readBudgetFigures(deps.db, deps.clock.now())).closed).toBe(1);
  const cleared = await fetch(`${app.emulator.url}/_emulator/faults`, { method: "DELETE" });
  expect(cleared.status).toBe(200);
  expect(await verifyShare(deps, { assetId, trigger: "check" })).toBeDefined();
  expect((await readBudgetFigures(deps.db, deps.clock.now())).closed).toBe(0);
  expect(await verifyShare(other, { assetId, trigger: "sweep" })).toBeDefined();
});

test("while the app is throttled its sweep keeps its order, and an hour later nothing of it is left", async () => {
  const deps = newInstance();
  const [wabaId = ""] = LARGE;
  const assetId = await assetOf(wabaId);
  expect(deps.budget.sweepsClosedUntil()).toBeNull();
  await control("/faults", {
    match: {},
    respond: { status: 400, error: { message: "(#4)", type: "OAuthException", code: 4 } },
  });
  await verifyShare(deps, { assetId, trigger: "sweep" });
  expect(deps.budget.sweepsClosedUntil()).toBeGreaterThan(deps.clock.now());
  await fetch(`${app.emulator.url}/_emulator/faults`, { method: "DELETE" });
  await control("/clock", { advance_ms: 61 * MINUTE });
  expect(deps.budget.sweepsClosedUntil()).toBeNull();
  await forgetOldBuckets(deps.db, deps.clock.now() - 60 * MINUTE);
  expect(await deps.db.query("select 1 from probe_budget")).toEqual([]);
});

test("S12: a person's question beside the probes is counted, and postponed when the WABA has no room", async () => {
  const { budget } = newInstance();
  const waba = { appId: app.config.metaAppId, wabaId: "100000000000099" };
  await budget.admit({ ...waba, hourly: 200 }, { urgent: false, byPerson: true });
  const admissions = [];
  for (let n = 0; n < 300; n += 1) {
    const admission = await budget.claimCall(waba);
    admissions.push(admission.ok);
    if (!admission.ok) break;
  }
  expect(admissions.length).toBeGreaterThan(20);
  expect(admissions.at(-1)).toBe(false);
});
