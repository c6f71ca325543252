import { afterEach, beforeEach, expect, test } from "vitest";
import { AlertFleet } from "../../test/support/alert-fleet.ts";
import { MINUTE, SECOND } from "../sharing/model/timings.ts";
import type { Signal } from "./signal.ts";

let fleet: AlertFleet;
beforeEach(async () => {
  fleet = await AlertFleet.open();
});
afterEach(() => fleet.close());

const idsOf = (count: number): string[] => Array.from({ length: count }, (_, n) => String(1_000_000 + n));

test("a loss is told once, and its recovery says how long it lasted", async () => {
  await fleet.route("desk");
  const assetIds = await fleet.live(idsOf(1));
  await fleet.lose(assetIds);
  await fleet.pass(27 * SECOND);
  expect(await fleet.told()).toEqual([]);
  await fleet.pass(1 * SECOND);
  expect(await fleet.told()).toEqual(["desk opened: WABA 1000000 removed our access"]);
  await fleet.pass(10 * MINUTE);
  await fleet.restore(assetIds);
  await fleet.pass(5 * MINUTE - SECOND);
  expect(await fleet.told()).toHaveLength(1);
  await fleet.pass(SECOND);
  expect((await fleet.told()).slice(1)).toEqual(["desk resolved: WABA 1000000 removed our access"]);
  const [last] = await fleet.db.query("select message from alert_notification where kind = 'resolved'");
  expect(last).toMatchObject({ message: { lines: ["It is over. It lasted 11 min."] } });
  await fleet.pass(60 * MINUTE);
  expect(await fleet.told()).toHaveLength(2);
});

test("a share that flaps fifty times is told once and closed once", async () => {
  await fleet.route("desk");
  const assetIds = await fleet.live(idsOf(1));
  for (let flap = 0; flap < 50; flap += 1) {
    await fleet.lose(assetIds);
    await fleet.pass(10 * SECOND);
    await fleet.restore(assetIds);
    await fleet.pass(60 * SECOND);
  }
  await fleet.pass(60 * MINUTE);
  const title = "WABA 1000000 removed our access";
  expect(await fleet.told()).toEqual([`desk opened: ${title}`, `desk resolved: ${title}`]);
  expect(await fleet.signals()).toHaveLength(50);
});

test("what flaps before anybody takes a turn is told in the same way", async () => {
  await fleet.route("desk");
  const assetIds = await fleet.live(idsOf(1));
  for (let flap = 0; flap < 5; flap += 1) {
    await fleet.lose(assetIds);
    fleet.now += 10 * SECOND;
    await fleet.restore(assetIds);
    fleet.now += 60 * SECOND;
  }
  await fleet.pass(60 * MINUTE);
  expect((await fleet.told()).map((line) => line.split(":")[0])).toEqual(["desk opened", "desk resolved"]);
});

test("who is told of something that is over by then is told of its end, too", async () => {
  await fleet.route("desk");
  const assetIds = await fleet.live(idsOf(1));
  await fleet.lose(assetIds);
  fleet.now += 10 * MINUTE;
  await fleet.restore(assetIds);
  fleet.now += 60 * MINUTE;
  await fleet.turn();
  expect((await fleet.told()).map((line) => line.split(":")[0])).toEqual(["desk opened", "desk resolved"]);
});

test("a loss of ten seconds is nothing that people must know", async () => {
  await fleet.route("desk");
  const assetIds = await fleet.live(idsOf(1));
  await fleet.lose(assetIds);
  await fleet.pass(4 * SECOND);
  await fleet.restore(assetIds);
  await fleet.pass(60 * MINUTE);
  expect(await fleet.told()).toEqual([]);
  expect(await fleet.db.query("select state, fired_at from alert")).toEqual([
    { state: "resolved", fired_at: null },
  ]);
});

test("two hundred clients that remove us are one message, which says how many, how fast and how unusual", async () => {
  await fleet.route("desk");
  const assetIds = await fleet.live(idsOf(200));
  await fleet.turn();
  for (let nth = 0; nth < 200; nth += 20) {
    await fleet.lose(assetIds.slice(nth, nth + 20));
    await fleet.pass(15 * SECOND);
  }
  await fleet.pass(60 * MINUTE);
  const surge = "200 clients removed our access in 3 min, usually less than one a day";
  expect(await fleet.told()).toEqual([`desk opened: ${surge}`]);
  await fleet.restore(assetIds);
  await fleet.pass(5 * MINUTE);
  expect(await fleet.told()).toEqual([`desk opened: ${surge}`, `desk resolved: ${surge}`]);
  const [last] = await fleet.db.query(
    "select message->'facts' as facts from alert_notification where kind = 'resolved'",
  );
  expect(last).toEqual({
    facts: expect.arrayContaining([{ label: "Repaired", value: "200 of 200" }]),
  });
});

test("while Meta has trouble the team is told once, and what is still true afterwards", async () => {
  await fleet.route("desk");
  const assetIds = await fleet.live(idsOf(12));
  await fleet.incident();
  await fleet.turn();
  await fleet.silence(assetIds);
  await fleet.pass(60 * MINUTE);
  const trouble = "Meta has trouble: many WABAs fail together";
  expect(await fleet.told()).toEqual([`desk opened: ${trouble}`]);
  await fleet.probe(assetIds.slice(1), true);
  await fleet.endIncident();
  await fleet.pass(10 * MINUTE);
  expect((await fleet.told()).slice(1)).toEqual([
    "desk opened: It is not known whether WABA 1000000 still shares its WABA",
    `desk resolved: ${trouble}`,
  ]);
});

test("two instances and one that dies: each line raises one alert", async () => {
  await fleet.route("desk");
  const assetIds = await fleet.live(idsOf(4));
  for (const [nth, assetId] of assetIds.entries()) {
    await fleet.lose([assetId]);
    if (nth % 2 === 1) await fleet.dieInTurn();
    await Promise.all([fleet.turn(), fleet.turn()]);
    await fleet.pass(15 * MINUTE);
  }
  expect(await fleet.signals()).toHaveLength(4);
  expect(await fleet.told()).toEqual(idsOf(4).map((id) => `desk opened: WABA ${id} removed our access`));
});

test("what was lost before alerts existed is not told with a later line, and its next loss is", async () => {
  await fleet.route("desk");
  const assetIds = await fleet.live(idsOf(1));
  await fleet.lose(assetIds);
  await fleet.db.query(
    "update alert_cursor set (journal_seq, begins_at) = (select max(seq), max(at) from journal)",
  );
  fleet.now += 60 * MINUTE;
  await fleet.note(assetIds);
  await fleet.pass(60 * MINUTE);
  expect(await fleet.told()).toEqual([]);
  await fleet.restore(assetIds);
  fleet.now += 60 * MINUTE;
  await fleet.lose(assetIds);
  await fleet.pass(MINUTE);
  expect(await fleet.told()).toEqual(["desk opened: WABA 1000000 removed our access"]);
});

test("what Meta warns of is told of a WABA that is ours, and not of one that was offboarded", async () => {
  await fleet.route("desk");
  const [, gone = ""] = await fleet.live(idsOf(2));
  await fleet.db.query(
    'update share set record = record || \'{"adoption": "offboarded"}\' where asset_id = $1',
    [gone],
  );
  await fleet.turn();
  await fleet.warn(idsOf(2));
  await fleet.pass(5 * MINUTE);
  expect(await fleet.told()).toEqual([
    "desk opened: Meta finds the quality of a number of WABA 1000000 low: +15550190001",
  ]);
});

test("the first route that matches decides; without one nothing is sent", async () => {
  await fleet.route("vip", { position: 1, match: { tag: "vip", severity: "critical" } });
  await fleet.route("owner", { position: 2, match: { ownerId: "usr_1" } });
  const [vip = "", owned = "", other = ""] = await fleet.live(idsOf(3));
  await fleet.db.query("update asset set tags = '{vip}' where id = $1", [vip]);
  await fleet.db.query("update asset set owner_id = 'usr_1' where id = any($1)", [[vip, owned]]);
  await fleet.lose([vip, owned, other]);
  await fleet.pass(10 * MINUTE);
  expect(await fleet.told()).toEqual([
    "owner opened: WABA 1000001 removed our access",
    "vip opened: WABA 1000000 removed our access",
  ]);
  expect(await fleet.db.query("select count(*)::int as count from alert where state = 'firing'")).toEqual([
    { count: 3 },
  ]);
});

test("quiet hours hold a warning until they end, and no critical alert", async () => {
  const quietHours = { from: "00:00", to: "06:00", timeZone: "UTC" };
  await fleet.route("night", { quietHours });
  const [lost = "", silent = ""] = await fleet.live(idsOf(2));
  await fleet.lose([lost]);
  await fleet.silence([silent]);
  await fleet.pass(5 * 60 * MINUTE);
  expect(await fleet.told()).toEqual(["night opened: WABA 1000000 removed our access"]);
  await fleet.pass(2 * 60 * MINUTE);
  expect((await fleet.told()).slice(1)).toEqual([
    "night opened: It is not known whether WABA 1000001 still shares its WABA",
  ]);
});

test("whom nobody answers is escalated to others, who are told of the end, too", async () => {
  await fleet.channel("boss");
  await fleet.route("desk", { escalateAfterS: 900, escalateTo: ["boss"], repeatS: 1800 });
  const assetIds = await fleet.live(idsOf(1));
  await fleet.lose(assetIds);
  await fleet.pass(31 * MINUTE);
  await fleet.restore(assetIds);
  await fleet.pass(10 * MINUTE);
  expect((await fleet.told()).map((line) => line.split(":")[0])).toEqual([
    ...["desk opened", "boss escalated", "desk repeated", "boss resolved", "desk resolved"],
  ]);
});

test("a clock that was set back a day holds nothing up", async () => {
  await fleet.route("desk");
  const assetIds = await fleet.live(idsOf(1));
  await fleet.lose(assetIds);
  await fleet.turn();
  fleet.now -= 24 * 60 * MINUTE;
  await fleet.pass(MINUTE);
  expect(await fleet.told()).toHaveLength(1);
});

test("an alert whose title lacks a value is told by the name of its rule, and holds up no other", async () => {
  await fleet.route("desk");
  const assetIds = await fleet.live(idsOf(1));
  const broken: Signal = {
    ...{ rule: "token_expires", subject: "token:default", assetId: null, cause: "token_ends_soon" },
    ...{ beganAt: fleet.now, detail: {} },
  };
  const ownFaults = () => Promise.resolve({ rules: ["token_expires" as const], current: [broken] });
  await fleet.lose(assetIds);
  for (let n = 0; n < 3; n += 1) {
    await fleet.turn({ ownFaults });
    fleet.now += MINUTE;
  }
  expect(await fleet.told()).toEqual([
    ...["desk opened: WABA 1000000 removed our access", "desk opened: Token expires"],
  ]);
});

test("a signal that holds already, and one that does not hold, change nothing", async () => {
  const dead: Signal = {
    ...{ rule: "token_dead", subject: "connection:default", assetId: null, cause: null },
    ...{ beganAt: fleet.now, detail: {} },
  };
  const faults = (...current: Signal[]) => ({
    ownFaults: () => Promise.resolve({ rules: ["token_dead" as const], current }),
  });
  await fleet.route("desk");
  for (const each of [faults(dead), faults(dead), faults(), faults()]) {
    await fleet.turn(each);
    fleet.now += 2 * SECOND;
  }
  fleet.now += 60 * SECOND;
  await fleet.turn(faults());
  expect(await fleet.told()).toEqual([
    "desk opened: Our access token is no longer valid",
    "desk resolved: Our access token is no longer valid",
  ]);
});
