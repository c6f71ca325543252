/** The events of a repair and of a signup: each once, in the transaction of what it tells. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  api,
  app,
  begin,
  bothEvents,
  db,
  finish,
  goOn,
  newcomer,
  openSignupApp,
  pass,
  signupEvent,
  signupOf,
} from "../../../../test/support/signup-app.ts";
import { abandonSignup } from "../../../onboarding/signup/abandon-signup.ts";
import { openReshareLink } from "../../../recovery/open-reshare-link.ts";
import { recordOpened } from "../../../recovery/record-signal.ts";
import { findCurrentLinks } from "../../../recovery/reshare-link-store.ts";
import { SYSTEM } from "../../../sharing/record/record-observation.ts";

let endpointId: string;
beforeAll(async () => {
  await openSignupApp();
  const made = await api("POST", "/webhook-endpoints", { url: "https://receiver.example/" });
  endpointId = made.body.id;
  await api("PATCH", `/webhook-endpoints/${endpointId}`, { state: "paused" });
}, 60_000);
afterAll(() => app.stop());

const ATLAS = "100000000000004";
const JUNIPER = "100000000000005";

/** Types of the journal about a WABA since the last call, oldest first. */
const seen = new Map<string, string>();
async function newsOf(wabaId: string): Promise<string[]> {
  const after = seen.get(wabaId) ?? "0";
  const rows = await db().query<{ seq: string; type: string }>(
    `select seq, journal.type from journal join meta_id on owner_id = asset_id and meta_id.type = 'waba'
     where meta_id = $1 and seq > $2 order by seq`,
    [wabaId, after],
  );
  seen.set(wabaId, rows.at(-1)?.seq ?? after);
  return rows.map(({ type }) => type);
}

const isRepair = (type: string): boolean => /^waba\.(repair|onboarding)/.test(type);
const check = (wabaId: string) => api("POST", `/wabas/${wabaId}/check`, {});
const act = (action: string, wabaId: string) => app.emulator.act({ action, waba_id: wabaId, silent: true });

async function linkOf(wabaId: string) {
  const [row] = await db().query<{ owner_id: string }>(
    "select owner_id from meta_id where type = 'waba' and meta_id = $1",
    [wabaId],
  );
  const [link] = await findCurrentLinks(db(), [row?.owner_id ?? ""]);
  if (link === undefined) throw new Error("no link");
  return link;
}

/** Notices that wait for the paused endpoint. */
async function noticesOf(prefix: string) {
  const { data } = (await api("GET", `/webhook-endpoints/${endpointId}/deliveries?limit=100`)).body;
  const ids = data.filter(({ type }: { type: string }) => type.startsWith(prefix));
  const bodies = [];
  for (const { id } of ids) bodies.push((await api("GET", `/deliveries/${id}`)).body.body);
  return bodies;
}

describe("a repair", () => {
  test("begins with its link, opened once per loss, fails, and is completed after the gate has opened", async () => {
    await check(ATLAS);
    await newsOf(ATLAS);
    await act("partner.remove", ATLAS);
    await check(ATLAS);
    const loss = await newsOf(ATLAS);
    expect(loss.slice(0, 2)).toEqual(["waba.share.lost", "waba.gate.closed"]);
    expect(loss.at(-1)).toBe("waba.repair.link_created");

    const open = async (): Promise<void> =>
      recordOpened(app.deps, { link: await linkOf(ATLAS), language: "en", requestId: null });
    await open();
    expect(await newsOf(ATLAS)).toEqual(["reshare.opened", "waba.repair.opened"]);
    await pass(3600);
    await open();
    expect(await newsOf(ATLAS)).toEqual(["reshare.opened"]);

    await api("POST", `/wabas/${ATLAS}/reshare-links`, { rotate: true });
    expect((await newsOf(ATLAS)).filter(isRepair)).toEqual(["waba.repair.link_created"]);

    const signup = await begin({ waba_id: ATLAS });
    await signupEvent(signup, { type: "exit", code: "login_cancelled" });
    await signupEvent(signup, { type: "exit", code: "login_cancelled" });
    expect((await newsOf(ATLAS)).filter(isRepair)).toEqual(["waba.repair.failed"]);

    await act("partner.assign", ATLAS);
    await pass(60);
    await check(ATLAS);
    const end = await newsOf(ATLAS);
    expect(end.filter(isRepair)).toEqual(["waba.repair.completed"]);
    expect(end.indexOf("waba.repair.completed")).toBeGreaterThan(end.indexOf("waba.gate.opened"));
  });

  test("stands in the timeline by its own entries, not twice", async () => {
    const { data } = (await api("GET", `/wabas/${ATLAS}/timeline?limit=100`)).body;
    const rows = await db().query<{ type: string }>("select distinct type from journal");
    expect(rows.map(({ type }) => type)).toContain("waba.repair.completed");
    expect(JSON.stringify(data)).not.toMatch(/waba\.repair/);
  });

  test("that rolls back leaves no event", async () => {
    const { assetId } = await linkOf(ATLAS);
    const rotate = { assetId, rotate: true, by: SYSTEM };
    const cut = {
      ...app.deps.db,
      transaction: <T>(work: Parameters<typeof app.deps.db.transaction<T>>[0]) =>
        app.deps.db.transaction<T>(async (tx) => {
          await work(tx);
          throw new Error("the database was cut");
        }),
    };
    const links = { refresh: () => Promise.resolve() };
    const deps = { ...app.deps, db: cut, reshareLinkLifetimeMs: 3_600_000, links };
    await newsOf(ATLAS);
    await expect(openReshareLink(deps, rotate)).rejects.toThrow("cut");
    expect(await newsOf(ATLAS)).toEqual([]);
  });

  test("of the subscription is told once, in the probe that did it", async () => {
    await check(JUNIPER);
    await newsOf(JUNIPER);
    await act("subscription.drop", JUNIPER);
    await check(JUNIPER);
    await check(JUNIPER);
    expect((await newsOf(JUNIPER)).filter((type) => type.startsWith("subscription"))).toEqual([
      "subscription.repaired",
    ]);
  });
});

describe("a first signup", () => {
  test("fails without a WABA, then is abandoned: notices, each once", async () => {
    const signup = await begin({ external_id: "crm-1" });
    await signupEvent(signup, { type: "exit", code: "login_cancelled" });
    await signupEvent(signup, { type: "exit", code: "login_cancelled" });
    expect(await noticesOf("waba.onboarding.")).toMatchObject([
      {
        type: "waba.onboarding.failed",
        data: {
          signup: { id: signup.id, exit_reason: "login_cancelled", external_id: "crm-1", waba_id: null },
        },
      },
    ]);
    await pass(1);
    await abandonSignup(app.signups, signup.id);
    await abandonSignup(app.signups, signup.id);
    const [abandoned, ...others] = await noticesOf("waba.onboarding.");
    expect(abandoned).toMatchObject({
      type: "waba.onboarding.abandoned",
      data: { signup: { id: signup.id, state: "abandoned" } },
    });
    expect(others).toHaveLength(1);
  });

  test("that brings a WABA is started and completed in the journal, and no notice", async () => {
    const before = (await noticesOf("waba.onboarding.")).length;
    const signup = await begin({});
    const { id, attempt } = signup;
    const done = await finish(newcomer("Quay Books"));
    await bothEvents({ id, attempt }, done);
    for (let round = 0; round < 5 && (await signupOf(id)).state !== "ready"; round += 1) {
      await pass(31);
      await goOn();
    }
    expect((await newsOf(done.waba_id)).filter(isRepair)).toEqual([
      "waba.onboarding.started",
      "waba.onboarding.completed",
    ]);
    expect(await noticesOf("waba.onboarding.")).toHaveLength(before);
  });
});
