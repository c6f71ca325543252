import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  api,
  assetOf,
  begin,
  bothEvents,
  db,
  finish,
  goOn,
  app,
  lose,
  newcomer,
  openSignupApp,
  pass,
  requestsTo,
  setKnobs,
  signupOf,
  through,
  wabaOf,
} from "../../../test/support/signup-app.ts";
import { findNumbersOf } from "../../directory/number-store.ts";
import { noAnswer, type GraphAnswer } from "../../meta/graph-reply.ts";
import { findPins, findPinState } from "./pin-store.ts";
import { advanceSignups } from "../signup/advance-signups.ts";
import { registerNumber } from "./register-number.ts";
import { readRegistrationTries } from "./registration-store.ts";
import type { SignupDeps } from "../signup-deps.ts";

/**
 * Field case 3 and S7: a refused registration is shown and retried, and a guest cannot make us lose a PIN.
 */
beforeAll(openSignupApp, 60_000);
afterAll(() => app.stop());

const JUNIPER = "100000000000005";
const JUNIPER_NUMBER = "200000000000006";
const EXPLANATION = "Cannot Create Certificate: The certificate cannot be created";
const MINUTE = 60;

const act = (action: string, phone_number_id: string, more: object = {}): Promise<unknown> =>
  app.emulator.act({ action, phone_number_id, ...more });

const stepOf = async (id: string, name: string) =>
  (await signupOf(id)).steps.find((step: { id: string }) => step.id === name);

const timelineOf = async (wabaId: string): Promise<{ title: string; detail: string | null }[]> =>
  (await api("GET", `/wabas/${wabaId}/timeline`)).body.data;

/** Meta's answers to registrations, instead of the emulator's; null: the emulator's own. */
function registering(answer: (path: string) => GraphAnswer | null): SignupDeps {
  return through((request, ask) => {
    const given = request.path.endsWith("/register") ? answer(request.path) : null;
    if (given === null) return ask();
    const at = app.deps.clock.now();
    return Promise.resolve({ request, askedAt: at, answeredAt: at, ...given });
  });
}

function refusal(code: number, status = 400): GraphAnswer {
  const rest = { subcode: null, type: null, details: null, traceId: null, transient: null };
  return { kind: "refusal", status, fault: { code, message: `error ${code}`, ...rest } };
}

/** A new number whose display name Meta still reviews. */
async function signUpRefused(): Promise<{ id: string; wabaId: string; number: string }> {
  await setKnobs({ register_needs_name: true });
  const signup = await begin({});
  const done = await finish(newcomer("Willow Books"));
  await act("number.name", done.phone_number_id, { name_status: "PENDING_REVIEW" });
  await bothEvents(signup, done);
  await goOn();
  return { id: signup.id, wabaId: done.waba_id, number: done.phone_number_id };
}

describe("a registration that Meta refuses (field case 3)", () => {
  test("is shown with Meta's explanation, and never as done", async () => {
    const { id, wabaId } = await signUpRefused();
    const signup = await signupOf(id);
    expect(signup).toMatchObject({ state: "ready", who_must_act: "meta" });
    expect(await stepOf(id, "register")).toMatchObject({
      status: "failed",
      meta_message: expect.stringContaining(EXPLANATION),
      again_at: expect.any(String),
    });
    const closing = (await timelineOf(wabaId)).find(({ title }) => title.startsWith("The signup"));
    expect(closing).toMatchObject({
      title: "The signup's access is proven; one step is still open",
      detail: expect.stringContaining(EXPLANATION),
    });
  });

  test("is shown on the invitation's page: access granted, Meta's explanation, and nothing green", async () => {
    const { id } = await signUpRefused();
    const { url } = (await api("POST", `/signups/${id}/invitation-link`, {})).body;
    const page = (await app.ask("GET", new URL(url).pathname, undefined, {})).body as string;
    expect(page).toContain('data-lamp="amber" data-stage="unregistered"');
    expect(page).toContain("You have given access. The number is not registered yet");
    expect(page).toMatch(
      /Meta says: \+1 555[^<]*: Cannot Create Certificate: [^<]*approved yet\. 360dialog tries again/,
    );
    expect(page).not.toContain("messages can flow");
  });

  test("is shown on the re-share page, which is not green before the number is registered", async () => {
    await setKnobs({ register_needs_name: true });
    await act("number.name", JUNIPER_NUMBER, { name_status: "PENDING_REVIEW" });
    await act("number.deregister", JUNIPER_NUMBER);
    await lose(JUNIPER);
    const link = (await api("POST", `/wabas/${JUNIPER}/reshare-links`, {})).body.url;
    const path = new URL(link).pathname;
    const byPage = (sent: object) => app.ask("POST", `${path}/signup`, sent, {});
    const begun = (await byPage({ type: "begun" })).body;
    const signupEvent = { signup_id: begun.id, attempt_id: begun.attempt_id };
    const done = await finish({ waba_id: JUNIPER, phone_number_id: JUNIPER_NUMBER });
    await byPage({ type: "session", ...signupEvent, message: done.event });
    await byPage({ type: "code", ...signupEvent, code: done.code });
    await goOn();
    // As it is when Meta has not yet said that the number is off.
    await act("number.status", JUNIPER_NUMBER, { status: "PENDING" });
    await pass(31);
    await api("POST", `/wabas/${JUNIPER}/check`, {});
    expect((await wabaOf(JUNIPER)).status).toBe("live");
    const page = (await app.ask("GET", path, undefined, {})).body as string;
    expect(page).toContain("You have given access. The number is not registered yet");
    expect(page).toContain("Cannot Create Certificate");
    expect(page).toContain('class="headline" data-lamp="amber"');
    await setKnobs({ register_needs_name: false });
    await act("number.name", JUNIPER_NUMBER, { name_status: "APPROVED" });
    await act("number.status", JUNIPER_NUMBER, { status: "CONNECTED" });
    await pass(31);
    await api("POST", `/wabas/${JUNIPER}/check`, {});
    await goOn();
    const after = (await app.ask("GET", path, undefined, {})).body as string;
    expect(after).not.toContain("not registered yet");
  });

  test("is retried after a growing pause, and is done once Meta accepts it", async () => {
    const { id, number } = await signUpRefused();
    const tries = (): Promise<number> => requestsTo(`${number}/register`);
    expect(await tries()).toBe(1);
    await pass(11 * MINUTE);
    await goOn();
    expect(await tries()).toBe(2);
    await pass(11 * MINUTE);
    await goOn();
    expect(await tries()).toBe(2);
    await setKnobs({ register_needs_name: false });
    await pass(30 * MINUTE);
    await goOn();
    expect(await tries()).toBe(3);
    expect(await stepOf(id, "register")).toMatchObject({
      status: "done",
      meta_message: null,
      again_at: null,
    });
    expect((await signupOf(id)).who_must_act).toBe("nobody");
  });

  test("is retried at once when Meta has approved the name", async () => {
    const { id, wabaId, number } = await signUpRefused();
    await act("number.name", number, { name_status: "APPROVED" });
    await goOn();
    expect((await stepOf(id, "register")).status).toBe("failed");
    await api("POST", `/wabas/${wabaId}/check`, {});
    await goOn();
    expect((await stepOf(id, "register")).status).toBe("done");
    expect((await wabaOf(wabaId)).status).toBe("live");
  });

  test("is tried automatically seven times within 72 hours, and by an operator ten times", async () => {
    const { wabaId, number } = await signUpRefused();
    const [own] = await findNumbersOf(db(), [await assetOf(wabaId)]);
    for (let hour = 0; hour < 70; hour += 1) {
      await pass(60 * MINUTE);
      await advanceSignups(app.signups);
    }
    expect(await requestsTo(`${number}/register`)).toBe(7);
    const by = (actor: string) => ({
      numberId: own?.id ?? "",
      pin: null,
      token: null,
      by: { actor, requestId: null },
    });
    for (let count = 0; count < 4; count += 1) await registerNumber(app.signups, by("operator"));
    expect(await requestsTo(`${number}/register`)).toBe(10);
    expect((await registerNumber(app.signups, by("client"))).kind).toBe("too_often");
  });

  test.each([
    ["answered 503 with 133004", 0, refusal(133004, 503)],
    ["answered 5xx by a page", 0, noAnswer("server_error", "502", 502)],
    ["never sent", 0, noAnswer("no_network", "ECONNREFUSED")],
    ["lost after it was sent", 1, noAnswer("timeout", "lost")],
  ])("a request that was %s adds %i to the tries", async (_name, counted, reply) => {
    const { wabaId } = await signUpRefused();
    const [own] = await findNumbersOf(db(), [await assetOf(wabaId)]);
    const numberId = own?.id ?? "";
    const tries = async () => (await readRegistrationTries(db(), numberId, app.deps.clock.now())).length;
    const before = await tries();
    const input = { numberId, pin: null, token: null, by: { actor: "system", requestId: null } };
    expect(
      (
        await registerNumber(
          registering(() => reply),
          input,
        )
      ).kind,
    ).toBe("silent");
    expect((await tries()) - before).toBe(counted);
  });

  test("a temporary error of Meta does not count against the limit: the number is registered after it", async () => {
    const { id, number } = await signUpRefused();
    await setKnobs({ register_needs_name: false });
    await pass(11 * MINUTE);
    let asked = 0;
    const troubled = registering((path) => {
      if (!path.includes(number)) return null;
      asked += 1;
      return refusal(133004, 503);
    });
    for (let turn = 0; turn < 12; turn += 1) {
      await advanceSignups(troubled);
      await pass(61);
    }
    expect(asked).toBeGreaterThan(7);
    await pass(11 * MINUTE);
    await goOn();
    expect(await stepOf(id, "register")).toMatchObject({ status: "done" });
  });

  test("lost answers are retried after the growing pause, because Meta may have counted them", async () => {
    const { id, number } = await signUpRefused();
    let asked = 0;
    const lost = registering((path) => {
      if (!path.includes(number)) return null;
      asked += 1;
      return noAnswer("timeout", "lost");
    });
    for (let minute = 0; minute < 70; minute += 1) {
      await pass(MINUTE);
      await advanceSignups(lost);
    }
    expect(asked).toBe(2);
    await api("POST", `/signups/${id}/abandon`, {});
  });

  test("that needs a PIN at a retry shows its field on the re-share page", async () => {
    const { wabaId, number } = await signUpRefused();
    await lose(wabaId);
    const link = (await api("POST", `/wabas/${wabaId}/reshare-links`, {})).body.url;
    const path = new URL(link).pathname;
    const byPage = (sent: object) => app.ask("POST", `${path}/signup`, sent, {});
    const begun = (await byPage({ type: "begun" })).body;
    const own = { signup_id: begun.id, attempt_id: begun.attempt_id };
    const done = await finish({ waba_id: wabaId, phone_number_id: number });
    await byPage({ type: "session", ...own, message: done.event });
    await byPage({ type: "code", ...own, code: done.code });
    await goOn();
    expect(await signupOf(begun.id)).toMatchObject({ state: "ready" });
    await pass(121 * MINUTE);
    // The WABA's older signup ends first: one of them is worked on at a time.
    for (let turn = 0; turn < 2; turn += 1) await advanceSignups(registering(() => refusal(133005)));
    expect(await stepOf(begun.id, "register")).toMatchObject({
      status: "waiting",
      pins_wanted: [{ phone_number_id: number }],
    });
    const page = (await app.ask("GET", path, undefined, {})).body as string;
    expect(page).toContain(`data-signup-id="${begun.id}"`);
    expect(page).toContain(`id="pin-${number}"`);
  });

  test("is not tried again while Meta has locked the number (133016)", async () => {
    const { wabaId, id, number } = await signUpRefused();
    const [own] = await findNumbersOf(db(), [await assetOf(wabaId)]);
    const input = {
      numberId: own?.id ?? "",
      pin: null,
      token: null,
      by: { actor: "operator", requestId: null },
    };
    let asked = 0;
    const locked = through((request, ask) => {
      if (!request.path.endsWith(`${number}/register`)) return ask();
      asked += 1;
      const fault = {
        code: 133016,
        subcode: null,
        type: null,
        message: "locked",
        details: null,
        traceId: null,
        transient: null,
      };
      const at = app.deps.clock.now();
      return Promise.resolve({ request, askedAt: at, answeredAt: at, kind: "refusal", status: 400, fault });
    });
    expect((await registerNumber(locked, input)).kind).toBe("refused");
    expect((await registerNumber(locked, input)).kind).toBe("too_often");
    await pass(30 * MINUTE);
    await advanceSignups(locked);
    expect(asked).toBe(1);
    const againAt = Date.parse((await stepOf(id, "register")).again_at);
    expect(againAt - app.deps.clock.now()).toBeGreaterThan(71 * 3600_000);
    await pass(72 * 60 * MINUTE);
    await registerNumber(locked, input);
    expect(asked).toBe(2);
  });
});

describe("a guest's PIN (S7)", () => {
  const register = (body: object = {}) => api("POST", `/numbers/${JUNIPER_NUMBER}/register`, body);

  async function linkOf(wabaId: string): Promise<string> {
    return new URL((await api("POST", `/wabas/${wabaId}/reshare-links`, {})).body.url).pathname;
  }

  const byLink = (path: string, body: object) =>
    app.ask("POST", `${path}/register`, { phone_number_id: JUNIPER_NUMBER, ...body }, {});

  async function deregister(): Promise<void> {
    await act("number.deregister", JUNIPER_NUMBER);
    await pass(31);
    await api("POST", `/wabas/${JUNIPER}/check`, {});
  }

  test("that is wrong changes nothing: the held one still registers the number", async () => {
    await deregister();
    expect((await register({ pin: "123456" })).status).toBe(200);
    await deregister();
    const path = await linkOf(JUNIPER);
    const attack = await byLink(path, { pin: "999999" });
    expect([attack.status, attack.body.code]).toEqual([409, "pin_refused"]);
    expect((await byLink(path, {})).status).toBe(200);
  });

  test("whose answer is lost leaves the held one in its place, and both are kept", async () => {
    await deregister();
    const [own] = await findNumbersOf(db(), [await assetOf(JUNIPER)]);
    const number = own as { id: string; connectionId: string };
    const lost = through(async (request, ask) => {
      if (!request.path.endsWith("/register")) return ask();
      const at = app.deps.clock.now();
      return { request, askedAt: at, answeredAt: at, ...noAnswer("timeout", "lost") };
    });
    const guest = { actor: "client", requestId: null };
    const tried = await registerNumber(lost, { numberId: number.id, pin: "888888", token: null, by: guest });
    expect(tried.kind).toBe("silent");
    const { keyring } = app.signups;
    expect(await findPins(db(), keyring, number)).toEqual({ held: "123456", candidates: ["888888"] });
    const again = { numberId: number.id, pin: null, token: null, by: { actor: "operator", requestId: null } };
    expect((await registerNumber(app.signups, again)).kind).toBe("registered");
    expect(await findPins(db(), keyring, number)).toEqual({ held: "123456", candidates: [] });
    expect(await findPinState(db(), number.id)).toBe("held");
    await lose(JUNIPER);
  });
});
