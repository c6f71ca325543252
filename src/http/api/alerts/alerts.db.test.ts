import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";
import { judgeDueAlerts } from "../../../alerting/judge-due-alerts.ts";
import { recordSignals } from "../../../alerting/record-signals.ts";
import type { RuleId } from "../../../alerting/rules.ts";

const WABA = "100000000000001";
const MINUTE = 60_000;

let app: TestApp;
let now: number;
let assetId: string;
beforeAll(async () => {
  app = await createTestApp();
  now = app.deps.clock.now();
  const [row] = await app.database.db.query<{ owner_id: string }>(
    "select owner_id from meta_id where type = 'waba' and meta_id = $1",
    [WABA],
  );
  assetId = row?.owner_id ?? "";
  await fall("share_lost", 20 * MINUTE);
  await fall("setup_issue", 10 * MINUTE);
});
afterAll(() => app.stop());

/** A signal of the WABA that began a while ago, and the turn that tells people. */
async function fall(rule: RuleId, agoMs: number): Promise<void> {
  const cause = rule === "share_lost" ? "partner_removed" : "payment";
  const signal = { rule, subject: `waba:${assetId}`, assetId, cause, beganAt: now - agoMs, detail: {} };
  await app.database.db.transaction((tx) => recordSignals(tx, app.deps, { begun: [signal], ended: [] }));
  await judgeDueAlerts({ ...app.deps, publicUrl: null });
}

const titlesOf = async (query: string): Promise<string[]> => {
  const { body } = await app.ask("GET", `/api/v1/alerts${query}`);
  return body.data.map(({ title }: { title: string }) => title);
};

test("alerts are listed newest first, by page, state, severity and WABA", async () => {
  const [payment, lost] = [
    "Northwind Florist has no valid payment method",
    "Northwind Florist removed our access",
  ];
  expect(await titlesOf("")).toEqual([payment, lost]);
  const first = (await app.ask("GET", "/api/v1/alerts?limit=1")).body;
  expect(first.data).toHaveLength(1);
  expect(await titlesOf(`?limit=1&cursor=${first.next_cursor}`)).toEqual([lost]);
  expect(await titlesOf("?severity=critical")).toEqual([lost]);
  expect(await titlesOf("?state=firing")).toHaveLength(2);
  expect(await titlesOf("?state=resolved")).toEqual([]);
  expect(await titlesOf(`?waba_id=${WABA}`)).toHaveLength(2);
  expect(await titlesOf("?waba_id=100000000000006")).toEqual([]);
});

test("one alert says what happened, to whom, and what to do", async () => {
  const { body: page } = await app.ask("GET", "/api/v1/alerts?severity=critical");
  const { body } = await app.ask("GET", `/api/v1/alerts/${page.data[0].id}`);
  expect(body).toMatchObject({
    ...{ rule: "share_lost", state: "firing", cause: "partner_removed", observed: false, ended_at: null },
    ...{ lasted_s: expect.any(Number), waba_count: 1, signal_count: 1, holding_count: 1, route: null },
    wabas: [{ id: WABA, name: expect.any(String) }],
    ...{ acknowledged_by: null, snoozed_until: null, notifications: [] },
  });
  expect(body.lasted_s).toBeGreaterThanOrEqual(1200);
  expect((await app.ask("GET", "/api/v1/alerts/alr_unknown")).body.code).toBe("alert_not_found");
});
