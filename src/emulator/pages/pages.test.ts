import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PARTNER, startHarness } from "../../../test/wire/emulator-harness.ts";
import type { Harness } from "../../../test/wire/emulator-harness.ts";

const FLORIST = "100000000000001";
const BAKERY = "100000000000003";
const SUITE = "/latest/settings/whatsapp_account";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(async () => {
  await harness.control("POST", "/reset");
});
afterAll(() => harness.stop());

async function get(path: string): Promise<string> {
  const answer = await fetch(harness.emulator.url + path);
  expect(answer.headers.get("content-type")).toContain("text/html");
  return answer.text();
}

async function post(path: string, form: Record<string, string>): Promise<{ status: number; text: string }> {
  const answer = await fetch(harness.emulator.url + path, {
    method: "POST",
    body: new URLSearchParams(form),
  });
  return { status: answer.status, text: await answer.text() };
}

describe("Business Suite", () => {
  const address = `${SUITE}?business_id=510000000000001&selected_asset_id=${FLORIST}`;
  const form = { business_id: "510000000000001", selected_asset_id: FLORIST, partner_id: PARTNER };

  test("shows the partner's access, removes it and assigns it again", async () => {
    expect(await get(address)).toContain("Full control: Everything");
    expect((await post(SUITE, { ...form, panel: "remove" })).text).toContain("No partner has access");
    expect((await post(SUITE, { ...form, panel: "assign", messages: "on" })).text).toContain(
      "Partial access",
    );
    expect((await post(SUITE, { ...form, panel: "assign", everything: "on" })).text).toContain(
      "Full control: Everything",
    );
    const events = (await harness.delivered(3)).map(
      (each) => JSON.parse(each.body).entry[0].changes[0].value.event,
    );
    expect(events).toEqual(["PARTNER_REMOVED", "PARTNER_ADDED", "PARTNER_ADDED"]);
  });

  test("refuses as the screens do, and changes nothing", async () => {
    const coexistence = {
      ...form,
      business_id: "510000000000002",
      selected_asset_id: BAKERY,
      panel: "assign",
      everything: "on",
    };
    const refusal = await post(SUITE, coexistence);
    expect(refusal.status).toBe(409);
    expect(refusal.text).toContain("used in the WhatsApp Business app");
    expect((await post(SUITE, { ...form, panel: "assign" })).text).toContain(
      "Choose what the partner may do.",
    );
    expect((await post(SUITE, { ...form, panel: "assign", partner_id: "abc" })).status).toBe(400);
  });

  test("writes what came from outside as text", async () => {
    expect(await get(`${address}&done=<script>alert(1)</script>`)).not.toContain("<script>alert(1)");
  });

  test("without a portfolio it asks for one", async () => {
    expect(await get(SUITE)).toContain("Choose a business portfolio");
  });
});

describe("the world page", () => {
  test("lists the accounts with their state and every act that fits", async () => {
    const page = await get(`/?waba_id=${BAKERY}`);
    expect(page).toContain("Atlas Cycles");
    expect(page).toContain("Not shared with the partner");
    expect(page).toContain('value="coexistence.disconnect"');
    expect(await get(`/?waba_id=${FLORIST}`)).not.toContain('value="coexistence.disconnect"');
  });

  test("a button acts with the options beside it", async () => {
    const { text } = await post("/world/act", {
      waba_id: FLORIST,
      action: "partner.remove",
      duplicates: "2",
      status: "FLAGGED",
      owner: "client",
    });
    expect(text).toContain("partner.remove: sent wh_1.");
    expect(await harness.delivered(2)).toHaveLength(2);
  });
});

describe("scenarios and missing pages", () => {
  const tool = (act: string): Promise<{ status: number; text: string }> =>
    post("/world/tool", { tab: "scenarios", waba_id: FLORIST, do: act, pause_s: "0" });

  test("M9: the page shows the steps and the current one, and begins without a reset", async () => {
    expect(await get("/?tab=scenarios")).not.toMatch(/name="reset"[^>]*checked/);
    const first = (await tool("scene:next:partner-removed")).text;
    expect(first).toContain("1 of 3 steps are done");
    expect(first).toMatch(/aria-current="step"[^]*Ten minutes pass/);
    expect(first).toContain("PARTNER_REMOVED arrives. The share is gone, and messages stop.");
    expect((await tool("scene:play:partner-removed")).text).toContain("3 of 3 steps are done");
    expect((await tool("scene:next:no-such-story")).status).toBe(404);
  });

  test("L16: every action is titled in a person's words, with its id beside it", async () => {
    const page = await get(`/?waba_id=${BAKERY}`);
    for (const [, value, title] of page.matchAll(/<button name="action" value="([^"]+)">\s*<span>([^<]+)</g))
      expect(title, value).not.toBe(value);
    expect(page).toMatch(/<span>Remove the partner<\/span> <small class="mono">partner\.remove</);
  });

  test("a person at an unknown address gets a page with the way back, a program Meta's error", async () => {
    const page = await fetch(`${harness.emulator.url}/wrong/page`, { headers: { Accept: "text/html,*/*" } });
    expect([page.status, await page.text()]).toEqual([404, expect.stringContaining('href="/"')]);
    const program = await fetch(`${harness.emulator.url}/wrong/page`);
    expect(program.headers.get("content-type")).toContain("application/json");
  });
});

describe("the screens on which a client repairs setup issues", () => {
  const OWNER = "510000000000001";
  const NUMBER = "200000000000001";
  const BILLING = "/billing_hub/payment_settings";
  const NUMBERS = "/latest/whatsapp_manager/phone_numbers/";

  test("billing takes a payment method away and adds it again", async () => {
    expect(await get(`${BILLING}?business_id=${OWNER}`)).toContain("One payment method is stored");
    const form = { business_id: OWNER, id: FLORIST };
    expect((await post(BILLING, { ...form, act: "remove_payment" })).text).toContain("No payment method");
    expect((await post(BILLING, { ...form, act: "add_payment" })).text).not.toContain("No payment method");
  });

  test("WhatsApp Manager shows the numbers of one account, and a declined name can be corrected", async () => {
    await harness.act("number.name", { phone_number_id: NUMBER, name_status: "DECLINED" });
    await harness.act("number.status", { phone_number_id: NUMBER, status: "FLAGGED" });
    const before = await get(`${NUMBERS}?business_id=${OWNER}&asset_id=${FLORIST}`);
    expect(before).toContain("FLAGGED. Display name: DECLINED");
    expect(before).not.toContain("+1 555 010 0002");
    const form = { business_id: OWNER, asset_id: FLORIST, id: NUMBER };
    await post(NUMBERS, { ...form, act: "connect" });
    expect((await post(NUMBERS, { ...form, act: "approve_name" })).text).toContain(
      "CONNECTED. Display name: APPROVED",
    );
  });

  test("what does not exist is a page that says so", async () => {
    expect(await get(`${BILLING}?business_id=1`)).toContain("No such portfolio");
    const refused = await post(BILLING, { business_id: OWNER, id: "1", act: "add_payment" });
    expect(refused.status).toBe(404);
    expect((await post(BILLING, { business_id: OWNER, act: "nonsense" })).status).toBe(200);
  });
});
