/**
 * WABAs that send with their client's own token: what the token proves, what ends it, and how it comes back.
 * Over HTTP, as a program outside sees it.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const LINDEN = { waba: "100000000000008", number: "200000000000009" };
const COPPER = { waba: "100000000000009", number: "200000000000010" };
const CYCLES = { waba: "100000000000010", number: "200000000000012" };
const FERN = { waba: "100000000000011", number: "200000000000013" };
const ORCHARD = { waba: "100000000000012", number: "200000000000014" };
const ALDER = { waba: "100000000000014", number: "200000000000017" };
const CAFE = { waba: "100000000000015", number: "200000000000018" };

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox();
});
afterAll(() => app?.stop());
afterEach(() => app?.clearFaults());

type Waba = { conditions: { type: string; status: string; reason: string; required: boolean }[] };

const conditionOf = (waba: Waba, type: string): string => {
  const { status, reason } = waba.conditions.find((condition) => condition.type === type) ?? {};
  return `${status} ${reason}`;
};

const sendsWithClient = (wabaId: string) => app.api("PATCH", `/wabas/${wabaId}`, { sends_with: "client" });
const titlesOf = async (wabaId: string): Promise<string[]> =>
  (await app.timeline(wabaId)).map((entry: { title: string }) => entry.title);
const tokensSentWith = async (number: string): Promise<string[]> =>
  (await app.sentToMeta(number)).map((entry) => entry.headers.authorization);
const REPLACED = "Replaced the client's token";

/** Requests at this edge that Meta saw. */
async function askedOf(
  edge: string,
): Promise<{ method: string; path: string; query: Record<string, string> }[]> {
  const { data } = (await app.emulator("GET", "/journal?kind=requests")).body;
  return data.filter((entry: { path: string }) => entry.path.endsWith(edge));
}

describe("messages go out with the client's own token", () => {
  test("once an operator says so: it is fetched, proven and used, with no signup", async () => {
    expect(await app.waba(LINDEN.waba)).toMatchObject({ sends_with: "system_user" });
    const { status, body } = await sendsWithClient(LINDEN.waba);
    expect([status, body.sends_with]).toEqual([200, "client"]);
    const waba = await app.check(LINDEN.waba);
    expect(conditionOf(waba, "AppInstalled")).toBe("True proven");
    expect(conditionOf(waba, "TokenValid")).toBe("True proven");
    expect(waba.conditions.find(({ type }: { type: string }) => type === "AppInstalled").required).toBe(true);
    expect(waba.status).toBe("live");
    const [asked] = await askedOf("/system_user_access_tokens");
    expect(asked).toMatchObject({ method: "POST", query: { fetch_only: "true" } });
    expect(asked?.query["appsecret_proof"]).toMatch(/^[0-9a-f]{64}$/);
    const sent = await until("a message passes", async () =>
      (await app.send(LINDEN.number)).status === 200 ? true : undefined,
    );
    expect(sent.value).toBe(true);
    expect((await tokensSentWith(LINDEN.number)).at(-1)).toMatch(/^Bearer EAAclient/);
    expect(await titlesOf(LINDEN.waba)).toEqual(
      expect.arrayContaining([
        "An operator changed how we use this WABA",
        "Got the client's own token from Meta",
      ]),
    );
  });

  test("the token stands sealed in the database, and in no answer, log or timeline", async () => {
    const rows = await app
      .database()
      .query<{ sealed: Buffer }>("select sealed from secret where name = 'business_token'");
    expect(rows.length).toBeGreaterThan(0);
    for (const { sealed } of rows) expect(sealed.includes("EAAclient")).toBe(false);
    const reported = JSON.stringify([await app.waba(LINDEN.waba), await app.timeline(LINDEN.waba)]);
    expect(reported).not.toContain("EAAclient");
    expect(app.logged()).not.toContain("EAAclient");
  });

  test("a sibling's messages go on with our system user's token", async () => {
    expect((await app.send(COPPER.number)).status).toBe(200);
    expect((await tokensSentWith(COPPER.number)).at(-1)).not.toMatch(/^Bearer EAAclient/);
  });

  test("and back: the operator's word counts from the next message on", async () => {
    await app.api("PATCH", `/wabas/${LINDEN.waba}`, { sends_with: "system_user" });
    expect((await app.send(LINDEN.number)).status).toBe(200);
    expect((await tokensSentWith(LINDEN.number)).at(-1)).not.toMatch(/^Bearer EAAclient/);
    const waba = await app.check(LINDEN.waba);
    expect(waba.conditions.find(({ type }: { type: string }) => type === "AppInstalled").required).toBe(
      false,
    );
  });

  test("the gateway's memory outlives a restart", async () => {
    await sendsWithClient(LINDEN.waba);
    await app.restart();
    expect((await app.send(LINDEN.number)).status).toBe(200);
    expect((await tokensSentWith(LINDEN.number)).at(-1)).toMatch(/^Bearer EAAclient/);
  });
});

describe("the client removes the app", () => {
  test("announced: the gate closes, and the signup is the one way back", async () => {
    await sendsWithClient(FERN.waba);
    await app.check(FERN.waba);
    await app.act("app.uninstall", { waba_id: FERN.waba });
    await app.untilStatus(FERN.waba, "permission_removed", "app_uninstalled");
    const waba = await app.waba(FERN.waba);
    const ways = waba.recovery.methods.map(
      ({
        method,
        available,
        why_not: why,
      }: {
        method: string;
        available: boolean;
        why_not: string | null;
      }) => [method, available, why],
    );
    expect(ways).toEqual([
      ["assign_partner", false, "Assigning the partner does not bring the app back."],
      ["embedded_signup", true, null],
    ]);
    const refusal = await app.send(FERN.number);
    expect([refusal.status, refusal.body.error.error_data.reason]).toEqual([403, "app_uninstalled"]);
  });

  test("the signup again brings it back: proven by the token, the gate opens, the next message passes", async () => {
    await app.emulator("POST", "/signup", { waba_id: FERN.waba });
    await app.untilStatus(FERN.waba, "live", null, 30_000);
    expect(conditionOf(await app.waba(FERN.waba), "AppInstalled")).toBe("True proven");
    await until("the next message passes", async () =>
      (await app.send(FERN.number)).status === 200 ? true : undefined,
    );
  });

  test("without a webhook: two probes find it by 190/458, and nothing else counts as lost", async () => {
    await sendsWithClient(ORCHARD.waba);
    await app.check(ORCHARD.waba);
    await app.act("app.uninstall", { waba_id: ORCHARD.waba, silent: true });
    const waba = await app.check(ORCHARD.waba);
    expect([waba.status, waba.reason]).toEqual(["permission_removed", "app_uninstalled"]);
    expect(conditionOf(waba, "Shared")).toBe("True proven");
    expect(conditionOf(waba, "AppInstalled")).toBe("False app_uninstalled");
  });

  test("when we send with our own token it is only a setup issue: no gate closes", async () => {
    await app.act("app.uninstall", { waba_id: COPPER.waba });
    expect((await app.check(COPPER.waba)).status).toBe("live");
    expect((await app.send(COPPER.number)).status).toBe(200);
  });
});

describe("the client's token dies", () => {
  test("a message is answered 503 and not Meta's 401, a probe gets a new token, and messages flow again", async () => {
    await sendsWithClient(ALDER.waba);
    await app.check(ALDER.waba);
    await app.act("token.revoke", { owner: "client", waba_id: ALDER.waba });
    const refused = await app.send(ALDER.number);
    expect([refused.status, refused.body.error.code, refused.body.error.error_data.reason]).toEqual([
      503,
      131016,
      "provider_token_invalid",
    ]);
    await until("a message passes again", async () =>
      (await app.send(ALDER.number)).status === 200 ? true : undefined,
    );
    expect(await titlesOf(ALDER.waba)).toContain(REPLACED);
    expect((await app.waba(ALDER.waba)).status).toBe("live");
  });

  test("where none was ever held and Meta gives none, a message is answered 503 at once", async () => {
    const denied = { status: 403, error: { message: "(#200) no", type: "OAuthException", code: 200 } };
    await app.fault({ match: { path: "/**/system_user_access_tokens" }, respond: denied });
    await sendsWithClient(COPPER.waba);
    const refused = await app.send(COPPER.number);
    expect([refused.status, refused.headers.get("sharekeeper-refused")]).toEqual([
      503,
      "provider_token_invalid",
    ]);
    await app.api("PATCH", `/wabas/${COPPER.waba}`, { sends_with: "system_user" });
    expect((await app.send(COPPER.number)).status).toBe(200);
  });

  test("while Meta gives no other token: the provider must act, and auto-repair follows when Meta gives one", async () => {
    await sendsWithClient(CAFE.waba);
    await app.check(CAFE.waba);
    const denied = { status: 403, error: { message: "(#200) no", type: "OAuthException", code: 200 } };
    await app.fault({ match: { path: "/**/system_user_access_tokens" }, respond: denied });
    await app.act("token.revoke", { owner: "client", waba_id: CAFE.waba });
    const waba = await app.check(CAFE.waba);
    expect([waba.status, waba.reason, waba.who_must_act, waba.hub_error]).toEqual([
      "unknown",
      "provider_token_invalid",
      "provider",
      null,
    ]);
    expect(conditionOf(waba, "TokenValid")).toBe("False provider_token_invalid");
    expect(conditionOf(waba, "Shared")).toBe("True proven");
    expect(waba.summary).toContain("The share is not affected");
    expect(waba.recovery.methods.map(({ method }: { method: string }) => method)).toEqual([
      "replace_token",
      "embedded_signup",
    ]);
    const refused = await app.send(CAFE.number);
    expect([refused.status, refused.headers.get("sharekeeper-refused")]).toEqual([
      503,
      "provider_token_invalid",
    ]);
    await app.clearFaults();
    expect((await app.check(CAFE.waba)).status).toBe("live");
    expect((await app.send(CAFE.number)).status).toBe(200);
  });
});

describe("a WABA that is ours by the client's grant alone", () => {
  test("is proven by the client's token: nothing is asked or written for our system user", async () => {
    const { body } = await app.api("PATCH", `/wabas/${LINDEN.waba}`, { partner_model: "app_grant" });
    expect(body).toMatchObject({ partner_model: "app_grant", sends_with: "client" });
    const before = (await askedOf(`/${LINDEN.waba}/assigned_users`)).length;
    const waba = await app.check(LINDEN.waba);
    expect([waba.status, conditionOf(waba, "FullControl")]).toEqual(["live", "True proven"]);
    expect(await askedOf(`/${LINDEN.waba}/assigned_users`)).toHaveLength(before);
  });

  test("sends with the client's token, and nothing else can be set", async () => {
    const { status, body } = await app.api("PATCH", `/wabas/${LINDEN.waba}`, { sends_with: "system_user" });
    expect([status, body.code]).toEqual([409, "terms_barred"]);
    expect((await app.waba(LINDEN.waba)).sends_with).toBe("client");
  });

  test("lost, it comes back by the signup and not by an assignment", async () => {
    await app.act("partner.remove", { waba_id: LINDEN.waba, silent: true });
    const waba = await app.check(LINDEN.waba);
    expect([waba.status, waba.reason]).toEqual(["permission_removed", "unspecified"]);
    const [assign, signup] = waba.recovery.methods;
    expect([assign.available, signup.available]).toEqual([false, true]);
    expect(assign.why_not).toMatch(/access to our app, not to our portfolio/);
    await app.emulator("POST", "/signup", { waba_id: LINDEN.waba });
    await app.untilStatus(LINDEN.waba, "live", null, 30_000);
  });
});

describe("a signup that grants our app only", () => {
  const CLIENT = {
    ...{ new_business: { name: "Lucky Shrub" }, new_waba: { name: "Lucky Shrub" }, app_only: true },
    new_phone: { display_phone_number: "+49 30 901821", verified_name: "Lucky Shrub" },
  };

  /** Meta's window, finished: both events are reported, and the message names no WABA. */
  async function signUp(
    wish: object,
    choice: object,
  ): Promise<{ id: string; wabaId: string; phone: string }> {
    const { id } = (await app.api("POST", "/signups", wish)).body;
    const signupEvents = (signupEvent: object) => app.api("POST", `/signups/${id}/events`, signupEvent);
    const { attempt_id } = (await signupEvents({ type: "begun" })).body;
    const { body } = await app.emulator("POST", "/signup", choice);
    await signupEvents({ attempt_id, type: "session", message: body.event });
    await signupEvents({ attempt_id, type: "code", code: body.code });
    return { id, wabaId: body.waba_id, phone: body.phone_number_id };
  }
  const signupOf = async (id: string) => (await app.api("GET", `/signups/${id}`)).body;

  test("brings a new WABA, proven and used by the client's token", async () => {
    const { id, wabaId, phone } = await signUp({}, CLIENT);
    await until(
      "the signup is ready",
      async () => (await signupOf(id)).state === "ready" || undefined,
      30_000,
    );
    const waba = await app.waba(wabaId);
    expect(waba).toMatchObject({ status: "live", partner_model: "app_grant", sends_with: "client" });
    expect(conditionOf(waba, "AppInstalled")).toBe("True proven");
    expect(waba.setup_checks.map(({ check }: { check: string }) => check)).not.toContain("system_user");
    const { key } = (await app.api("POST", `/numbers/${phone}/keys`, {})).body;
    await until("a message passes", async () => (await app.send(phone, key)).status === 200 || undefined);
    expect((await tokensSentWith(phone)).at(-1)).toMatch(/^Bearer EAAclient/);
    expect(await askedOf(`/${wabaId}/assigned_users`)).toEqual([]);
  });

  test("does not bring back one that must be shared: refused, and its terms stay", async () => {
    await app.act("partner.remove", { waba_id: CYCLES.waba, silent: true });
    await app.check(CYCLES.waba);
    const { id } = await signUp({ waba_id: CYCLES.waba }, { waba_id: CYCLES.waba, app_only: true });
    await until("the attempt has ended", async () => (await signupOf(id)).exit_reason ?? undefined);
    expect((await signupOf(id)).exit_reason.code).toBe("not_granted");
    expect(await app.waba(CYCLES.waba)).toMatchObject({
      ...{ status: "permission_removed", partner_model: "portfolio_share", sends_with: "system_user" },
    });
  });
});

describe("a solution of several partners", () => {
  test("granular tasks that include MESSAGING are full control: what was given stays, and messages flow", async () => {
    await app.api("PATCH", `/wabas/${COPPER.waba}`, { partner_model: "multi_partner_solution" });
    await app.act("partner.reduce", { waba_id: COPPER.waba, tasks: ["MESSAGING", "MANAGE_TEMPLATES"] });
    const waba = await app.check(COPPER.waba);
    expect([waba.status, conditionOf(waba, "FullControl")]).toEqual(["live", "True proven"]);
    const state = (await app.emulator("GET", "/state")).body;
    const { assigned_users: given } = state.wabas.find(({ id }: { id: string }) => id === COPPER.waba);
    expect(JSON.stringify(given)).toContain("MESSAGING");
    expect((await app.send(COPPER.number)).status).toBe(200);
  });

  test("without MESSAGING it is partial", async () => {
    await app.act("partner.reduce", { waba_id: COPPER.waba, tasks: ["MANAGE_TEMPLATES"] });
    const waba = await app.check(COPPER.waba);
    expect([waba.status, waba.reason]).toEqual(["permission_removed", "partial_control"]);
  });
});

test("the token can be asked for by hand, and the answer never holds it", async () => {
  const again = await app.api("POST", `/wabas/${ALDER.waba}/client-token`, {});
  expect([again.status, again.body.outcome]).toEqual([200, "unchanged"]);
  expect(JSON.stringify(again.body)).not.toContain("EAAclient");
  await app.act("partner.remove", { waba_id: ALDER.waba });
  const none = await app.api("POST", `/wabas/${ALDER.waba}/client-token`, {});
  expect([none.status, none.body.code]).toEqual([409, "client_token_missing"]);
});
