/**
 * Two Sharekeepers in processes of their own on one PostgreSQL. In each round one of them is killed (`kill
 * -9`) in the middle of a removal, then the database (`kill -9`), and both are started again, while webhooks
 * and messages stream in and clients come and go at Meta. The server is the test's own, made of the programs
 * that are installed; without them the test is skipped, and says so.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { openJobs, type Jobs } from "../../src/database/jobs.ts";
import { openPostgresDatabase } from "../../src/database/postgres-database.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { seededRandom } from "../../src/lib/random.ts";
import { isRefused } from "../instances/instance-urls.ts";
import { openFleet, type Fleet, type ServingProcess } from "../instances/fleet.ts";
import { newestRequest, wabasRead } from "../instances/meta-requests.ts";
import { openTraffic, untilTaken, type Traffic } from "../instances/traffic.ts";
import { findPostgres, openOwnServer, type OwnServer } from "../support/postgres-server.ts";
import { until } from "../support/until.ts";
import { readBrokenChains, readEpisodes } from "./records.ts";

/** Rounds; more by `CRASH_KILLS=50`. An even number leaves every share standing in the end. */
const KILLS = Number(process.env.CRASH_KILLS ?? 2);
const OPEN = { wabaId: "100000000000002", phoneNumberId: "200000000000002" };
/** Removed, and given back in the next round, when an instance dies of it. */
const CAUGHT = { waba: "100000000000001", number: "200000000000001" };
/** The same while nobody can write it down. */
const UNSEEN = { waba: "100000000000004", number: "200000000000005" };
/** Only the sweep probes these. */
const RESTING = ["100000000000003", "100000000000008", "100000000000009", "100000000000010"];
/** Two probes for one due instant begin together; two sweeps are 13.5 s apart. */
const TOGETHER_MS = 100;

const random = seededRandom(Number(process.env.CRASH_SEED ?? 1));
const bin = findPostgres();
const name =
  bin === null
    ? "instances and a database that are killed (skipped: no PostgreSQL is installed)"
    : "instances and a database that are killed";

describe.skipIf(bin === null)(name, () => {
  let server: OwnServer;
  let fleet: Fleet;
  let db: Database;
  let jobs: Jobs;
  let instances: [ServingProcess, ServingProcess];
  let doneCount = 0;

  beforeAll(async () => {
    server = await openOwnServer(bin ?? "");
    fleet = await openFleet(server.url);
    await (await fleet.start()).stop();
    instances = [await fleet.startProcess(), await fleet.startProcess()];
    db = await openPostgresDatabase(server.url, systemClock);
    jobs = await openJobs({ db, failed: () => undefined, pollS: 0.5 });
    await jobs.work("count", async () => void (doneCount += 1));
  });
  afterAll(async () => {
    await jobs?.stop();
    await db?.close();
    await fleet?.stop();
    await server?.stop();
  });

  const act = async (action: string, waba: string): Promise<void> => {
    expect((await fleet.control("POST", "/actions", { action, waba_id: waba })).status).toBe(200);
  };
  const untilGates = (isLost: boolean): Promise<unknown[]> =>
    Promise.all(
      instances.flatMap((instance) =>
        [CAUGHT, UNSEEN].map(({ number }) =>
          until(
            `the gate of ${number} ${isLost ? "closes" : "opens"}`,
            async () => ((await isRefused(instance, number)) === isLost ? true : undefined),
            60_000,
          ),
        ),
      ),
    );

  /**
   * Kills one instance in the middle of things, then the database under the other one, and starts both again.
   */
  const round = async (index: number, traffic: Traffic): Promise<void> => {
    const [victim, survivor] = index % 2 === 0 ? instances : [instances[1], instances[0]];
    // The client takes its WABA back in one round, and gives it again in the next.
    const action = index % 2 === 0 ? "partner.remove" : "partner.assign";
    await traffic.untilAnswered(10 + Math.floor(random.next() * 20));
    await jobs.send("count");
    fleet.deliverTo(victim);
    await act(action, CAUGHT.waba);
    await traffic.untilAnswered(Math.floor(random.next() * 8));
    await victim.end("SIGKILL");
    fleet.deliverTo(survivor);
    traffic.use([survivor]);
    await traffic.untilAnswered(Math.floor(random.next() * 20));
    await server.kill();
    await act(action, UNSEEN.waba);
    expect((await survivor.send(OPEN.phoneNumberId)).status).toBe(200);
    await server.start();
    const next = await fleet.startProcess();
    instances = [next, survivor];
    if (index % 2 === 1) instances.reverse();
    traffic.use(instances);
    await endLeases();
    await untilGates(action === "partner.remove");
  };

  test(
    `${KILLS} rounds: nothing answered 200 is lost or taken twice, and every gate says what Meta says`,
    { timeout: 120_000 + KILLS * 90_000 },
    async () => {
      const from = await newestRequest(fleet);
      const traffic = openTraffic(fleet, instances, { open: OPEN, mayBeAway: true });
      for (let index = 0; index < KILLS; index += 1) await round(index, traffic);
      await traffic.untilAnswered(10);
      await traffic.stop();
      expect(await untilTaken(db, traffic)).toEqual([]);
      expect(traffic.unexpected).toEqual([]);

      const lost = KILLS % 2 === 1 ? [CAUGHT.waba, UNSEEN.waba] : [];
      for (const instance of instances) {
        const { body } = await instance.api("GET", "/wabas?limit=100");
        const wrong = body.data.filter(
          ({ id, status }: { id: string; status: string }) =>
            status !== (lost.includes(id) ? "permission_removed" : "live"),
        );
        expect(wrong.map(({ id, status }: { id: string; status: string }) => `${id} ${status}`)).toEqual([]);
      }
      expect(await readBrokenChains(db)).toEqual([]);
      const losses = { count: Math.ceil(KILLS / 2), open: KILLS % 2 };
      expect(await readEpisodes(db)).toEqual({ [CAUGHT.waba]: losses, [UNSEEN.waba]: losses });
      await untilJobsResumed();
      await expectNoDoubledProbes(from);
    },
  );

  /**
   * A probe that the crash interrupted is repeated after its lease of 30 s, which this test does not wait
   * for.
   */
  async function endLeases(): Promise<void> {
    await db.query(
      `update share set probing_until = $2 from meta_id where owner_id = asset_id and meta_id = any($1)
         and probing_until is not null`,
      [[CAUGHT.waba, UNSEEN.waba], new Date()],
    );
  }

  /** A job that is sent now is done, and none that was sent before is gone. */
  async function untilJobsResumed(): Promise<void> {
    const before = doneCount;
    await jobs.send("count");
    await until("jobs are done again", () => (doneCount > before ? true : undefined), 30_000);
    const rows = await db.query<{ state: string }>("select state from pgboss.job where name = 'count'");
    expect(rows).toHaveLength(KILLS + 1);
    expect(rows.filter(({ state }) => state === "failed" || state === "cancelled")).toEqual([]);
  }

  /**
   * Of the WABAs that only the sweep probes, none was probed by both at once; an interrupted probe is
   * repeated later.
   */
  async function expectNoDoubledProbes(from: number): Promise<void> {
    const reads = await wabasRead(fleet, from);
    const gaps = RESTING.flatMap((waba) => {
      const instants = reads.get(waba) ?? [];
      return instants.slice(1).map((at, index) => at - (instants[index] ?? 0));
    });
    expect(gaps.filter((gap) => gap < TOGETHER_MS)).toEqual([]);
  }
});
