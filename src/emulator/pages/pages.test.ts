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
