import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import { processInbox } from "../../../sharing/record/process-inbox.ts";
import { advanceSignups } from "../../../onboarding/signup/advance-signups.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ ALLOWED_RETURN_URLS: "https://shop.example/back" });
});
afterAll(() => app.stop());

const NORTHWIND = "100000000000001";
const SIBLING = "100000000000002";
const ATLAS = "100000000000004";
const JUNIPER = "100000000000005";
const QUARRY = "100000000000006";
const HARBOR = "100000000000003";

const api = (method: string, path: string, body?: unknown): Promise<Answer> =>
  app.ask(method, `/api/v1${path}`, body);
const wabaOf = async (id: string) => (await api("GET", `/wabas/${id}`)).body;

/** The person finishes Meta's dialog, without its screens. */
async function finish(choice: object): Promise<{ code: string; event: object }> {
  const answer = await fetch(`${app.emulator.url}/_emulator/signup`, {
    method: "POST",
    body: JSON.stringify(choice),
    headers: { "Content-Type": "application/json" },
  });
  const body = (await answer.json()) as { code: string; event: object };
  expect([answer.status, body]).toEqual([200, expect.objectContaining({ ok: true })]);
  return body;
}

async function lose(wabaId: string, action = "partner.remove", more: object = {}): Promise<void> {
  await app.emulator.act({ action, waba_id: wabaId, silent: true, ...more });
  await api("POST", `/wabas/${wabaId}/check`, {});
}

async function begin(wish: object): Promise<{ id: string; attempt: string }> {
  const created = await api("POST", "/signups", wish);
  expect(created.status).toBe(200);
  const begun = await api("POST", `/signups/${created.body.id}/events`, { type: "begun" });
  expect(begun.body.state).toBe("opened");
  return { id: begun.body.id, attempt: begun.body.attempt_id };
}

const signupEvent = (signup: { id: string; attempt: string }, sent: object): Promise<Answer> =>
  api("POST", `/signups/${signup.id}/events`, { attempt_id: signup.attempt, ...sent });

const signupOf = async (id: string) => (await api("GET", `/signups/${id}`)).body;

async function requestsTo(ending: string): Promise<number> {
  const answer = await fetch(`${app.emulator.url}/_emulator/journal?kind=requests`);
  const { data } = (await answer.json()) as { data: { path: string }[] };
  return data.filter((line) => line.path.endsWith(ending)).length;
}

/** Runs the loop until nothing is due. */
async function goOn(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await advanceSignups(app.signups);
}

describe("Embedded Signup again", () => {
  test("both events bring the WABA back: token sealed, subscribed, proven, live", async () => {
    await lose(ATLAS);
    expect((await wabaOf(ATLAS)).status).toBe("permission_removed");
    const before = await wabaOf(ATLAS);
    const signup = await begin({ waba_id: ATLAS, metadata: { ticket: "4711" } });
    const { code, event } = await finish({ waba_id: ATLAS, phone_number_id: "200000000000005" });
    const afterCode = await signupEvent(signup, { type: "code", code });
    expect(afterCode.body.steps[0]).toMatchObject({ id: "exchange_code" });
    await signupEvent(signup, { type: "session", message: event });
    await goOn();
    const done = await signupOf(signup.id);
    expect(done).toMatchObject({
      state: "ready",
      waba_id: ATLAS,
      metadata: { ticket: "4711" },
      exit_reason: null,
    });
    // The signup is what "Repaired" names (M2), not steps that nobody did.
    expect((await wabaOf(ATLAS)).restored).toEqual({
      at: expect.any(String),
      how: "signup",
      after_ban: false,
    });
    expect(done.steps.map((step: { status: string }) => step.status)).toEqual([
      "done",
      "done",
      "done",
      "skipped",
      "skipped",
      "done",
    ]);
    const after = await wabaOf(ATLAS);
    expect(after.status).toBe("live");
    for (const kept of ["id", "client", "kind", "partner_model", "mode"])
      expect(after[kept]).toEqual(before[kept]);
    expect(after.numbers.map((number: { id: string }) => number.id)).toEqual(
      before.numbers.map((number: { id: string }) => number.id),
    );
    const sealed = await app.database.db.query(
      "select name, sealed from secret where name = 'business_token'",
    );
    expect(sealed).toHaveLength(1);
    expect(JSON.stringify(await app.database.db.query("select * from signup, signup_attempt"))).not.toContain(
      code,
    );
    expect(app.logged()).not.toContain(code);
  });

  test("the session event may come first, and twice", async () => {
    await lose(ATLAS);
    const signup = await begin({ waba_id: ATLAS });
    const { code, event } = await finish({ waba_id: ATLAS, phone_number_id: "200000000000005" });
    await signupEvent(signup, { type: "session", message: event });
    await signupEvent(signup, { type: "code", code });
    await signupEvent(signup, { type: "code", code });
    await signupEvent(signup, { type: "session", message: event });
    await goOn();
    expect((await signupOf(signup.id)).state).toBe("ready");
    expect((await wabaOf(ATLAS)).status).toBe("live");
  });

  test("another WABA is refused by name and changes nothing", async () => {
    await lose(SIBLING);
    const before = await wabaOf(NORTHWIND);
    const signup = await begin({ waba_id: SIBLING });
    const { code, event } = await finish({ waba_id: NORTHWIND, phone_number_id: "200000000000001" });
    await signupEvent(signup, { type: "code", code });
    await signupEvent(signup, { type: "session", message: event });
    await goOn();
    const refused = await signupOf(signup.id);
    expect(refused).toMatchObject({
      state: "opened",
      exit_reason: { code: "wrong_waba", text: expect.stringContaining(`(${NORTHWIND})`) },
      // The WABA belongs to a client already: an operator's click must not move it to another.
      offered: null,
    });
    expect((await wabaOf(SIBLING)).status).toBe("permission_removed");
    expect({ ...(await wabaOf(NORTHWIND)), conditions: null }).toEqual({ ...before, conditions: null });
    expect((await api("POST", `/signups/${signup.id}/accept-successor`, {})).body.code).toBe(
      "nothing_offered",
    );
  });

  test("a coexistence number comes back by its own flow, is never registered, and its chats are asked for once", async () => {
    await lose(QUARRY, "coexistence.disconnect");
    const signup = await begin({ waba_id: QUARRY });
    const { code, event } = await finish({ waba_id: QUARRY, coexistence: true });
    await signupEvent(signup, { type: "code", code });
    await signupEvent(signup, { type: "session", message: event });
    await goOn();
    const done = await signupOf(signup.id);
    expect(done).toMatchObject({ state: "ready", flow: "coexistence" });
    expect(done.steps.map((step: { status: string }) => step.status)).toEqual([
      "done",
      "done",
      "done",
      "skipped",
      "done",
      "done",
    ]);
    expect((await wabaOf(QUARRY)).status).toBe("live");
    expect(await requestsTo("/smb_app_data")).toBe(2);
    expect(await requestsTo("200000000000007/register")).toBe(0);
  });

  test("a number's own PIN: refused once, asked for, and never tried again by itself", async () => {
    await app.emulator.act({ action: "number.deregister", phone_number_id: "200000000000006" });
    await lose(JUNIPER);
    const signup = await begin({ waba_id: JUNIPER });
    const { code, event } = await finish({ waba_id: JUNIPER, phone_number_id: "200000000000006" });
    await signupEvent(signup, { type: "code", code });
    await signupEvent(signup, { type: "session", message: event });
    await goOn();
    await goOn();
    const waits = await signupOf(signup.id);
    expect(waits.steps[3]).toMatchObject({
      status: "waiting",
      pins_wanted: [{ phone_number_id: "200000000000006" }],
    });
    const registrations = (): Promise<number> => requestsTo("200000000000006/register");
    expect(await registrations()).toBe(1);
    const pin = { type: "pin", phone_number_id: "200000000000006" };
    expect((await api("POST", `/signups/${signup.id}/events`, { ...pin, pin: "000000" })).body.code).toBe(
      "pin_refused",
    );
    expect((await api("POST", `/signups/${signup.id}/events`, { ...pin, pin: "123456" })).status).toBe(200);
    await goOn();
    expect((await signupOf(signup.id)).state).toBe("ready");
    expect(await registrations()).toBe(3);
    const rows = await app.database.db.query("select sealed from secret where name = 'registration_pin'");
    expect(rows).toHaveLength(1);
  });
});

describe("a WABA that is new to us", () => {
  test("is imported by a signup once, and stays closed until it is proven", async () => {
    const signup = await begin({
      external_id: "crm-1",
      language: "es",
      return_urls: { success: "https://shop.example/back/ok" },
    });
    const { code, event } = await finish({
      new_business: { name: "Willow Books" },
      new_waba: { name: "Willow Books" },
      new_phone: { display_phone_number: "+1 555 019 0001", verified_name: "Willow Books" },
    });
    await signupEvent(signup, { type: "code", code });
    await signupEvent(signup, { type: "session", message: event });
    await goOn();
    const done = await signupOf(signup.id);
    expect(done).toMatchObject({ state: "ready", is_repair: false, external_id: "crm-1" });
    const waba = await wabaOf(done.waba_id);
    expect(waba).toMatchObject({ status: "live", client: { name: "Willow Books", external_id: "crm-1" } });
    // L10: the language of the invitation is the client's.
    const { data } = (await api("GET", "/clients?limit=100")).body;
    expect(data.find(({ name }: { name: string }) => name === "Willow Books").language).toBe("es");
    expect((await api("GET", "/wabas?q=Willow")).body.data).toHaveLength(1);
  });

  test("the same Idempotency-Key gives the same signup; with another body it is refused", async () => {
    const keyed = (body: object): Promise<Answer> =>
      app.ask("POST", "/api/v1/signups", body, {
        "X-API-Key": "sandbox-admin-key",
        "Idempotency-Key": "k1",
      });
    const first = await keyed({ external_id: "a" });
    expect((await keyed({ external_id: "a" })).body.id).toBe(first.body.id);
    expect((await keyed({ external_id: "b" })).body.code).toBe("idempotency_key_reused");
  });

  test("a repeated request is the same one when the WABA has become another kind meanwhile", async () => {
    const keyed = (): Promise<Answer> =>
      app.ask(
        "POST",
        "/api/v1/signups",
        { waba_id: SIBLING },
        { "X-API-Key": "sandbox-admin-key", "Idempotency-Key": "k2" },
      );
    const kindOf = (isCoexistence: boolean) =>
      app.database.db.query(
        `update share set record = jsonb_set(record, '{everCoexistence}', $2::jsonb)
         where asset_id = (select owner_id from meta_id where meta_id = $1)`,
        [SIBLING, String(isCoexistence)],
      );
    const first = await keyed();
    expect(first.body.flow).toBe("platform");
    await kindOf(true);
    expect((await keyed()).body.id).toBe(first.body.id);
    await kindOf(false);
  });

  test.each([
    "https://shop.example.evil/back",
    "http://shop.example/back",
    "https://shop.example/other",
    "https://u@shop.example/back",
  ])("a return address that is not on the allow-list is refused: %s", async (success) => {
    const refused = await api("POST", "/signups", { return_urls: { success } });
    expect([refused.status, refused.body.code]).toEqual([400, "return_url_not_allowed"]);
  });
});

describe("Meta's hosted signup", () => {
  test("has no code: the returning share shows that the signup was finished", async () => {
    expect((await wabaOf(SIBLING)).status).toBe("permission_removed");
    const signup = await begin({ waba_id: SIBLING, flow: "hosted" });
    await goOn();
    expect((await signupOf(signup.id)).state).toBe("opened");
    await finish({ waba_id: SIBLING, phone_number_id: "200000000000002", silent: true });
    await api("POST", `/wabas/${SIBLING}/check`, {});
    await goOn();
    expect((await signupOf(signup.id)).state).toBe("ready");
    expect((await wabaOf(SIBLING)).status).toBe("live");
  });
});

describe("a successor", () => {
  test("takes the place of a WABA that was deleted: our ids, keys and history stay", async () => {
    const before = await wabaOf(NORTHWIND);
    const numberId = before.numbers[0].id;
    const key = await api("POST", `/numbers/${numberId}/keys`, { label: "shop" });
    // Only Meta's webhook announces a deletion: a probe cannot distinguish it from a removal.
    await app.emulator.act({ action: "waba.delete", waba_id: NORTHWIND, silent: true });
    await tell(NORTHWIND, { event: "ACCOUNT_DELETED" });
    await api("POST", `/wabas/${NORTHWIND}/check`, {});
    expect((await wabaOf(NORTHWIND)).reason).toBe("waba_deleted");
    const signup = await begin({ waba_id: NORTHWIND });
    const { code, event } = await finish({
      business_id: before.client.business_id,
      new_waba: { name: "Northwind Florist two" },
      new_phone: { display_phone_number: "+1 555 019 0002", verified_name: "Northwind Florist" },
    });
    await signupEvent(signup, { type: "code", code });
    await signupEvent(signup, { type: "session", message: event });
    await goOn();
    const offered = await signupOf(signup.id);
    expect(offered).toMatchObject({
      exit_reason: { code: "successor_offered" },
      offered: { may_accept: true },
    });
    expect((await api("POST", `/signups/${signup.id}/accept-successor`, {})).status).toBe(200);
    await goOn();
    const done = await signupOf(signup.id);
    expect(done).toMatchObject({ state: "ready", waba_id: offered.offered.waba_id });
    const after = await wabaOf(done.waba_id);
    expect(after.status).toBe("live");
    expect(after.numbers.map((number: { id: string }) => number.id)).toEqual([numberId]);
    expect(after.client.id).toBe(before.client.id);
    await app.gate.follow();
    const sent = await app.ask(
      "POST",
      "/messages",
      { messaging_product: "whatsapp", to: "15550001111", type: "text", text: { body: "hi" } },
      { "D360-API-KEY": key.body.key },
    );
    expect(sent.status).toBe(200);
    expect((await api("GET", "/wabas?q=two")).body.data).toHaveLength(1);
  });
});

/** Meta's signed webhook, processed at once. */
async function tell(wabaId: string, value: object): Promise<void> {
  const time = Math.floor(app.deps.clock.now() / 1000);
  const entry = [{ id: wabaId, time, changes: [{ field: "account_update", value }] }];
  const body = JSON.stringify({ object: "whatsapp_business_account", entry });
  const headers = { "X-Hub-Signature-256": app.sign(body) };
  expect((await fetch(`${app.url}/webhooks/meta`, { method: "POST", body, headers })).status).toBe(200);
  const { metaAppId: appId, partnerBusinessId: businessId } = app.config;
  await processInbox({
    ...app.signups,
    identityOf: () => ({ appId, businessId }),
    processingFailed: (_id, error) => expect(error).toBeNull(),
  });
}

describe("exit reasons", () => {
  test("each of Meta's is shown with its code and the next step", async () => {
    const signup = await begin({ waba_id: HARBOR });
    await signupEvent(signup, {
      type: "session",
      message: { type: "WA_EMBEDDED_SIGNUP", event: "CANCEL", data: { current_step: "PHONE_NUMBER_SETUP" } },
    });
    expect((await signupOf(signup.id)).exit_reason).toMatchObject({
      code: "left",
      title: expect.any(String),
    });
    const again = await api("POST", `/signups/${signup.id}/events`, { type: "begun" });
    const error = { error_code: "3441049", error_message: "wait" };
    const cancelled = await signupEvent(
      { id: signup.id, attempt: again.body.attempt_id },
      { type: "session", message: { type: "WA_EMBEDDED_SIGNUP", event: "CANCEL", data: error } },
    );
    expect(cancelled.body.exit_reason.code).toBe("wait_15_minutes");
    expect(cancelled.body.attempts.map((attempt: { outcome: string }) => attempt.outcome)).toEqual([
      "wait_15_minutes",
      "left",
    ]);
  });

  test("a code that comes after the page gave up waiting is accepted", async () => {
    await lose(HARBOR, "coexistence.disconnect");
    const signup = await begin({ waba_id: HARBOR });
    await signupEvent(signup, { type: "exit", code: "timed_out" });
    expect((await signupOf(signup.id)).exit_reason.code).toBe("timed_out");
    const { code, event } = await finish({ waba_id: HARBOR, coexistence: true });
    await signupEvent(signup, { type: "code", code });
    await signupEvent(signup, { type: "session", message: event });
    await goOn();
    expect(await signupOf(signup.id)).toMatchObject({ state: "ready", exit_reason: null });
  });

  test("a used code is named as used", async () => {
    const signup = await begin({ waba_id: HARBOR });
    const { code } = await finish({ waba_id: HARBOR, coexistence: true });
    await fetch(
      `${app.emulator.url}/v25.0/oauth/access_token?client_id=${app.config.metaAppId}` +
        `&client_secret=${app.config.metaAppSecret}&code=${code}`,
    );
    expect((await signupEvent(signup, { type: "code", code })).body.exit_reason.code).toBe("code_used");
  });
});
