import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { APP_SECRET, PARTNER, startHarness, SYSTEM_USER } from "../../../test/wire/emulator-harness.ts";
import type { Answer, Harness } from "../../../test/wire/emulator-harness.ts";

const APP = "600000000000001";
const FLORIST = "100000000000001";
const CYCLES = "100000000000004";
const CYCLES_NUMBER = "200000000000005";
const QUARRY = "100000000000006";
const QUARRY_NUMBER = "200000000000007";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(async () => {
  await harness.control("POST", "/reset");
  await harness.control("POST", "/clock", { mode: "frozen" });
});
afterAll(() => harness.stop());

const signUp = (choice: object): Promise<Answer> => harness.control("POST", "/signup", choice);
const exchange = (code: string, more: Record<string, string> = {}): Promise<Answer> => {
  const query = new URLSearchParams({ client_id: APP, client_secret: APP_SECRET, code, ...more });
  return harness.graph("GET", `/v25.0/oauth/access_token?${query.toString()}`, { token: null });
};
const advance = (ms: number): Promise<Answer> => harness.control("POST", "/clock", { advance_ms: ms });

describe("a signup that ends well", () => {
  test("an account that was lost: shared again with full control, told to us, nothing else done for us", async () => {
    const { body } = await signUp({ waba_id: CYCLES, phone_number_id: CYCLES_NUMBER });
    expect(body).toEqual({
      ok: true,
      code: expect.stringMatching(/^AQ[\w-]{80,}$/),
      event: {
        type: "WA_EMBEDDED_SIGNUP",
        event: "FINISH",
        data: { phone_number_id: CYCLES_NUMBER, waba_id: CYCLES, business_id: "510000000000003" },
      },
      webhooks: ["wh_1", "wh_2"],
      business_id: "510000000000003",
      waba_id: CYCLES,
      phone_number_id: CYCLES_NUMBER,
    });
    const sent = (await harness.delivered(2)).map(({ body: text }) => JSON.parse(text).entry[0]);
    expect(sent.map((entry) => [entry.id, entry.changes[0].value.event])).toEqual([
      [PARTNER, "PARTNER_ADDED"],
      [PARTNER, "PARTNER_APP_INSTALLED"],
    ]);
    expect((await harness.graph("GET", `/${CYCLES}/subscribed_apps`)).body.data).toEqual([]);
    expect((await harness.graph("GET", `/${CYCLES}/assigned_users?business=${PARTNER}`)).body.data).toEqual(
      [],
    );
    const users = `/${CYCLES}/assigned_users?user=${SYSTEM_USER}&tasks=['MANAGE']`;
    expect((await harness.graph("POST", users)).body).toEqual({ success: true });
  });

  test("coexistence: the message names the WABA only, and the number sends again", async () => {
    const { body } = await signUp({ waba_id: QUARRY, coexistence: true });
    expect(body.event).toEqual({
      type: "WA_EMBEDDED_SIGNUP",
      event: "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING",
      data: { waba_id: QUARRY },
      version: 3,
    });
    expect((await harness.send(QUARRY_NUMBER)).status).toBe(200);
  });

  test("a new portfolio with a new account and number, which is ours to register", async () => {
    const { body } = await signUp({
      new_business: { name: "Lucky Shrub" },
      new_waba: { name: "Lucky Shrub", currency: "EUR" },
      new_phone: { display_phone_number: "+49 30 901820", verified_name: "Lucky Shrub" },
    });
    expect(body.event.event).toBe("FINISH");
    const id = body.phone_number_id as string;
    expect((await harness.graph("GET", `/${body.waba_id}?fields=currency`)).body.currency).toBe("EUR");
    expect((await harness.send(id)).body.error.code).toBe(133010);
    const register = { messaging_product: "whatsapp", pin: "111111" };
    expect((await harness.graph("POST", `/${id}/register`, { body: register })).body).toEqual({
      success: true,
    });
    expect((await harness.send(id)).status).toBe(200);
  });

  test("without a number: FINISH_ONLY_WABA", async () => {
    const { body } = await signUp({ business_id: "510000000000001", new_waba: { name: "Second" } });
    expect(body.event).toMatchObject({ event: "FINISH_ONLY_WABA", data: { waba_id: body.waba_id } });
    expect(body.event.data).not.toHaveProperty("phone_number_id");
  });
});

describe("an app-only install", () => {
  const choice = {
    ...{ new_business: { name: "Lucky Shrub" }, new_waba: { name: "Lucky Shrub" }, app_only: true },
    new_phone: { display_phone_number: "+49 30 901821", verified_name: "Lucky Shrub" },
  };

  test("grants the app and shares nothing: the client's token reaches the account, ours does not", async () => {
    const { body } = await signUp(choice);
    expect(body.event).toEqual({
      type: "WA_EMBEDDED_SIGNUP",
      event: "FINISH_GRANT_ONLY_API_ACCESS",
      data: {},
    });
    const { access_token: token } = (await exchange(body.code as string)).body;
    expect((await harness.graph("GET", `/${body.waba_id}?fields=name`, { token })).status).toBe(200);
    expect((await harness.graph("GET", `/${body.waba_id}?fields=name`)).status).not.toBe(200);
  });

  test("takes no number of the app", async () => {
    const { status, body } = await signUp({ ...choice, coexistence: true });
    expect([status, body.error]).toEqual([400, expect.stringContaining("leave out one of the two")]);
  });
});

describe("a signup that Meta refuses", () => {
  test.each([
    ["taken over by another provider", "partner.takeover", CYCLES, {}, "2655093"],
    ["taken over, coexistence", "partner.takeover", QUARRY, { coexistence: true }, "2655093"],
    ["disabled", "waba.disable", CYCLES, {}, "2859015"],
    ["deleted", "waba.delete", CYCLES, {}, "2593072"],
  ])("%s", async (_why, action, wabaId, more, code) => {
    await harness.act(action, { waba_id: wabaId });
    const before = (await harness.control("GET", "/state")).body.wabas;
    const { status, body } = await signUp({ waba_id: wabaId, ...more });
    expect([status, body.code]).toEqual([409, code]);
    expect((await harness.control("GET", "/state")).body.wabas).toEqual(before);
  });

  test.each([
    ["banned", ["coexistence.unban", "coexistence.ban"], "3441040"],
    ["gone to the consumer app", ["coexistence.downgrade"], "2655095"],
  ])("the app's number is %s", async (_why, actions, code) => {
    await signUp({ waba_id: QUARRY, coexistence: true });
    for (const action of actions) await harness.act(action, { waba_id: QUARRY });
    expect((await signUp({ waba_id: QUARRY, coexistence: true })).body.code).toBe(code);
  });

  test.each([
    ["somebody else's WABA", { waba_id: CYCLES, business_id: "510000000000001" }, "2593072"],
    [
      "a number that another business holds",
      { waba_id: CYCLES, new_phone: phone("+1 555 010 0001") },
      "3441041",
    ],
    ["a number of two digits", { waba_id: CYCLES, new_phone: phone("12") }, "2388002"],
    ["no permission", { waba_id: CYCLES, permissions: [] }, "1349246"],
    ["an account without an app", { waba_id: CYCLES, coexistence: true }, "2655095"],
  ])("%s", async (_why, choice, code) => {
    expect((await signUp(choice)).body.code).toBe(code);
  });

  test("any code, by a knob, and only while it is set", async () => {
    await harness.control("POST", "/knobs", { signup_error: "4563015" });
    expect((await signUp({ waba_id: CYCLES })).body.code).toBe("4563015");
    await harness.control("POST", "/knobs", { signup_error: null });
    expect((await signUp({ waba_id: CYCLES })).status).toBe(200);
  });

  test("too soon after a disconnect, where the knob says how long", async () => {
    await harness.control("POST", "/knobs", { signup_wait_minutes: 15 });
    await signUp({ waba_id: "100000000000003", coexistence: true });
    await harness.act("coexistence.disconnect", { waba_id: "100000000000003" });
    expect((await signUp({ waba_id: "100000000000003", coexistence: true })).body.code).toBe("3441049");
    await advance(15 * 60_000);
    expect((await signUp({ waba_id: "100000000000003", coexistence: true })).status).toBe(200);
  });
});

function phone(written: string): object {
  return { display_phone_number: written, verified_name: "Someone" };
}

describe("the code", () => {
  test("becomes the client's token, once", async () => {
    const { code } = (await signUp({ waba_id: CYCLES })).body;
    const { status, body } = await exchange(code);
    expect([status, body]).toEqual([200, { access_token: expect.any(String), token_type: "bearer" }]);
    const debug = await harness.graph("GET", `/debug_token?input_token=${body.access_token}`);
    expect(debug.body.data.granular_scopes[0].target_ids).toContain(CYCLES);
    const again = await exchange(code);
    expect([again.status, again.body.error.error_subcode, again.body.error.message]).toEqual([
      400,
      36009,
      "This authorization code has been used.",
    ]);
  });

  test("lives 30 seconds", async () => {
    const { code } = (await signUp({ waba_id: CYCLES })).body;
    await advance(30_000);
    expect((await exchange(code)).body.error).toMatchObject({ code: 100, error_subcode: 36007 });
    const next = (await signUp({ waba_id: CYCLES })).body.code;
    await advance(29_999);
    expect((await exchange(next)).status).toBe(200);
  });

  test.each([
    [{ client_secret: "wrong" }, 1, "Error validating client secret."],
    [{ client_id: "1" }, 101, "Error validating application. Invalid application ID."],
    [{ code: "nonsense" }, 100, "Invalid verification code format."],
  ])("%j", async (wrong, code, message) => {
    const given = (await signUp({ waba_id: FLORIST })).body.code;
    const { status, body } = await exchange(given, wrong);
    expect([status, body.error.code, body.error.message]).toEqual([400, code, message]);
  });

  test("a token of 60 days says so and ends", async () => {
    await harness.control("POST", "/knobs", { business_token_days: 60 });
    const { body } = await exchange((await signUp({ waba_id: CYCLES })).body.code);
    expect(body.expires_in).toBe(60 * 86_400);
    await advance(60 * 86_400_000);
    const read = await harness.graph("GET", `/${CYCLES}`, { token: body.access_token });
    expect(read.body.error).toMatchObject({ code: 190, error_subcode: 463 });
  });
});
