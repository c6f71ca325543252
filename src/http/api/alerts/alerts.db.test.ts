import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";
import { saveTestKey } from "../../../../test/support/save-test-key.ts";
import { until } from "../../../../test/support/until.ts";
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

const firstId = async (query: string): Promise<string> =>
  (await app.ask("GET", `/api/v1/alerts${query}`)).body.data[0].id;

test("who acknowledges first stays, and the audit says so", async () => {
  const id = await firstId("?severity=critical");
  await saveTestKey(app.database.db, "second", { role: "operator" });
  const first = await app.ask("POST", `/api/v1/alerts/${id}/acknowledge`);
  expect([first.status, first.body.state, first.body.acknowledged_by]).toEqual([
    ...[200, "acknowledged", { id: "key_admin", name: "Admin key" }],
  ]);
  const again = await app.ask("POST", `/api/v1/alerts/${id}/acknowledge`, undefined, {
    "X-API-Key": "second",
  });
  expect(again.body.acknowledged_by.id).toBe("key_admin");
  expect(await firstId("?state=acknowledged")).toBe(id);
  const [line] = await app.database.db.query(
    "select outcome, target_id, detail->'after' as after from audit where request_id = $1",
    [first.headers.get("request-id")],
  );
  expect(line).toMatchObject({ outcome: "done", target_id: id });
});

test("an alert is snoozed until a time, until it is worse, or not any more", async () => {
  const id = await firstId("?severity=warning");
  const snooze = (until: unknown) => app.ask("POST", `/api/v1/alerts/${id}/snooze`, { until });
  const later = new Date(now + 60 * MINUTE).toISOString();
  for (const [until, shown] of [
    [later, [later, false]],
    ["worse", [null, true]],
    [null, [null, false]],
  ] as const) {
    const { body } = await snooze(until);
    expect([body.snoozed_until, body.snoozed_until_worse]).toEqual(shown);
  }
  for (const until of [new Date(now - MINUTE).toISOString(), "2199-01-01T00:00:00Z", "tomorrow", 5])
    expect([until, (await snooze(until)).status]).toEqual([until, 400]);
});

test("what is over can be neither acknowledged nor snoozed", async () => {
  const id = await firstId("?severity=warning");
  await app.database.db.query("update alert set state = 'resolved', ended_at = now() where id = $1", [id]);
  for (const [what, body] of [["acknowledge"], ["snooze", { until: "worse" }]] as const) {
    const answer = await app.ask("POST", `/api/v1/alerts/${id}/${what}`, body);
    expect([what, answer.status, answer.body.code]).toEqual([what, 409, "alert_over"]);
  }
});

test("the stream says which alert has changed, and a reader of one client gets none", async () => {
  const id = await firstId("?severity=critical");
  const { db } = app.database;
  const [client] = await db.query<{ id: string }>("select client_id as id from asset where id = $1", [
    assetId,
  ]);
  await saveTestKey(db, "of-a-client", { clientId: client?.id ?? "" });
  const leaving = new AbortController();
  const open = async (key: string) => {
    const headers = { "X-API-Key": key };
    const { body } = await fetch(`${app.url}/api/v1/events/stream`, { headers, signal: leaving.signal });
    return readFrames(body as ReadableStream<Uint8Array>);
  };
  const [own, limited] = await Promise.all([open("sandbox-admin-key"), open("of-a-client")]);
  await app.ask("POST", `/api/v1/alerts/${id}/snooze`, { until: "worse" });
  const changed = `event: alert\ndata: ${JSON.stringify({ id, state: "firing" })}`;
  await until("the alert changed", () => own.text.includes(changed) || undefined);
  await app.ask("POST", `/api/v1/wabas/${WABA}/close`, { reason: "Invoice" });
  await until("the WABA is closed", () => limited.text.includes("waba.status.changed") || undefined);
  expect(limited.text).not.toContain("event: alert");
  leaving.abort();
});

/** What a stream has said so far. */
function readFrames(body: ReadableStream<Uint8Array>): { text: string } {
  const seen = { text: "" };
  const decoder = new TextDecoder();
  void (async () => {
    for await (const chunk of body) seen.text += decoder.decode(chunk, { stream: true });
  })().catch(() => undefined);
  return seen;
}
