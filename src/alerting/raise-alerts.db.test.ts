import { afterEach, beforeEach, expect, test } from "vitest";
import { AlertFleet } from "../../test/support/alert-fleet.ts";
import { MINUTE, SECOND } from "../sharing/model/timings.ts";

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
  await fleet.pass(29 * SECOND);
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
