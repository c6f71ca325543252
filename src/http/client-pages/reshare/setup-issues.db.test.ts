import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";
import { clientTextOf } from "../../../messages/client-page.ts";
import { LANGUAGES, type Language } from "../../../messages/languages.ts";

const ATLAS = "100000000000004";
const NUMBER = "200000000000005";
const API = `/api/v1/wabas/${ATLAS}`;
const languages = Object.keys(LANGUAGES) as Language[];

let app: TestApp;
let path: string;
beforeAll(async () => {
  app = await createTestApp();
  await app.emulator.act({ action: "partner.remove", waba_id: ATLAS, silent: true });
  await check();
  const { body } = await app.ask("POST", `${API}/reshare-links`, {});
  path = body.url.slice(app.url.length);
});
afterAll(() => app.stop());

const check = () => app.ask("POST", `${API}/check`, {});
async function textIn(language: Language): Promise<string> {
  const page = await app.ask("GET", `${path}?lang=${language}`, undefined, { Accept: "text/html" });
  expect(page.status).toBe(200);
  return String(page.body)
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
}
const titleOf = (language: Language): string => clientTextOf(language)("setup.title");

test("while the share is lost the page shows only the recovery", async () => {
  await app.emulator.act({ action: "payment.remove", waba_id: ATLAS });
  await check();
  expect(await textIn("en")).not.toContain(titleOf("en"));
});

test("a setup issue: the page is green, and names it with who can fix it", async () => {
  await app.emulator.act({ action: "number.name", phone_number_id: NUMBER, name_status: "PENDING_REVIEW" });
  await app.emulator.act({ action: "partner.assign", waba_id: ATLAS, silent: true });
  const back = (await check()).body;
  // Nobody reported who shared again, or how: "Repaired" rests on the proof alone (M2).
  expect(back).toMatchObject({ status: "live", restored: { how: "proof", after_ban: false } });
  const shown = await textIn("en");
  for (const text of [
    "You&#39;re reconnected",
    "Messages are being sent. Something may still block messages; see below.",
    "Meta has no payment method for this account.",
    "You can fix this.",
    "Meta is still reviewing the display name of +1 555 010 0005.",
    "Meta decides this.",
  ])
    expect(shown).toContain(text);
  expect(shown).not.toContain("Messages are being sent again");
  const state = await app.ask("GET", `${path}/state`, undefined, { Accept: "application/json" });
  expect(state.body).toMatchObject({ done: true, wabas: [{ repaired: true, still_open: null }] });
  expect(state.body.html).toContain(
    `${app.emulator.url}/billing_hub/payment_settings?business_id=510000000000003`,
  );
});

test.each(languages)("the list exists in %s, without unfilled gaps", async (language) => {
  const shown = await textIn(language);
  expect(shown).toContain(titleOf(language));
  expect(shown).toContain(clientTextOf(language)("setup.payment_missing"));
  expect(shown).not.toMatch(/\{[a-z_]+\}/);
});

test("fixed: no issue is left, and the page says so", async () => {
  await app.emulator.act({ action: "payment.add", waba_id: ATLAS });
  await app.emulator.act({ action: "number.name", phone_number_id: NUMBER, name_status: "APPROVED" });
  await check();
  const shown = await textIn("en");
  expect(shown).not.toContain(titleOf("en"));
  expect(shown).toContain("Messages are being sent again");
});
