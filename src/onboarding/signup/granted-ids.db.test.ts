import { afterAll, beforeAll, expect, test } from "vitest";
import {
  begin,
  bothEvents,
  finish,
  goOn,
  signupEvent,
  app,
  lose,
  newcomer,
  openSignupApp,
  setKnobs,
  signupOf,
} from "../../../test/support/signup-app.ts";

/** Field case 5: ids of other kinds under a scope for WhatsApp do not count against the client. */
beforeAll(openSignupApp, 60_000);
afterAll(() => app.stop());

const ATLAS = "100000000000004";
const EVENTS_ONLY = { signup_scope_substitution: true, signup_foreign_scope: true };

test("one WABA is named beside a foreign id: it is matched without the dialog's message (field case 5)", async () => {
  await setKnobs({ signup_foreign_scope: true, signup_scope_substitution: false });
  const signup = await begin({});
  const done = await finish(newcomer("Willow Books"));
  await signupEvent(signup, { type: "code", code: done.code });
  await goOn();
  expect(await signupOf(signup.id)).toMatchObject({ state: "ready", waba_id: done.waba_id });
});

test("only the events scope, and a message that names the WABA: the token reads it, and that counts", async () => {
  await setKnobs(EVENTS_ONLY);
  const signup = await begin({});
  const done = await finish({ ...newcomer("Juniper Books"), permissions: ["whatsapp_business_management"] });
  await bothEvents(signup, done);
  await goOn();
  expect(await signupOf(signup.id)).toMatchObject({
    state: "ready",
    waba_id: done.waba_id,
    exit_reason: null,
  });
});

test("the same for a repair, also when the message is lost", async () => {
  await setKnobs(EVENTS_ONLY);
  await lose(ATLAS);
  const signup = await begin({ waba_id: ATLAS });
  const permissions = ["whatsapp_business_management"];
  const done = await finish({ waba_id: ATLAS, phone_number_id: "200000000000005", permissions });
  await signupEvent(signup, { type: "code", code: done.code });
  await goOn();
  expect(await signupOf(signup.id)).toMatchObject({ state: "ready", waba_id: ATLAS });
});

test("an id that the message alone names, and the token does not read as a WABA, is refused", async () => {
  await setKnobs({ signup_foreign_scope: true, signup_scope_substitution: false });
  const signup = await begin({});
  const done = await finish(newcomer("Birch Books"));
  const data = { ...done.event.data, waba_id: `69${done.business_id.slice(2)}` };
  await bothEvents(signup, { code: done.code, event: { ...done.event, data } });
  await goOn();
  expect(await signupOf(signup.id)).toMatchObject({ exit_reason: { code: "not_granted" }, waba_id: null });
});
