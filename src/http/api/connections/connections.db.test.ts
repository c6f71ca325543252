/** What operators see and do about onboarding, apart from the signups themselves. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ META_ONBOARDINGS_PER_WEEK: "2" });
});
afterAll(() => app.stop());

const NORTHWIND = { waba: "100000000000001", number: "200000000000001" };
const JUNIPER = { waba: "100000000000005", number: "200000000000006", pin: "123456" };
const QUARRY = { waba: "100000000000006", number: "200000000000007" };

const api = (method: string, path: string, body?: unknown): Promise<Answer> =>
  app.ask(method, `/api/v1${path}`, body);
const register = (number: string, body: object = {}): Promise<Answer> =>
  api("POST", `/numbers/${number}/register`, body);

async function registrationsOf(number: string): Promise<number> {
  const answer = await fetch(`${app.emulator.url}/_emulator/journal?kind=requests`);
  const { data } = (await answer.json()) as { data: { path: string }[] };
  return data.filter((line) => line.path.endsWith(`${number}/register`)).length;
}

async function deregister({ waba, number }: { waba: string; number: string }): Promise<void> {
  await app.emulator.act({ action: "number.deregister", phone_number_id: number });
  await api("POST", `/wabas/${waba}/check`, {});
}

describe("registering a number by hand", () => {
  test("asks for its PIN, refuses a wrong one, and answers with the WABA that is live again", async () => {
    await deregister(JUNIPER);
    expect((await api("GET", `/numbers/${JUNIPER.number}`)).body.can_send).toBe(false);
    const wanted = await register(JUNIPER.number);
    expect([wanted.status, wanted.body.code]).toEqual([409, "pin_wanted"]);
    const refused = await register(JUNIPER.number, { pin: "000000" });
    expect([refused.status, refused.body.code]).toEqual([409, "pin_refused"]);
    const done = await register(JUNIPER.number, { pin: JUNIPER.pin });
    expect([done.status, done.body.status]).toEqual([200, "live"]);
    expect(done.body.numbers[0]).toMatchObject({ phone_number_id: JUNIPER.number, can_send: true });
    expect(await registrationsOf(JUNIPER.number)).toBe(3);
  });

  test.each([
    ["is registered", NORTHWIND.number],
    ["is linked to the app", QUARRY.number],
  ])("a number that %s is not registered", async (_why, number) => {
    const answer = await register(number, { pin: "123456" });
    expect([answer.status, answer.body.code]).toEqual([409, "registration_not_needed"]);
    expect(await registrationsOf(number)).toBe(0);
  });

  test("no answer from Meta is not a refusal, and an unknown number is named as unknown", async () => {
    await deregister(NORTHWIND);
    const fault = { match: { path: "*/register" }, respond: { status: 503, error: { code: 133004 } } };
    const set = await fetch(`${app.emulator.url}/_emulator/faults`, {
      method: "POST",
      body: JSON.stringify(fault),
      headers: { "Content-Type": "application/json" },
    });
    expect(set.status).toBe(200);
    const answer = await register(NORTHWIND.number, { pin: "123456" });
    expect([answer.status, answer.body.code]).toEqual([503, "meta_unreachable"]);
    expect((await register("299999999999999")).body.code).toBe("number_not_found");
    expect((await register(NORTHWIND.number, { pin: "12345" })).body.code).toBe("invalid_request");
  });
});

describe("the list of signups", () => {
  test("can be searched by reference, metadata, WABA and client, and limited by time", async () => {
    const made = await api("POST", "/signups", { external_id: "crm-4711", metadata: { deal: "50%_Rabatt" } });
    const repair = await api("POST", "/signups", { waba_id: NORTHWIND.waba });
    const found = async (query: string): Promise<string[]> =>
      (await api("GET", `/signups?${query}`)).body.data.map((signup: { id: string }) => signup.id);
    expect(await found("q=CRM-47")).toEqual([made.body.id]);
    expect(await found(`q=${encodeURIComponent("50%_r")}`)).toEqual([made.body.id]);
    expect(await found(`q=${encodeURIComponent("5%t")}`)).toEqual([]);
    expect(await found("q=northwind")).toEqual([repair.body.id]);
    expect(await found(`q=${NORTHWIND.waba}`)).toEqual([repair.body.id]);
    expect(await found(`q=${made.body.id}`)).toEqual([made.body.id]);
    expect(await found("since=2000-01-01T00:00:00.000Z")).toEqual([repair.body.id, made.body.id]);
    const later = new Date(app.deps.clock.now() + 60_000).toISOString();
    expect(await found(`since=${later}`)).toEqual([]);
  });
});

describe("where clients give up", () => {
  test("is counted by outcome and screen, with how far signups came", async () => {
    const left = async (step: string): Promise<void> => {
      const { id } = (await api("POST", "/signups", {})).body;
      const attempt_id = (await api("POST", `/signups/${id}/events`, { type: "begun" })).body.attempt_id;
      const message = { type: "WA_EMBEDDED_SIGNUP", event: "CANCEL", data: { current_step: step } };
      await api("POST", `/signups/${id}/events`, { type: "session", attempt_id, message });
    };
    await left("PHONE_NUMBER_SETUP");
    await left("PHONE_NUMBER_SETUP");
    await left("BUSINESS_ACCOUNT_SELECTION");
    const open = (await api("POST", "/signups", {})).body.id;
    await api("POST", `/signups/${open}/events`, { type: "begun" });
    const { status, body } = await api("GET", "/signup-outcomes");
    expect(status).toBe(200);
    expect(body.states).toEqual({ invited: 2, opened: 4, signed: 0, proving: 0, ready: 0, abandoned: 0 });
    expect(body.reached).toEqual({ invited: 6, opened: 4, signed: 0, ready: 0 });
    expect(body.outcomes).toEqual([
      {
        outcome: "left",
        title: "You left before the end",
        count: 3,
        median_s: expect.any(Number),
        steps: [
          { step: "PHONE_NUMBER_SETUP", count: 2 },
          { step: "BUSINESS_ACCOUNT_SELECTION", count: 1 },
        ],
      },
      { outcome: null, title: "No answer from Meta's window yet", count: 1, median_s: null, steps: [] },
    ]);
    const later = new Date(app.deps.clock.now() + 60_000).toISOString();
    const none = (await api("GET", `/signup-outcomes?since=${later}`)).body;
    expect([none.outcomes, none.reached.invited]).toEqual([[], 0]);
  });
});

describe("Meta's weekly cap", () => {
  const warnings = async (): Promise<string[]> =>
    (await api("GET", "/connections")).body.data[0].warnings.map(({ text }: { text: string }) => text);

  test("counts only new clients of the last seven days", async () => {
    expect(await warnings()).toEqual([]);
    // Repairs do not count as new clients; a client of eight days ago is outside the seven days.
    await signedAt(NORTHWIND.waba, 0);
    await signedAt(null, 8);
    await signedAt(null, 6);
    expect(await warnings()).toEqual([]);
    await signedAt(null, 1);
    expect(await warnings()).toEqual([expect.stringMatching(/^2 clients came/)]);
  });
});

async function signedAt(wabaId: string | null, daysAgo: number): Promise<void> {
  const { id } = (await api("POST", "/signups", wabaId === null ? {} : { waba_id: wabaId })).body;
  const at = new Date(app.deps.clock.now() - daysAgo * 24 * 3600_000);
  await app.database.db.query("update signup set signed_at = $2 where id = $1", [id, at]);
}
