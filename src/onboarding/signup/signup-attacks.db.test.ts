import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  api,
  assetOf,
  begin,
  beginAgain,
  bothEvents,
  db,
  finish,
  goOn,
  signupEvent,
  app,
  lose,
  recordOf,
  newcomer,
  openDirectly,
  openSignupApp,
  pass,
  requestsTo,
  secretsOf,
  signupOf,
  tell,
  through,
  wabaOf,
} from "../../../test/support/signup-app.ts";
import { abandonSignup } from "./abandon-signup.ts";
import { acceptSuccessor } from "./accept-successor.ts";
import { advanceSignups } from "./advance-signups.ts";
import { recordSignupEvent } from "./record-signup-event.ts";
import { claimSignup, findSignup, releaseSignup, signupLease } from "./signup-store.ts";

/** Untrusted messages of the browser, killed processes, repeated requests: each case was a defect once. */
beforeAll(openSignupApp, 60_000);
afterAll(() => app.stop());

const NORTHWIND = "100000000000001";
const SIBLING = "100000000000002";
const HARBOR = "100000000000003";
const ATLAS = "100000000000004";
const JUNIPER = "100000000000005";
const QUARRY = "100000000000006";

describe("codes are not lost", () => {
  test.each(["timed_out", "login_cancelled"])(
    "a code that comes after the page reported %s",
    async (code) => {
      await lose(ATLAS);
      const signup = await begin({ waba_id: ATLAS });
      const done = await finish({ waba_id: ATLAS, phone_number_id: "200000000000005" });
      await signupEvent(signup, { type: "exit", code });
      await bothEvents(signup, done);
      await goOn();
      expect(await signupOf(signup.id)).toMatchObject({ state: "ready", exit_reason: null });
    },
  );

  test("a code is exchanged while an instance that died still holds the signup", async () => {
    const signup = await begin({ waba_id: ATLAS });
    const now = app.deps.clock.now();
    expect(await claimSignup(db(), signup.id, signupLease(now))).toBe(true);
    const done = await finish({ waba_id: ATLAS, phone_number_id: "200000000000005" });
    await bothEvents(signup, done);
    expect((await secretsOf(signup.attempt)).map(({ name }) => name)).toEqual(["business_token"]);
    await pass(61);
    await goOn();
    expect((await signupOf(signup.id)).state).toBe("ready");
  });
});

describe("the browser's message is not trusted", () => {
  test("a token that names no targets reaches what it can read, and no other client's WABA", async () => {
    await lose(SIBLING);
    const assetId = await assetOf(SIBLING);
    const before = await secretsOf(assetId);
    const signup = await begin({ waba_id: SIBLING });
    const done = await finish(newcomer("Mallory"));
    const crafted = { ...done.event, data: { waba_id: SIBLING } };
    await signupEvent(signup, { type: "session", message: crafted });
    const deps = through(async (request, ask) => {
      const reply = await ask();
      if (request.path !== "/debug_token" || reply.kind !== "success") return reply;
      const data = reply.body.data as { granular_scopes: { scope: string }[] };
      const granular_scopes = data.granular_scopes.map(({ scope }) => ({ scope }));
      return { ...reply, body: { data: { ...data, granular_scopes } } };
    });
    await db().query("update signup set next_step_at = null where id = $1", [signup.id]);
    const sent = { type: "code", code: done.code } as const;
    await recordSignupEvent(deps, { signupId: signup.id, attemptId: signup.attempt, signupEvent: sent });
    await goOn(deps);
    expect((await signupOf(signup.id)).exit_reason).toMatchObject({ code: "not_granted" });
    expect(await secretsOf(assetId)).toEqual(before);
  });

  test("a portfolio that only the message names imports no WABA", async () => {
    const owner = (await wabaOf(NORTHWIND)).client.business_id;
    const signup = await begin({});
    const done = await finish(newcomer("Trudy"));
    const deps = through(async (request, ask) => {
      const reply = await ask();
      if (request.path !== `/${done.waba_id}` || reply.kind !== "success") return reply;
      // Removed at once, so that no probe corrects it.
      await app.emulator.act({ action: "partner.remove", waba_id: done.waba_id, silent: true });
      const { owner_business_info: _unsaid, ...body } = reply.body;
      return { ...reply, body };
    });
    const ids = { signupId: signup.id, attemptId: signup.attempt };
    const message = { ...done.event, data: { ...done.event.data, business_id: owner } };
    await recordSignupEvent(deps, { ...ids, signupEvent: { type: "session", message } });
    await recordSignupEvent(deps, { ...ids, signupEvent: { type: "code", code: done.code } });
    expect((await wabaOf(done.waba_id)).client.business_id).not.toBe(owner);
  });

  test("another client's WABA is never on offer as the successor of a lost one", async () => {
    await app.emulator.act({ action: "waba.delete", waba_id: JUNIPER, silent: true });
    await tell(JUNIPER, { event: "ACCOUNT_DELETED" });
    await api("POST", `/wabas/${JUNIPER}/check`, {});
    expect((await wabaOf(JUNIPER)).reason).toBe("waba_deleted");
    const signup = await begin({ waba_id: JUNIPER });
    const mine = await finish(newcomer("Eve"));
    await bothEvents(signup, { code: mine.code, event: { ...mine.event, data: { waba_id: HARBOR } } });
    await goOn();
    expect(await signupOf(signup.id)).toMatchObject({ exit_reason: { code: "wrong_waba" }, offered: null });
    const again = await beginAgain(signup.id);
    const harbor = await finish({ waba_id: HARBOR, coexistence: true });
    await bothEvents(again, harbor);
    await goOn();
    expect(await signupOf(signup.id)).toMatchObject({ exit_reason: { code: "wrong_waba" }, offered: null });
    expect((await wabaOf(HARBOR)).status).toBe("live");
    for (const { attempt } of [signup, again]) expect(await secretsOf(attempt)).toEqual([]);
  });

  test("what the client chose instead is an event, and stands on the WABA (M10)", async () => {
    const signup = await begin({ waba_id: SIBLING });
    await bothEvents(signup, await finish({ waba_id: NORTHWIND, phone_number_id: "200000000000001" }));
    const { name } = await wabaOf(NORTHWIND);
    expect((await wabaOf(SIBLING)).client_signals.chose_another).toEqual({
      name: `${name} (${NORTHWIND})`,
      outcome: "wrong_waba",
      at: new Date(app.deps.clock.now()).toISOString(),
    });
    const [entry] = (await api("GET", `/wabas/${SIBLING}/timeline`)).body.data;
    expect(entry).toMatchObject({
      kind: "command",
      source: "client",
      title: "The client chose another account, number or portfolio in Meta's window",
      detail: `${name} (${NORTHWIND})`,
    });
    const events = (await api("GET", "/events?limit=100")).body.data as { type: string; waba_id: string }[];
    expect(events).toContainEqual(
      expect.objectContaining({ type: "reshare.chose_another", waba_id: SIBLING }),
    );
  });

  test("the same message of the dialog, repeated, starts no further probe", async () => {
    const signup = await begin({ waba_id: SIBLING });
    const error = { error_code: "2655093", error_message: "shared" };
    const message = { type: "WA_EMBEDDED_SIGNUP", event: "CANCEL", data: error };
    await signupEvent(signup, { type: "session", message });
    const { dueProbes } = await recordOf(SIBLING);
    await pass(1);
    await signupEvent(signup, { type: "session", message });
    expect((await recordOf(SIBLING)).dueProbes).toEqual(dueProbes);
  });

  test("a message without news wakes no loop", async () => {
    const signup = await begin({ waba_id: SIBLING });
    const done = await finish({ waba_id: SIBLING, phone_number_id: "200000000000002" });
    await app.emulator.act({ action: "partner.remove", waba_id: SIBLING, silent: true });
    await bothEvents(signup, done);
    await goOn();
    const due = () => db().query("select next_step_at from signup where id = $1", [signup.id]);
    const before = await due();
    await signupEvent(signup, { type: "session", message: done.event });
    expect(await due()).toEqual(before);
    await api("POST", `/signups/${signup.id}/abandon`, {});
  });
});

describe("numbers of the app", () => {
  test("one that Meta has not finished setting up is never registered", async () => {
    await lose(ATLAS);
    const signup = await begin({ waba_id: ATLAS });
    const done = await finish({ waba_id: ATLAS, phone_number_id: "200000000000005" });
    const inApp = { is_on_biz_app: true, platform_type: "NOT_APPLICABLE", status: "PENDING" };
    const deps = through(async (request, ask) => {
      const reply = await ask();
      if (!request.path.endsWith("/phone_numbers") || reply.kind !== "success") return reply;
      const data = (reply.body.data as object[]).map((item) => ({ ...item, ...inApp }));
      return { ...reply, body: { ...reply.body, data } };
    });
    const ids = { signupId: signup.id, attemptId: signup.attempt };
    await recordSignupEvent(deps, { ...ids, signupEvent: { type: "session", message: done.event } });
    await recordSignupEvent(deps, { ...ids, signupEvent: { type: "code", code: done.code } });
    await goOn(deps);
    expect(await requestsTo("200000000000005/register")).toBe(0);
  });

  test("one that Meta shows late stays an app number by the signup's flow, and its chats are requested", async () => {
    await lose(QUARRY, "coexistence.disconnect");
    const signup = await begin({ waba_id: QUARRY });
    const done = await finish({ waba_id: QUARRY, coexistence: true });
    const notYet = { is_on_biz_app: false, platform_type: "NOT_APPLICABLE", status: "DISCONNECTED" };
    const deps = through(async (request, ask) => {
      const reply = await ask();
      if (!request.path.endsWith("/phone_numbers") || reply.kind !== "success") return reply;
      const data = (reply.body.data as object[]).map((item) => ({ ...item, ...notYet }));
      return { ...reply, body: { ...reply.body, data } };
    });
    await db().query("update signup set flow = 'platform' where id = $1", [signup.id]);
    await db().query(
      `update share
        set record = jsonb_set(record, array['numbers', (select id from number where asset_id = $1),
          'coexistence'], 'false') where asset_id = $1`,
      [await assetOf(QUARRY)],
    );
    const ids = { signupId: signup.id, attemptId: signup.attempt };
    await recordSignupEvent(deps, { ...ids, signupEvent: { type: "session", message: done.event } });
    await recordSignupEvent(deps, { ...ids, signupEvent: { type: "code", code: done.code } });
    await goOn(deps);
    expect(await requestsTo("200000000000007/register")).toBe(0);
    expect(await requestsTo("200000000000007/smb_app_data")).toBe(2);
  });

  test("Meta's hosted page does not say which flow it was: a WABA of the app stays one", async () => {
    await lose(HARBOR, "coexistence.disconnect");
    const signup = await begin({ waba_id: HARBOR, flow: "hosted" });
    await pass(1);
    await finish({ waba_id: HARBOR, coexistence: true });
    await pass(6);
    await api("POST", `/wabas/${HARBOR}/check`, {});
    const deps = through(async (request, ask) => {
      const reply = await ask();
      if (!request.path.endsWith("/phone_numbers") || reply.kind !== "success") return reply;
      const late = { is_on_biz_app: undefined, status: "PENDING", platform_type: "NOT_APPLICABLE" };
      const data = (reply.body.data as object[]).map((item) => ({ ...item, ...late }));
      return { ...reply, body: { ...reply.body, data } };
    });
    await advanceSignups(deps);
    expect((await recordOf(HARBOR)).everCoexistence).toBe(true);
    expect(await requestsTo("200000000000004/register")).toBe(0);
    await goOn();
    expect((await signupOf(signup.id)).state).toBe("ready");
  });
});

describe("the loop", () => {
  test("rests while another instance holds what is due", async () => {
    const signup = await begin({ waba_id: NORTHWIND });
    const now = app.deps.clock.now();
    const id = signup.id;
    await db().query("update signup set next_step_at = null");
    await db().query("update signup set next_step_at = $2 where id = $1", [id, new Date(now)]);
    expect(await claimSignup(db(), id, signupLease(now))).toBe(true);
    expect(await advanceSignups(app.signups)).toBe(now + 60_000);
    await abandonSignup(app.signups, id);
    await pass(61);
  });

  test("a lease that has run out does not end the next one's", async () => {
    const { id } = await begin({ waba_id: NORTHWIND });
    const now = app.deps.clock.now();
    await claimSignup(db(), id, signupLease(now));
    expect(await claimSignup(db(), id, signupLease(now + 60_001))).toBe(true);
    await releaseSignup(db(), id, signupLease(now));
    expect(await claimSignup(db(), id, signupLease(now + 60_002))).toBe(false);
    await releaseSignup(db(), id, signupLease(now + 60_001));
    await abandonSignup(app.signups, id);
  });

  test("a signup whose secret cannot be opened delays no other, and is retried later", async () => {
    const broken = await begin({ waba_id: NORTHWIND });
    const done = await finish({ waba_id: NORTHWIND, phone_number_id: "200000000000001" });
    await signupEvent(broken, { type: "code", code: done.code });
    await db().query("update secret set sealed = '\\x00' where owner_id = $1", [broken.attempt]);
    await pass(6);
    const now = app.deps.clock.now();
    await expect(advanceSignups(app.signups)).rejects.toThrow();
    const [row] = await db().query<{ next_step_at: Date }>("select next_step_at from signup where id = $1", [
      broken.id,
    ]);
    expect(row?.next_step_at.getTime()).toBeGreaterThan(now);
    await abandonSignup(app.signups, broken.id);
    expect(await secretsOf(broken.attempt)).toEqual([]);
  });

  test("an abandoned signup stays abandoned, whatever was in progress", async () => {
    const signup = await begin({ waba_id: NORTHWIND });
    const done = await finish({ waba_id: NORTHWIND, phone_number_id: "200000000000001" });
    const deps = through(async (request, ask) => {
      if (request.path === "/debug_token") await abandonSignup(app.signups, signup.id);
      return ask();
    });
    const before = await secretsOf(await assetOf(NORTHWIND));
    const ids = { signupId: signup.id, attemptId: signup.attempt };
    await recordSignupEvent(deps, { ...ids, signupEvent: { type: "session", message: done.event } });
    await recordSignupEvent(deps, { ...ids, signupEvent: { type: "code", code: done.code } });
    await goOn(deps);
    expect((await signupOf(signup.id)).state).toBe("abandoned");
    expect(await secretsOf(await assetOf(NORTHWIND))).toEqual(before);
  });

  test("unfinished hosted signups do not hide another one", async () => {
    for (let count = 0; count < 51; count += 1) await openDirectly("hosted");
    await lose(NORTHWIND);
    const signup = await begin({ waba_id: NORTHWIND, flow: "hosted" });
    await pass(1);
    await finish({ waba_id: NORTHWIND, phone_number_id: "200000000000001" });
    await pass(6);
    await api("POST", `/wabas/${NORTHWIND}/check`, {});
    await goOn();
    expect((await signupOf(signup.id)).state).toBe("ready");
  });
});

describe("what an operator decided", () => {
  test("a client's own id at the provider stays, whoever signs up again", async () => {
    await db().query(
      "update client set external_id = 'crm-1' where id = (select client_id from asset where id = $1)",
      [await assetOf(NORTHWIND)],
    );
    const signup = await begin({ external_id: "crm-9" });
    await bothEvents(signup, await finish({ waba_id: NORTHWIND, phone_number_id: "200000000000001" }));
    await goOn();
    expect((await signupOf(signup.id)).state).toBe("ready");
    expect((await wabaOf(NORTHWIND)).client.external_id).toBe("crm-1");
  });

  test("an offboarded WABA is not imported again by an earlier signup", async () => {
    const signup = await begin({ waba_id: NORTHWIND });
    const done = await finish({ waba_id: NORTHWIND, phone_number_id: "200000000000001" });
    await api("POST", `/wabas/${NORTHWIND}/offboard`, {});
    await bothEvents(signup, done);
    await goOn();
    expect((await wabaOf(NORTHWIND)).status).toBe("offboarded");
    expect((await findSignup(db(), signup.id))?.state).toBe("abandoned");
  });
});

describe("a successor", () => {
  test("is imported although the process died in between, with all its numbers", async () => {
    const signup = await begin({ waba_id: JUNIPER });
    const name = "Juniper two";
    const done = await finish(newcomer(name));
    const second = { display_phone_number: "+1 555 7730001", verified_name: name };
    await finish({ business_id: done.business_id, waba_id: done.waba_id, new_phone: second });
    // Meta's webhook makes it a WABA of its own here, whose numbers a probe finds.
    await tell(done.waba_id, { event: "PARTNER_ADDED" });
    await api("POST", `/wabas/${done.waba_id}/check`, {});
    expect((await wabaOf(done.waba_id)).numbers).toHaveLength(2);
    await bothEvents(signup, done);
    await goOn();
    expect((await signupOf(signup.id)).offered).toMatchObject({ waba_id: done.waba_id, may_accept: true });
    const dying = through(async (request, ask) => {
      if (request.path === `/${done.waba_id}`) throw new Error("killed");
      return ask();
    });
    const by = { actor: "test", requestId: null };
    await expect(acceptSuccessor(dying, { signupId: signup.id, by })).rejects.toThrow("killed");
    await pass(61);
    await goOn();
    expect(await signupOf(signup.id)).toMatchObject({ state: "ready", waba_id: done.waba_id });
    const after = await wabaOf(done.waba_id);
    expect(after).toMatchObject({ status: "live" });
    const listed = after.numbers.map(({ phone_number_id }: { phone_number_id: string }) => phone_number_id);
    expect(listed).toContain(done.phone_number_id);
    expect(await secretsOf(signup.attempt)).toEqual([]);
  });
});
