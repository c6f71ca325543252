import { afterAll, beforeAll, expect, test } from "vitest";
import {
  api,
  assetOf,
  app,
  lose,
  openSignupApp,
  pass,
  through,
  wabaOf,
} from "../../../test/support/signup-app.ts";
import type { StaleReply } from "../rules/stale-replies.ts";
import { verifyShare } from "./verify-share.ts";

beforeAll(openSignupApp, 60_000);
afterAll(() => app.stop());

const ATLAS = "100000000000004";

const staleOnTimeline = async (): Promise<{ detail: string; evidence: object }[]> =>
  (await api("GET", `/wabas/${ATLAS}/timeline`)).body.data.filter(
    ({ title }: { title: string }) => title === "A stale reply from Meta was dropped",
  );

test("an answer asked for before a repair that arrives after it is dropped, and reported once", async () => {
  await lose(ATLAS);
  const assetId = await assetOf(ATLAS);
  const reported: StaleReply[][] = [];
  let isRepaired = false;
  // The client shares again, and a newer probe proves it, while the refusal of the first question is under
  // way.
  const deps = through(async (request, ask) => {
    const reply = await ask();
    if (request.path !== `/${ATLAS}` || isRepaired) return reply;
    isRepaired = true;
    await app.emulator.act({ action: "partner.assign", waba_id: ATLAS, silent: true });
    await pass(6);
    await verifyShare(app.deps, { assetId, trigger: "due" });
    return reply;
  });
  const repliedLate = (_assetId: string, late: readonly StaleReply[]): void => void reported.push([...late]);
  await verifyShare({ ...deps, repliedLate }, { assetId, trigger: "due" });
  expect((await wabaOf(ATLAS)).status).toBe("live");
  expect(reported).toHaveLength(1);
  expect(reported[0]).toContainEqual({ condition: "Shared", known: "True", answered: "False" });
  const entries = await staleOnTimeline();
  expect(entries).toHaveLength(1);
  expect(entries[0]?.detail).toContain("Shared: False, not True");
  expect(entries[0]?.evidence).toMatchObject({ dropped: reported[0] });
});

test("stale replies that agree with what is known leave no trace", async () => {
  const assetId = await assetOf(ATLAS);
  const before = (await staleOnTimeline()).length;
  let isFirst = true;
  const deps = through(async (request, ask) => {
    const reply = await ask();
    if (request.path === `/${ATLAS}` && isFirst) {
      isFirst = false;
      await pass(1);
      await verifyShare(app.deps, { assetId, trigger: "due" });
    }
    return reply;
  });
  await verifyShare(deps, { assetId, trigger: "due" });
  expect(await staleOnTimeline()).toHaveLength(before);
});
