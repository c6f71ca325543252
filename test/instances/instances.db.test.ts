/**
 * Several Sharekeepers on one PostgreSQL. The embedded database belongs to one process, so without
 * DATABASE_URL there is nothing to test: the tests are skipped, and say so.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freshDatabase } from "../support/fresh-database.ts";
import { call } from "../support/http-call.ts";
import { until } from "../support/until.ts";
import { countMarks, markedEvent, openFleet, type Fleet, type Instance } from "./fleet.ts";
import { newestRequest, wabasRead } from "./meta-requests.ts";
import { openTraffic, untilTaken } from "./traffic.ts";

const hasServer = process.env.DATABASE_URL !== undefined && process.env.DATABASE_URL !== "";
const name = hasServer
  ? "several instances on one PostgreSQL"
  : "several instances (skipped: set DATABASE_URL)";

const WABA = "100000000000001";
const NUMBER = "200000000000001";
const SWEEP_S = 15;

describe.skipIf(!hasServer)(name, { timeout: 180_000 }, () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let fleet: Fleet;
  let [a, b]: Instance[] = [];
  const both = (): [Instance, Instance] => {
    if (a === undefined || b === undefined) throw new Error("Not started");
    return [a, b];
  };

  beforeEach(async () => {
    database = await freshDatabase();
    if (database === undefined) throw new Error("No DATABASE_URL");
    fleet = await openFleet(database.url, { SWEEP_PERIOD_S: String(SWEEP_S) });
    a = await fleet.start();
    b = await fleet.start();
    fleet.deliverTo(a);
  });
  afterEach(async ({ task }) => {
    // What the instances logged says why.
    if (task.result?.state === "fail")
      console.error([a, b].map((each) => each?.logged().slice(0, 4000)).join("\n"));
    await fleet.stop();
    await database?.drop();
  });

  const act = async (action: string, of: Record<string, unknown>): Promise<void> => {
    expect((await fleet.control("POST", "/actions", { action, ...of })).status).toBe(200);
  };
  const gateOf = async (instance: Instance): Promise<"open" | "closed"> => {
    const answer = await instance.send(NUMBER);
    return answer.headers.has("sharekeeper-refused") ? "closed" : "open";
  };
  const untilGate = (instance: Instance, wanted: string): Promise<unknown> =>
    until(
      `the gate is ${wanted}`,
      async () => ((await gateOf(instance)) === wanted ? true : undefined),
      30_000,
    );

  test("every due probe is made once, by one of them", async () => {
    const [one] = both();
    await fleet.control("POST", "/clock", { mode: "frozen" });
    const isQuiet = async (): Promise<true | undefined> => {
      const rows = await one.app.deps.db.query(
        "select 1 from share where probing_until is not null or next_probe_at <= $1",
        [new Date(fleet.emulator.clock.now())],
      );
      return rows.length === 0 ? true : undefined;
    };
    const advance = async (): Promise<void> => {
      await fleet.control("POST", "/clock", { advance_ms: SWEEP_S * 1000 });
      await until("every due probe was made", isQuiet, 30_000);
    };
    // The first rounds end what the import began: probes at 5 and 30 s, and the write of each day.
    for (let round = 0; round < 3; round += 1) await advance();
    const from = await newestRequest(fleet);
    const rounds = 5;
    for (let round = 0; round < rounds; round += 1) await advance();
    const reads = await wabasRead(fleet, from);
    const shares = await one.app.deps.db.query("select 1 from share");
    expect(shares.length).toBeGreaterThanOrEqual(12);
    expect(reads.size).toBe(shares.length);
    for (const instants of reads.values()) {
      expect(instants.length).toBeGreaterThanOrEqual(rounds);
      // A sweep comes at most a tenth of its period early: two probes for one due instant would be closer
      // together.
      const gaps = instants.slice(1).map((at, index) => at - (instants[index] ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(SWEEP_S * 900);
    }
  });

  test("what one of them learns, the other's gate follows, both ways", async () => {
    const [one, other] = both();
    expect([await gateOf(one), await gateOf(other)]).toEqual(["open", "open"]);
    await act("partner.remove", { waba_id: WABA });
    await Promise.all([untilGate(one, "closed"), untilGate(other, "closed")]);
    fleet.deliverTo(other);
    await act("partner.assign", { waba_id: WABA });
    await Promise.all([untilGate(one, "open"), untilGate(other, "open")]);
  });

  test("one that loses the database closes nothing and opens nothing, and catches up", async () => {
    const [one, cutOff] = both();
    const lost = { waba: "100000000000004", number: "200000000000005" };
    await act("partner.remove", { waba_id: lost.waba });
    const refused = async (instance: Instance, number: string): Promise<boolean> =>
      (await instance.send(number)).headers.has("sharekeeper-refused");
    const untilRefused = (instance: Instance, number: string, wanted: boolean): Promise<unknown> =>
      until(
        `${number} refused: ${wanted}`,
        async () => ((await refused(instance, number)) === wanted ? true : undefined),
        30_000,
      );
    await untilRefused(one, lost.number, true);
    await untilRefused(cutOff, lost.number, true);
    const heard: string[] = [];
    await cutOff.app.deps.db.listen("a_test", (word) => void heard.push(word));

    // It knows of neither: its gate stays as it was, and the webhooks that come to it are not taken.
    const expectGateKept = async (): Promise<void> => {
      for (let count = 0; count < 10; count += 1) {
        expect(await refused(cutOff, NUMBER)).toBe(false);
        expect(await refused(cutOff, lost.number)).toBe(true);
      }
    };
    cutOff.line.hush();
    await act("partner.remove", { waba_id: WABA });
    await act("partner.assign", { waba_id: lost.waba });
    await untilRefused(one, NUMBER, true);
    await untilRefused(one, lost.number, false);
    await expectGateKept();
    expect((await call("GET", `${cutOff.url}/readyz`)).status).toBe(503);
    cutOff.line.cut();
    await expectGateKept();
    const timeS = Math.floor(fleet.emulator.clock.now() / 1000);
    expect((await cutOff.webhook(markedEvent(WABA, "CUT_OFF", timeS))).status).toBe(503);
    expect((await cutOff.api("GET", "/wabas")).status).toBe(503);

    cutOff.line.repair();
    await untilRefused(cutOff, NUMBER, true);
    await untilRefused(cutOff, lost.number, false);
    // It receives notices again, and not only polls.
    await until("it hears again", async () => {
      await one.app.deps.db.query("select pg_notify('a_test', 'again')");
      return heard.includes("again") ? true : undefined;
    });
    expect((await cutOff.webhook(markedEvent(WABA, "MENDED", timeS))).status).toBe(200);
    await until("it is processed", async () =>
      (await countMarks(one.app.deps.db, "MENDED")).size === 1 ? true : undefined,
    );
  });

  test("connections that break again and again lose nothing that was answered 200", async () => {
    const [one, shaken] = both();
    const open = { wabaId: WABA, phoneNumberId: NUMBER };
    const traffic = openTraffic(fleet, [one, shaken], { open, mayBeAway: true });
    for (let count = 0; count < 8; count += 1) {
      await traffic.untilAnswered(5);
      shaken.line.shake();
    }
    await traffic.stop();
    expect(await untilTaken(one.app.deps.db, traffic)).toEqual([]);
    expect(traffic.unexpected).toEqual([]);
  });
});
