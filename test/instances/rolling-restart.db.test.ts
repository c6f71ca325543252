/**
 * Rolling update: each instance is stopped as an orchestrator stops it, one after the other, during traffic
 * and a loss.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { openPostgresDatabase } from "../../src/database/postgres-database.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { until } from "../support/until.ts";
import { isRefused } from "./instance-urls.ts";
import { openFleet, type Fleet, type ServingProcess } from "./fleet.ts";
import { messagesAtMeta } from "./meta-requests.ts";
import { openTraffic, untilTaken } from "./traffic.ts";

const hasServer = process.env.DATABASE_URL !== undefined && process.env.DATABASE_URL !== "";
const name = hasServer ? "a rolling restart" : "a rolling restart (skipped: set DATABASE_URL)";

const OPEN = { wabaId: "100000000000001", phoneNumberId: "200000000000001" };
const CLOSED = { waba: "100000000000004", number: "200000000000005" };
/** Lost while the last of the old instances ends. */
const LEAVING = { waba: "100000000000005", number: "200000000000006" };

describe.skipIf(!hasServer)(name, { timeout: 180_000 }, () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let fleet: Fleet;
  let db: Database;

  beforeAll(async () => {
    database = await freshDatabase();
    if (database === undefined) throw new Error("No DATABASE_URL");
    // Errors only: each instance finds that Meta's webhooks go to the other's address.
    fleet = await openFleet(database.url, { LOG_LEVEL: "error" });
    await (await fleet.start()).stop();
    db = await openPostgresDatabase(database.url, systemClock);
  });
  afterAll(async () => {
    await db?.close();
    await fleet?.stop();
    await database?.drop();
  });

  const remove = async (waba: string): Promise<void> => {
    const action = { action: "partner.remove", waba_id: waba };
    expect((await fleet.control("POST", "/actions", action)).status).toBe(200);
  };
  const untilClosed = (instance: ServingProcess, phoneNumberId: string): Promise<unknown> =>
    until(
      `the gate of ${phoneNumberId} closes`,
      async () => ((await isRefused(instance, phoneNumberId)) ? true : undefined),
      30_000,
    );

  test("answers every webhook, and every message as its gate stands; nothing is lost or taken twice", async () => {
    const [a, b] = await Promise.all([fleet.startProcess(), fleet.startProcess()]);
    fleet.deliverTo(b);
    await remove(CLOSED.waba);
    await Promise.all([untilClosed(a, CLOSED.number), untilClosed(b, CLOSED.number)]);
    const traffic = openTraffic(fleet, [a, b], { open: OPEN, closed: CLOSED.number, mayBeAway: false });
    await traffic.untilAnswered(10);

    expect(await a.end("SIGTERM")).toMatchObject({ code: 0, stderr: "" });
    const nextOfA = await fleet.startProcess();
    traffic.use([nextOfA, b]);
    await traffic.untilAnswered(10);

    await remove(LEAVING.waba);
    expect(await b.end("SIGTERM")).toMatchObject({ code: 0, stderr: "" });
    fleet.deliverTo(nextOfA);
    const nextOfB = await fleet.startProcess();
    traffic.use([nextOfA, nextOfB]);
    await Promise.all([untilClosed(nextOfA, LEAVING.number), untilClosed(nextOfB, LEAVING.number)]);
    await traffic.untilAnswered(10);
    await traffic.stop();

    expect(traffic.unexpected).toEqual([]);
    expect(traffic.refusedCount).toBeGreaterThan(0);
    expect(await untilTaken(db, traffic)).toEqual([]);
    const atMeta = await messagesAtMeta(fleet);
    expect([...traffic.accepted].filter((id) => !atMeta.has(id))).toEqual([]);
  });
});
