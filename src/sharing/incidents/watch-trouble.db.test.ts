import { afterAll, beforeAll, expect, test } from "vitest";
import { assetOf, app, openSignupApp, pass, through, wabaOf } from "../../../test/support/signup-app.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import type { ProbeResult } from "../model/probe-result.ts";
import { findShare, type ShareRow } from "../record/share-store.ts";
import { verifyShare } from "../probe/verify-share.ts";
import { watchTrouble, type TroubleWatch } from "./watch-trouble.ts";

beforeAll(openSignupApp, 60_000);
afterAll(() => app.stop());

const idOf = (count: number): string => `1000000000000${String(count).padStart(2, "0")}`;
const FLEET = [1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15].map(idOf);
const DENIED = [1, 2, 3, 8, 9, 10, 12, 13].map(idOf);

const newWatch = (): TroubleWatch =>
  watchTrouble(app.deps, {
    troubled: () => undefined,
    witnessesCalled: () => undefined,
    opened: () => undefined,
    ended: () => undefined,
  });

const openIncidentCount = async (): Promise<number> =>
  (await app.database.db.query("select 1 from incident where ended_at is null")).length;

test("Meta denies half the fleet, one WABA after the other: the fifth opens an incident, and no more are closed", async () => {
  const trouble = newWatch();
  const denying = through(async (request, ask) => {
    const reply = await ask();
    return DENIED.includes(request.path.slice(1)) ? refusalOf(reply) : reply;
  });
  const deps = { ...denying, trouble };
  for (const wabaId of FLEET) await verifyShare({ ...app.deps, trouble }, await sweepOf(wabaId));
  for (const wabaId of FLEET) {
    await pass(0.5);
    await verifyShare(deps, await sweepOf(wabaId));
    await trouble.turn();
    for (const seconds of [1.1, 5]) {
      await pass(seconds);
      await verifyShare(deps, { ...(await sweepOf(wabaId)), trigger: "due" });
    }
  }
  const statuses = await Promise.all(DENIED.map(async (wabaId) => (await wabaOf(wabaId)).status as string));
  expect(statuses).toEqual([
    ...Array<string>(4).fill("permission_removed"),
    ...Array<string>(4).fill("unknown"),
  ]);
  expect(await openIncidentCount()).toBe(1);
});

const sweepOf = async (wabaId: string) => ({ assetId: await assetOf(wabaId), trigger: "sweep" as const });

function refusalOf({ request, askedAt, answeredAt }: GraphReply): GraphReply {
  const fault = {
    code: 100,
    subcode: 33,
    type: null,
    message: "",
    details: null,
    traceId: null,
    transient: null,
  };
  return { request, askedAt, answeredAt, kind: "refusal", status: 400, fault };
}

test("of a large fleet the newest probes open it, long before a fifth of the fleet was seen to fail", async () => {
  const trouble = newWatch();
  const model = await findShare(app.database.db, await assetOf(idOf(14)));
  if (model === undefined) throw new Error("no share");
  const share = (index: number): ShareRow => ({ ...model, assetId: `fleet_${index}` });
  const weigh = (
    index: number,
    verdict: "true" | "bad",
    trigger: ProbeResult["trigger"] = "sweep",
  ): boolean => trouble.weigh(probeOf(verdict, trigger), share(index)).distrusted === true;
  for (let index = 0; index < 1000; index += 1) expect(weigh(index, "true")).toBe(false);
  // A client that removed us from five at once: a notice or a list made us probe exactly these.
  for (let index = 0; index < 5; index += 1) expect(weigh(index, "bad", "due")).toBe(false);
  const doubted = Array.from({ length: 40 }, (_, index) =>
    weigh(500 + index, index % 2 === 0 ? "bad" : "true"),
  );
  expect(doubted.filter((isDoubted, index) => index % 2 === 0 && !isDoubted)).toHaveLength(4);
});

const probeOf = (verdict: "true" | "bad", trigger: ProbeResult["trigger"]): ProbeResult => ({
  askedAt: app.deps.clock.now(),
  trigger,
  waited: false,
  answers: {
    Shared: verdict === "true" ? { verdict } : { verdict, reason: "unspecified", metaMessage: null },
    ...(verdict === "true" && { FullControl: { verdict } }),
  },
  numbers: {},
  numbersComplete: false,
  kind: null,
  write: "none",
});
