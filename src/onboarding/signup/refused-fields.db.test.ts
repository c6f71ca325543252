import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  api,
  begin,
  finish,
  goOn,
  app,
  lose,
  newcomer,
  openSignupApp,
  pass,
  requestsTo,
  signupOf,
  tell,
  through,
  wabaOf,
} from "../../../test/support/signup-app.ts";
import type { GraphAnswer } from "../../meta/graph-reply.ts";
import { acceptSuccessor } from "./accept-successor.ts";
import { recordSignupEvent } from "./record-signup-event.ts";
import type { SignupDeps } from "../signup-deps.ts";

/** Field case 1: a field that Meta refuses makes no step of a signup fail. */
beforeAll(openSignupApp, 60_000);
afterAll(() => app.stop());

const QUARRY = "100000000000006";
const NORTHWIND = "100000000000001";
const OPERATOR = { actor: "operator", requestId: null };

const REFUSED: GraphAnswer = {
  kind: "refusal",
  status: 400,
  fault: {
    ...{ code: 100, subcode: null, type: "OAuthException", message: "Tried accessing nonexisting field" },
    ...{ details: null, traceId: null, transient: null },
  },
};

/** Each read that requests one of these fields is refused as a whole. */
function refusing(...refused: string[]): SignupDeps {
  return through((request, ask) => {
    const fields = request.query?.fields?.split(",") ?? [];
    if (!fields.some((field) => refused.includes(field))) return ask();
    const at = app.deps.clock.now();
    return Promise.resolve({ request, askedAt: at, answeredAt: at, ...REFUSED });
  });
}

type Finished = Awaited<ReturnType<typeof finish>>;

async function signUp(deps: SignupDeps, wish: object, choice: object): Promise<Finished & { id: string }> {
  const signup = await begin(wish);
  const done = await finish(choice);
  const ids = { signupId: signup.id, attemptId: signup.attempt };
  await recordSignupEvent(deps, { ...ids, signupEvent: { type: "session", message: done.event } });
  await recordSignupEvent(deps, { ...ids, signupEvent: { type: "code", code: done.code } });
  await goOn(deps);
  return { ...done, id: signup.id };
}

const stepOf = async (id: string, name: string) =>
  (await signupOf(id)).steps.find((step: { id: string }) => step.id === name);

describe("the registration of a signup", () => {
  test.each([
    ["is_on_biz_app", "Refused App Bakery"],
    ["status", "Refused Status Bakery"],
    ["platform_type", "Refused Platform Bakery"],
  ])("is done although Meta refuses %s", async (field, name) => {
    const done = await signUp(refusing(field), {}, newcomer(name));
    expect(await stepOf(done.id, "register")).toMatchObject({ status: "done", meta_message: null });
    expect(await requestsTo(`${done.phone_number_id}/register`)).toBe(1);
    expect((await wabaOf(done.waba_id)).status).toBe("live");
  });

  test("is left out for a number that platform_type alone shows as registered", async () => {
    await lose(NORTHWIND);
    const number = "200000000000001";
    const done = await signUp(
      refusing("status"),
      { waba_id: NORTHWIND },
      { waba_id: NORTHWIND, phone_number_id: number },
    );
    expect(await stepOf(done.id, "register")).toMatchObject({ status: "skipped" });
    expect(await requestsTo(`${number}/register`)).toBe(0);
  });

  test("waits where nothing says whether a number is registered, with Meta's words, and goes on by itself", async () => {
    const refused = refusing("status", "platform_type");
    const done = await signUp(refused, {}, newcomer("Unsaid Books"));
    const waiting = await stepOf(done.id, "register");
    expect(waiting.status).not.toBe("done");
    expect(waiting.meta_message).toContain("error 100: Tried accessing nonexisting field");
    expect(await requestsTo(`${done.phone_number_id}/register`)).toBe(0);
    await pass(3 * 3600);
    await goOn();
    expect(await stepOf(done.id, "register")).toMatchObject({ status: "done", meta_message: null });
  });
});

test("the chats of the app are requested with the ids alone", async () => {
  await lose(QUARRY, "coexistence.disconnect");
  const deps = refusing("status", "platform_type", "is_on_biz_app");
  const done = await signUp(
    deps,
    { waba_id: QUARRY, flow: "coexistence" },
    { waba_id: QUARRY, coexistence: true },
  );
  expect(await stepOf(done.id, "sync_app")).toMatchObject({ status: "done" });
  expect(await requestsTo("200000000000007/smb_app_data")).toBe(2);
});

test("a WABA whose owner Meta refuses is imported by its name", async () => {
  const choice = newcomer("Nameful Bakery") as { new_waba: { name: string } };
  const done = await signUp(refusing("owner_business_info"), {}, choice);
  const { name } = choice.new_waba;
  expect(await wabaOf(done.waba_id)).toMatchObject({ name, client: { name } });
});

test("a successor with one number takes the place although Meta refuses its digits", async () => {
  const before = await wabaOf(NORTHWIND);
  const numberId = before.numbers[0].id;
  await app.emulator.act({ action: "waba.delete", waba_id: NORTHWIND, silent: true });
  await tell(NORTHWIND, { event: "ACCOUNT_DELETED" });
  await api("POST", `/wabas/${NORTHWIND}/check`, {});
  const deps = refusing("display_phone_number");
  const { id } = await signUp(
    deps,
    { waba_id: NORTHWIND },
    {
      business_id: before.client.business_id,
      new_waba: { name: "Northwind Florist two" },
      new_phone: { display_phone_number: "+1 555 019 0002", verified_name: "Northwind Florist" },
    },
  );
  expect(await acceptSuccessor(deps, { signupId: id, by: OPERATOR })).toBe("accepted");
  const after = await wabaOf((await signupOf(id)).waba_id);
  expect(after.numbers.map((number: { id: string }) => number.id)).toEqual([numberId]);
});
