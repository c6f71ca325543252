/** The core keeps the contract: deviations of an audit, each tried on the running product. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const MINUTE = 60_000;
const NORTHWIND = { waba: "100000000000001", number: "200000000000001" };
const HARBOR = { waba: "100000000000003", number: "200000000000004" };

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox();
});
afterAll(() => app?.stop());

const conditionOf = (waba: { conditions: { type: string }[] }, type: string) =>
  waba.conditions.find((condition) => condition.type === type);

/** The events about one WABA, oldest first. */
async function eventsOf(wabaId: string): Promise<{ type: string; data: { changed: string[] } }[]> {
  const { data } = (await app.api("GET", "/events?limit=100")).body;
  let [all, page] = [data, data];
  while (page.length === 100) {
    page = (await app.api("GET", `/events?limit=100&after=${page.at(-1).id}`)).body.data;
    all = [...all, ...page];
  }
  return all.filter((event: { waba_id: string }) => event.waba_id === wabaId);
}

describe("deviation 5: the summary of a healthy WABA", () => {
  test("a coexistence WABA whose link is not proven says that, and not that the share is not", async () => {
    await app.untilStatus(HARBOR.waba, "live");
    const ready = conditionOf(await app.waba(HARBOR.waba), "Ready");
    expect(ready).toMatchObject({
      status: "Unknown",
      message: expect.stringContaining("WhatsApp Business app"),
    });
    expect(ready).not.toMatchObject({ message: expect.stringContaining("share") });
  });

  test("one that is whole says so", async () => {
    await app.untilStatus(NORTHWIND.waba, "live");
    const { value } = await until("ready", async () => {
      const found = conditionOf(await app.waba(NORTHWIND.waba), "Ready") as { status: string } | undefined;
      return found?.status === "True" ? found : undefined;
    });
    expect(value).toMatchObject({ message: "Every required condition is proven, and a number can send." });
  });
});

describe("deviation 4: seven losses and repairs within minutes", () => {
  test("leave the probes of a registered number their room: a check answers at once, as the plan says", async () => {
    for (let round = 0; round < 7; round += 1) {
      await app.act("partner.remove", { waba_id: NORTHWIND.waba });
      await app.untilStatus(NORTHWIND.waba, "permission_removed");
      await app.check(NORTHWIND.waba);
      await app.act("partner.assign", { waba_id: NORTHWIND.waba });
      await app.advance(6_000);
      await app.untilStatus(NORTHWIND.waba, "live", null, 30_000);
      await app.advance(25_000);
    }
    await app.act("partner.remove", { waba_id: NORTHWIND.waba });
    await app.untilStatus(NORTHWIND.waba, "permission_removed");
    const before = Date.parse((await app.waba(NORTHWIND.waba)).conditions[0].last_probe_at);
    const checked = await app.check(NORTHWIND.waba);
    expect(Date.parse(checked.conditions[0].last_probe_at)).toBeGreaterThan(before);
    const { body } = await app.api("GET", `/wabas/${NORTHWIND.waba}/probe-schedule`);
    expect(body.next_probe.situation).toBe("permission lost in the last 24 h: a repair is likely");
    await app.act("partner.assign", { waba_id: NORTHWIND.waba });
    await app.untilStatus(NORTHWIND.waba, "live", null, 30_000);
    const { body: again } = await app.api("GET", `/wabas/${NORTHWIND.waba}/probe-schedule`);
    expect(again.next_probe.situation).not.toContain("lost");
  }, 120_000);
});

describe("deviation 1: a countdown that is over", () => {
  test("is recorded once; later probes write nothing, and the summary shows the state", async () => {
    await app.act("coexistence.offboard", { waba_id: HARBOR.waba });
    await app.untilStatus(HARBOR.waba, "reconnecting");
    await app.advance(61 * MINUTE);
    await app.untilStatus(HARBOR.waba, "disconnected", "companion_not_restored");
    const ready = conditionOf(await app.check(HARBOR.waba), "Ready");
    expect(ready).toMatchObject({ status: "False", reason: "companion_not_restored" });
    expect(ready).toMatchObject({ message: expect.stringContaining("did not restore") });
    const reported = await eventsOf(HARBOR.waba);
    for (let round = 0; round < 3; round += 1) {
      await app.check(HARBOR.waba);
      await app.advance(MINUTE);
      await app.check(HARBOR.waba);
    }
    expect((await eventsOf(HARBOR.waba)).slice(reported.length)).toEqual([]);
  });
});

describe("deviation 6: an operator may close anything, and it ends at the given time", () => {
  const MEADOW = "100000000000007";
  const LINDEN = { waba: "100000000000008", number: "200000000000009" };
  const inMs = async (ms: number): Promise<string> => {
    const { now } = (await app.emulator("POST", "/clock", {})).body;
    return new Date(Date.parse(now) + ms).toISOString();
  };
  const refusalOf = async (number: string): Promise<string | null> =>
    (await app.send(number)).headers.get("sharekeeper-refused");

  test("what was found and is not adopted", async () => {
    const { body } = await app.api("POST", `/wabas/${MEADOW}/close`, { reason: "Fraud" });
    expect(body).toMatchObject({ status: "closed", operator_close: { reason: "Fraud" } });
    expect((await app.api("POST", `/wabas/${MEADOW}/reopen`, {})).body.status).toBe("discovered");
  });

  test("what is only observed, and its messages are refused", async () => {
    await app.api("PATCH", `/wabas/${LINDEN.waba}`, { mode: "observe" });
    await app.api("POST", `/wabas/${LINDEN.waba}/close`, { reason: "Asked by the client" });
    expect(await refusalOf(LINDEN.number)).toBe("closed_by_operator");
    expect((await app.waba(LINDEN.waba)).numbers[0].can_send).toBe(false);
    await app.act("partner.assign", { waba_id: LINDEN.waba });
    expect((await app.check(LINDEN.waba)).status).toBe("closed");
    await app.api("POST", `/wabas/${LINDEN.waba}/reopen`, {});
    expect(await refusalOf(LINDEN.number)).toBeNull();
  });

  test("the system lifts it at the end time, also after a restart, and says so", async () => {
    const until = await inMs(10 * MINUTE);
    const { body } = await app.api("POST", `/wabas/${LINDEN.waba}/close`, { reason: "Maintenance", until });
    expect(body).toMatchObject({ status: "closed", operator_close: { reason: "Maintenance", until } });
    expect(body.summary).toContain("ends automatically on");
    await app.restart();
    await app.advance(9 * MINUTE);
    expect(await refusalOf(LINDEN.number)).toBe("closed_by_operator");
    await app.advance(2 * MINUTE);
    await app.untilStatus(LINDEN.waba, "live");
    const entries = await app.timeline(LINDEN.waba);
    const ended = entries.find(({ title }) => title === "The operator's stop ended at the time that was set");
    expect(ended).toMatchObject({ kind: "command", source: "system", actor: "system" });
    const back = entries.find(({ kind, detail }) => kind === "transition" && detail?.startsWith("CLOSED"));
    expect(back).toMatchObject({ actor: "system" });
  });

  test("nobody opens by hand what a condition closes", async () => {
    const ATLAS = "100000000000004";
    const barred = await app.api("POST", `/wabas/${ATLAS}/reopen`, {});
    expect([barred.status, barred.body.code]).toEqual([409, "not_stopped_by_us"]);
  });
});

describe("deviation 7: can-send carries the observation that it rests on", () => {
  const COPPER = { waba: "100000000000009", number: "200000000000010" };
  const ask = async (number: string) => {
    const one = (await app.api("GET", `/numbers/${number}/can-send`)).body;
    const many = (await app.api("POST", "/can-send", { numbers: [number] })).body.data[0];
    const page = (await app.api("GET", `/numbers/${number}`)).body;
    expect(many).toEqual(one);
    expect([page.can_send, page.reason, page.since]).toEqual([one.can_send, one.reason, one.since]);
    return one;
  };

  test("a healthy number: the last proof, not the time of the call", async () => {
    await app.check(COPPER.waba);
    const first = await ask(COPPER.number);
    expect(first).toMatchObject({ can_send: true, reason: null, stale: false });
    expect(first.as_of).toBe((await app.waba(COPPER.waba)).last_proven_at);
  });

  test("while Meta does not answer it says that it rests on an old observation", async () => {
    await app.fault({ match: { waba_id: COPPER.waba }, respond: { status: 500 } });
    const proven = (await app.waba(COPPER.waba)).last_proven_at;
    await app.check(COPPER.waba);
    await app.untilStatus(COPPER.waba, "unknown", "meta_unreachable");
    const kept = await ask(COPPER.number);
    expect(kept).toMatchObject({ can_send: true, reason: "meta_unreachable", stale: true });
    expect([kept.as_of, (await app.waba(COPPER.waba)).last_proven_at]).toEqual([proven, proven]);
    await app.clearFaults();
    await app.check(COPPER.waba);
  });

  test("a number that was ended, and one whose permission is gone", async () => {
    await app.api("POST", `/wabas/${COPPER.waba}/offboard`, {});
    expect(await ask(COPPER.number)).toMatchObject({ can_send: false, reason: "offboarded" });
    const lost = await ask("200000000000005");
    expect(lost).toMatchObject({ can_send: false, reason: "partner_removed", stale: false });
  });
});

test("the evidence of a refusal carries status, code, subcode and trace id as fields", async () => {
  const entries = await app.timeline("100000000000004");
  const probe = entries.find(({ kind, title }) => kind === "probe" && title.includes("access is missing"));
  expect(probe?.evidence.waba).toMatchObject({
    outcome: "refusal",
    error: { status: 400, code: 100, subcode: 33, type: expect.any(String), fbtrace_id: expect.any(String) },
  });
});
