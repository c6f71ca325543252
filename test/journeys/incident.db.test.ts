/**
 * Many WABAs that fail together: one incident, and no client is blamed. True losses of many together are
 * found too.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const TROUBLED = [8, 9, 11, 12, 14, 15].map((count) => `1000000000000${String(count).padStart(2, "0")}`);
const OUT_OF_REACH = {
  status: 400,
  error: {
    message: "Unsupported get request. Object does not exist, or cannot be loaded due to missing permissions",
    type: "GraphMethodException",
    code: 100,
    error_subcode: 33,
  },
};

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox();
});
afterAll(() => app?.stop());

async function statusesOf(wabaIds: readonly string[]): Promise<Record<string, string>> {
  const { body } = await app.api("GET", "/wabas?limit=100");
  return Object.fromEntries(
    body.data
      .filter((waba: { id: string }) => wabaIds.includes(waba.id))
      .map((waba: { id: string; status: string }) => [waba.id, waba.status]),
  );
}

const listed = async (filter: string): Promise<string[]> =>
  (await app.api("GET", `/wabas?limit=100&${filter}`)).body.data.map(({ id }: { id: string }) => id);

/** When each was last probed, with any result. */
async function probedAtOf(wabaIds: readonly string[]): Promise<Record<string, string>> {
  const rows = await app.database().query<{ meta_id: string; at: string }>(
    `select meta_id, record ->> 'probedAt' as at from share
       join meta_id on owner_id = asset_id and type = 'waba' where meta_id = any($1)`,
    [wabaIds],
  );
  return Object.fromEntries(rows.map((row) => [row.meta_id, row.at]));
}

const all = (wabaIds: readonly string[], status: string) =>
  Object.fromEntries(wabaIds.map((id) => [id, status]));

const openIncidents = async () =>
  (await app.api("GET", "/incidents?open=true")).body.data as Record<string, unknown>[];

const lostEvents = async () => {
  const { body } = await app.api("GET", "/events?limit=100");
  return body.data.filter((event: { type: string }) => event.type === "waba.share.lost").length;
};

/** An endpoint for all events whose deliveries wait. */
async function pausedReceiver(): Promise<string> {
  const { id } = (await app.api("POST", "/webhook-endpoints", { url: "https://receiver.example/" })).body;
  await app.api("PATCH", `/webhook-endpoints/${id}`, { state: "paused" });
  return id;
}

/** What is about no WABA, oldest first. */
const noticesFor = async (endpointId: string): Promise<object[]> => {
  const rows = await app.database().query<{ payload: object }>(
    `select payload from webhook_delivery where endpoint_id = $1 and payload is not null
     order by created_at, id`,
    [endpointId],
  );
  return rows.map(({ payload }) => payload);
};

test("Meta denies 50 % of the fleet: one incident, no removal, an announced loss still closes, and it ends by itself", async () => {
  expect(await statusesOf(TROUBLED)).toEqual(all(TROUBLED, "live"));
  const lostBefore = await lostEvents();
  const receiver = await pausedReceiver();
  for (const waba_id of TROUBLED)
    await app.fault({ match: { waba_id, method: "GET" }, respond: OUT_OF_REACH });
  await app.advance(16_000);
  await until("an incident", async () => ((await openIncidents()).length === 1 ? true : undefined));
  expect((await openIncidents())[0]).toMatchObject({
    about: "meta",
    reason: "refused",
    ended_at: null,
    connection: "default",
  });
  // Every further sweep gives the same answers, and none counts: after two inconclusive probes nothing is
  // known any more.
  for (let sweep = 0; sweep < 3; sweep += 1) {
    const before = await probedAtOf(TROUBLED);
    await app.advance(16_000);
    await until("the sweep is over", async () => {
      expect(Object.values(await statusesOf(TROUBLED))).not.toContain("permission_removed");
      const after = await probedAtOf(TROUBLED);
      return TROUBLED.every((id) => (after[id] ?? "") > (before[id] ?? "")) ? true : undefined;
    });
  }
  expect(await statusesOf(TROUBLED)).toEqual(all(TROUBLED, "unknown"));
  // It explains these and no others: what else is broken is still listed by itself.
  const [{ id = "", explained } = {}] = await openIncidents();
  expect(explained).toBe(TROUBLED.length);
  expect((await listed(`broken=true&incident=${String(id)}`)).toSorted()).toEqual(TROUBLED);
  const others = await listed("broken=true&incident=none");
  expect(others.length).toBeGreaterThan(0);
  expect((await listed("broken=true")).toSorted()).toEqual([...others, ...TROUBLED].toSorted());
  expect(await lostEvents()).toBe(lostBefore);
  expect((await app.send("200000000000010")).status).toBe(200);
  const metrics = await (await fetch(`${app.url()}/metrics`)).text();
  for (const line of [
    "sharekeeper_incidents_open 1",
    'sharekeeper_app_usage_percent{app_id="600000000000001"} 0',
    "sharekeeper_wabas_near_limit 0",
    "sharekeeper_throttled_limits 0",
  ])
    expect(metrics.split("\n")).toContain(line);
  const ready = (await (await fetch(`${app.url()}/readyz`)).json()) as { meta: { incidents: unknown[] } };
  expect(ready.meta.incidents).toHaveLength(1);

  const [announced = "", ...doubted] = TROUBLED;
  await app.act("partner.remove", { waba_id: announced });
  await app.untilStatus(announced, "permission_removed", "partner_removed");
  expect(Object.values(await statusesOf(doubted))).not.toContain("permission_removed");

  await app.clearFaults();
  await app.advance(16_000);
  for (const waba of doubted) await app.untilStatus(waba, "live");
  await until("the end of the incident", async () =>
    (await openIncidents()).length === 0 ? true : undefined,
  );
  expect(await noticesFor(receiver)).toMatchObject([
    { type: "provider.incident.opened", data: { incident: { id, reason: "refused", ended_at: null } } },
    { type: "provider.incident.resolved", data: { incident: { id, ended_why: "recovered" } } },
  ]);
  const [reported, ...more] = (await app.api("GET", "/incidents")).body.data;
  expect(more).toEqual([]);
  expect(reported).toMatchObject({ ended_why: "recovered", confirmed: 0 });
  expect(reported.most_troubled).toBeGreaterThanOrEqual(5);
  const audit = await app
    .database()
    .query("select action from audit where target_id = $1 order by id", [reported.id]);
  expect(audit).toEqual([{ action: "provider.incident.opened" }, { action: "provider.incident.resolved" }]);
});

test("six WABAs are silently taken from us at once: a complete listing says so, and they are found", async () => {
  const lost = TROUBLED.slice(1);
  const more = "100000000000010";
  for (const waba_id of [...lost, more]) await app.act("partner.remove", { waba_id, silent: true });
  await app.advance(16_000);
  for (const waba of [...lost, more])
    await app.untilStatus(waba, "permission_removed", "unspecified", 20_000);
  await app.advance(61_000);
  await until("no incident is left", async () => ((await openIncidents()).length === 0 ? true : undefined));
  // Some may have been lost before the fifth made it an incident; then fewer, or none, were left to be
  // confirmed.
  for (const reported of (await app.api("GET", "/incidents")).body.data)
    expect(reported.ended_why).toBe(reported.confirmed > 0 ? "losses_confirmed" : "recovered");
  expect(await statusesOf(["100000000000001", "100000000000002", "100000000000003"])).toEqual(
    all(["100000000000001", "100000000000002", "100000000000003"], "live"),
  );
});
