/**
 * Two Sharekeepers on one PostgreSQL whose server is killed (`kill -9`) and started again under them, while webhooks stream into both
 * and clients come and go at Meta. What was answered 200 is on the timeline, once; the shares agree with Meta in the end. The server is
 * the test's own, made of the programs that are installed; without them the test is skipped, and says so.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFleet, countMarks, type Fleet, type Instance } from "../instances/fleet.ts";
import { openTraffic } from "../instances/traffic.ts";
import { findPostgres, openOwnServer, type OwnServer } from "../support/postgres-server.ts";
import { until } from "../support/until.ts";

/** More by `CRASH_KILLS=50`. */
const KILLS = Number(process.env.CRASH_KILLS ?? 3);
const TRAFFIC = { wabaId: "100000000000002", phoneNumberId: "200000000000002" };
const CLIENT = { waba: "100000000000001", number: "200000000000001" };

const bin = findPostgres();
const name =
  bin === null
    ? "a database that is killed (skipped: no PostgreSQL is installed)"
    : "a database that is killed";

describe.skipIf(bin === null)(name, () => {
  let server: OwnServer;
  let fleet: Fleet;
  let instances: [Instance, Instance];

  beforeAll(async () => {
    server = await openOwnServer(bin ?? "");
    fleet = await openFleet(server.url);
    instances = [await fleet.start(), await fleet.start()];
  });
  afterAll(async () => {
    await fleet?.stop();
    await server?.stop();
  });

  const isRefused = async (instance: Instance): Promise<boolean> =>
    (await instance.send(CLIENT.number)).headers.has("sharekeeper-refused");

  test(
    `${KILLS} times under a stream of webhooks: nothing answered 200 is lost, and the shares say what Meta says`,
    { timeout: 120_000 + KILLS * 60_000 },
    async () => {
      const [one, other] = instances;
      const traffic = openTraffic(fleet, instances, TRAFFIC);
      for (let kill = 0; kill < KILLS; kill += 1) {
        const before = traffic.answered.size;
        await until(
          "webhooks are answered",
          () => (traffic.answered.size > before + 10 ? true : undefined),
          60_000,
        );
        fleet.deliverTo(kill % 2 === 0 ? one : other);
        await server.kill();
        // It is removed, or given back, while nobody can write it down: Meta sends again, and the sweep looks.
        const action = kill % 2 === 0 ? "partner.remove" : "partner.assign";
        expect((await fleet.control("POST", "/actions", { action, waba_id: CLIENT.waba })).status).toBe(200);
        expect((await one.send(TRAFFIC.phoneNumberId)).status).toBe(200);
        await server.start();
      }
      const back = traffic.answered.size;
      await until(
        "webhooks are answered again",
        () => (traffic.answered.size > back + 10 ? true : undefined),
        60_000,
      );
      await traffic.stop();
      const isLost = KILLS % 2 === 1;
      for (const instance of instances)
        await until(
          `the gate ${isLost ? "closes" : "opens"}`,
          async () => ((await isRefused(instance)) === isLost ? true : undefined),
          60_000,
        );
      const missing = async (): Promise<string[]> => {
        const told = await countMarks(one, "MARK_");
        return [...traffic.answered].filter((mark) => told.get(mark) !== 1);
      };
      await until(
        "all is told",
        async () => ((await missing()).length === 0 ? true : undefined),
        60_000,
      ).catch(() => undefined);
      expect(await missing()).toEqual([]);
      expect(traffic.unexpected).toEqual([]);
      const { body } = await one.api("GET", "/wabas?limit=100");
      const wrong = body.data.filter(
        ({ id, status }: { id: string; status: string }) =>
          status !== (id === CLIENT.waba && isLost ? "permission_removed" : "live"),
      );
      expect(wrong.map(({ id, status }: { id: string; status: string }) => `${id} ${status}`)).toEqual([]);
    },
  );
});
