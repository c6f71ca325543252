import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  api,
  begin,
  beginAgain,
  bothEvents,
  finish,
  goOn,
  signupEvent,
  app,
  lose,
  newcomer,
  openSignupApp,
  pass,
  signupOf,
  tell,
  wabaOf,
  type Begun,
} from "../../../test/support/signup-app.ts";
import { advanceSignups } from "./advance-signups.ts";

/** Field case 6: Meta's window is finished, and its callback has no code. */
beforeAll(openSignupApp, 60_000);
afterAll(() => app.stop());

const ATLAS = "100000000000004";
const ATLAS_NUMBER = "200000000000005";
const OUTCOME = "finished_without_code";

type Order = readonly ("session" | "exit")[];
const ORDERS: Order[] = [
  ["session", "exit"],
  ["exit", "session"],
];

/** The events that the page sends, in this order. */
async function bring(signup: Begun, order: Order, message: object, code = "login_cancelled"): Promise<void> {
  for (const type of order) await signupEvent(signup, type === "exit" ? { type, code } : { type, message });
}

/** Runs the due probes, as the sweep does. */
async function probe(wabaId: string): Promise<void> {
  await pass(31);
  await api("POST", `/wabas/${wabaId}/check`, {});
}

const titlesOf = async (wabaId: string): Promise<string[]> =>
  (await api("GET", `/wabas/${wabaId}/timeline`)).body.data.map(({ title }: { title: string }) => title);

describe("of a repair (field case 6)", () => {
  test.each(ORDERS)(
    "%s, then %s: reported as finished, probed at once, and ready by the probe's proof",
    async (...order) => {
      await lose(ATLAS);
      const signup = await begin({ waba_id: ATLAS });
      const { event } = await finish({ waba_id: ATLAS, phone_number_id: ATLAS_NUMBER });
      await bring(signup, order, event);
      expect(await signupOf(signup.id)).toMatchObject({
        exit_reason: { code: OUTCOME, text: expect.not.stringContaining("Nothing was changed") },
      });
      expect((await titlesOf(ATLAS))[0]).toContain("Meta's confirmation code did not arrive");
      const schedule = (await api("GET", `/wabas/${ATLAS}/probe-schedule`)).body;
      expect(Date.parse(schedule.next_probe.at)).toBeLessThanOrEqual(app.deps.clock.now());
      await probe(ATLAS);
      expect((await wabaOf(ATLAS)).status).toBe("live");
      await goOn();
      expect(await signupOf(signup.id)).toMatchObject({ state: "ready", waba_id: ATLAS, exit_reason: null });
    },
  );

  test("a closed page reports nothing: the exit is recorded once a code would have expired", async () => {
    await lose(ATLAS);
    const signup = await begin({ waba_id: ATLAS });
    const { event } = await finish({ waba_id: ATLAS, phone_number_id: ATLAS_NUMBER });
    await signupEvent(signup, { type: "session", message: event });
    await advanceSignups(app.signups);
    expect((await signupOf(signup.id)).exit_reason).toBeNull();
    await pass(31);
    await advanceSignups(app.signups);
    expect((await signupOf(signup.id)).exit_reason.code).toBe(OUTCOME);
  });

  test("a window that was left unfinished is still recorded as closed", async () => {
    await lose(ATLAS);
    const signup = await begin({ waba_id: ATLAS });
    await signupEvent(signup, { type: "exit", code: "login_cancelled" });
    expect((await signupOf(signup.id)).exit_reason.code).toBe("login_cancelled");
  });

  test("a late code is accepted", async () => {
    const signup = await begin({ waba_id: ATLAS });
    const done = await finish({ waba_id: ATLAS, phone_number_id: ATLAS_NUMBER });
    await bring(signup, ["session", "exit"], done.event, "timed_out");
    await signupEvent(signup, { type: "code", code: done.code });
    await goOn();
    expect(await signupOf(signup.id)).toMatchObject({ state: "ready", exit_reason: null });
  });
});

describe("of two new clients at once, whose windows name no WABA (field case 6)", () => {
  const NAMELESS = { type: "WA_EMBEDDED_SIGNUP", event: "FINISH_ONLY_WABA", data: {} };

  async function arrive(name: string): Promise<string> {
    const { waba_id: wabaId } = await finish(newcomer(name));
    await tell(wabaId, { event: "PARTNER_ADDED" });
    await probe(wabaId);
    return wabaId;
  }

  const offeredTo = async ({ id }: Begun): Promise<string | null> =>
    (await signupOf(id)).offered?.waba_id ?? null;

  test("a discovered WABA is offered to neither while both wait, and not at all after another import", async () => {
    const one = await begin({});
    const other = await begin({});
    for (const signup of [one, other]) await bring(signup, ["session", "exit"], NAMELESS);
    expect((await signupOf(one.id)).exit_reason.code).toBe(OUTCOME);
    const first = await arrive("Linden Books");
    await goOn();
    expect([await offeredTo(one), await offeredTo(other)]).toEqual([null, null]);
    await api("POST", `/signups/${other.id}/abandon`, {});
    await pass(600);
    await goOn();
    expect(await offeredTo(one)).toBe(first);
    expect((await api("POST", `/wabas/${first}/adopt`, {})).status).toBe(200);
    await goOn();
    expect(await offeredTo(one)).toBeNull();
    const second = await arrive("Poplar Books");
    await pass(600);
    await goOn();
    expect(await offeredTo(one)).toBe(second);
    await api("POST", `/signups/${one.id}/abandon`, {});
  });
});

describe("of a new client (field case 6)", () => {
  async function finished(order: Order): Promise<{ signup: Begun; wabaId: string }> {
    const signup = await begin({ external_id: `crm-${order.join()}` });
    const done = await finish(newcomer("Willow Books"));
    await bring(signup, order, done.event);
    return { signup, wabaId: done.waba_id };
  }

  test.each(ORDERS)(
    "%s, then %s: the WABA that is proven and new waits to be confirmed",
    async (...order) => {
      const { signup, wabaId } = await finished(order);
      expect((await signupOf(signup.id)).exit_reason.code).toBe(OUTCOME);
      await advanceSignups(app.signups);
      expect((await wabaOf(wabaId)).status).toBe("discovered");
      expect((await signupOf(signup.id)).offered).toBeNull();
      await probe(wabaId);
      await goOn();
      expect(await signupOf(signup.id)).toMatchObject({
        state: "opened",
        who_must_act: "provider",
        offered: { waba_id: wabaId, to_confirm: true, may_accept: false },
      });
      expect((await api("POST", `/signups/${signup.id}/accept-successor`, {})).status).toBe(409);
      expect((await api("POST", `/signups/${signup.id}/confirm-waba`, {})).status).toBe(200);
      await goOn();
      expect(await signupOf(signup.id)).toMatchObject({ state: "ready", waba_id: wabaId, offered: null });
      expect(await wabaOf(wabaId)).toMatchObject({
        status: "live",
        client: { external_id: `crm-${order.join()}` },
      });
      expect((await api("POST", `/signups/${signup.id}/confirm-waba`, {})).body.code).toBe("nothing_offered");
    },
  );

  test("Meta's webhook discovered it first: the signup still finds it", async () => {
    const signup = await begin({});
    const done = await finish(newcomer("Birch Books"));
    await tell(done.waba_id, { event: "PARTNER_ADDED" });
    await probe(done.waba_id);
    await bring(signup, ["session", "exit"], done.event);
    await goOn();
    expect((await signupOf(signup.id)).offered).toMatchObject({ waba_id: done.waba_id, to_confirm: true });
  });

  test("the message alone proves nothing: another client's WABA or an unshared one is never offered", async () => {
    for (const wabaId of ["100000000000001", "119999999999999"]) {
      const signup = await begin({});
      const message = { type: "WA_EMBEDDED_SIGNUP", event: "FINISH", data: { waba_id: wabaId } };
      await bring(signup, ["session", "exit"], message);
      await goOn();
      expect(await signupOf(signup.id)).toMatchObject({ offered: null, state: "opened" });
    }
    expect((await api("GET", "/wabas/119999999999999")).status).toBe(404);
  });

  test("another attempt with its code continues, and nothing is left to confirm", async () => {
    const { signup } = await finished(["session", "exit"]);
    await pass(1);
    const again = await beginAgain(signup.id);
    await bothEvents(again, await finish(newcomer("Elm Books")));
    await goOn();
    expect(await signupOf(signup.id)).toMatchObject({ state: "ready", offered: null });
  });
});

test("the funnel distinguishes it from windows that were closed", async () => {
  const { outcomes } = (await api("GET", "/signup-outcomes")).body;
  const counted = outcomes.filter(({ outcome }: { outcome: string }) => outcome === OUTCOME);
  expect(counted).toEqual([
    expect.objectContaining({ title: "Meta's window was finished, but its confirmation did not arrive" }),
  ]);
});
