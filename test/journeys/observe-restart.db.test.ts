/**
 * H2: an installation that only observed starts again with MODE=enforce: it probes first and closes
 * afterwards.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const REPAIRED = { waba: "100000000000008", number: "200000000000009" };
const LOST = { waba: "100000000000004", number: "200000000000005" };
const JUNIPER = "100000000000005";

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox({ MODE: "observe" });
});
afterAll(() => app?.stop());

const refusalOf = async (number: string): Promise<string | null> =>
  (await app.send(number)).headers.get("sharekeeper-refused");

test("in observe mode a partial share is shown as such, and nothing is refused", async () => {
  await app.untilStatus(JUNIPER, "permission_removed", "partial_control", 40_000);
  await app.act("partner.remove", { waba_id: REPAIRED.waba });
  await app.act("partner.assign", { waba_id: REPAIRED.waba });
  await app.untilStatus(REPAIRED.waba, "unknown", "not_proven_while_observing", 40_000);
  await app.untilStatus(LOST.waba, "permission_removed", undefined, 40_000);
  expect([await refusalOf(REPAIRED.number), await refusalOf(LOST.number)]).toEqual([null, null]);
}, 90_000);

test("after the start in enforce mode what stands is never refused, and what is lost closes once a probe has seen it", async () => {
  app.env["MODE"] = "enforce";
  await app.restart();
  const refused: (string | null)[] = [await refusalOf(REPAIRED.number)];
  await until("the share that stands is proven by a write", async () => {
    refused.push(await refusalOf(REPAIRED.number));
    return (await app.waba(REPAIRED.waba)).status === "live" ? true : undefined;
  });
  expect([...new Set(refused)]).toEqual([null]);
  await until("the share that is lost is refused", async () =>
    (await refusalOf(LOST.number)) === null ? undefined : true,
  );
  expect(await app.waba(LOST.waba)).toMatchObject({ status: "permission_removed", mode_pending: false });
  expect((await app.waba(LOST.waba)).has_reshare_link).toBe(true);
});
