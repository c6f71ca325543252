/** "Messages are being sent" is said only when it is so. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const NORTHWIND = { waba: "100000000000001", number: "200000000000001" };
const PAIR = { waba: "100000000000002", number: "200000000000002" };
const LINDEN = { waba: "100000000000008", number: "200000000000009" };
const COPPER = { waba: "100000000000009", number: "200000000000010" };

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox({ SWEEP_PERIOD_S: "3600" });
});
afterAll(() => app?.stop());
afterEach(() => app?.clearFaults());

const refuse = (number: string, error: Record<string, unknown>, status = 403): Promise<void> =>
  app.fault({ match: { method: "POST", path: `**/${number}/messages` }, respond: { status, error } });
interface Check {
  check: string;
  verdict: string;
  text: string;
}
const sendingOf = (waba: { setup_checks: Check[] }): Check | undefined =>
  waba.setup_checks.find(({ check }) => check === "sending");
const untilSending = async (wabaId: string, verdict: string) =>
  (
    await until(`sending ${verdict} of ${wabaId}`, async () => {
      const waba = await app.waba(wabaId);
      return sendingOf(waba)?.verdict === verdict ? waba : undefined;
    })
  ).value;

describe("field case 4: the share stands, and Meta refuses every message", () => {
  test("three refusals in a row are a setup issue with Meta's code and words; nothing closes; an acceptance ends it", async () => {
    const before = await app.waba(NORTHWIND.waba);
    expect([before.summary, sendingOf(before)?.verdict]).toEqual([
      "All checks passed. Messages are being sent.",
      "yes",
    ]);
    await refuse(NORTHWIND.number, {
      message: "(#200) You do not have the necessary permissions",
      type: "OAuthException",
      code: 200,
      error_user_title: "Cannot send",
      error_user_msg: "Your app is not live.",
    });
    for (let nth = 1; nth <= 3; nth += 1) {
      const answer = await app.send(NORTHWIND.number);
      expect([answer.status, answer.headers.has("sharekeeper-refused")]).toEqual([403, false]);
      if (nth === 2) expect(sendingOf(await app.waba(NORTHWIND.waba))?.verdict).toBe("yes");
    }
    const refused = await untilSending(NORTHWIND.waba, "no");
    expect(refused).toMatchObject({ status: "live", who_must_act: "provider" });
    expect(refused.summary).toMatch(
      /^The share is proven\. Meta refuses this number's messages since .+ UTC: 200: Cannot send: Your app is not live\.$/,
    );
    expect(sendingOf(refused)).toMatchObject({ who_must_act: "provider", number_id: refused.numbers[0].id });
    expect(sendingOf(refused)?.text).toContain("is it Live at Meta?");
    expect(JSON.stringify(refused)).not.toMatch(/messages (flow|are being sent)/i);
    expect((await app.api("GET", `/numbers/${NORTHWIND.number}/can-send`)).body.can_send).toBe(true);

    await app.restart();
    expect(sendingOf(await app.waba(NORTHWIND.waba))?.verdict).toBe("no");
    await app.clearFaults();
    expect((await app.send(NORTHWIND.number)).status).toBe(200);
    const again = await untilSending(NORTHWIND.waba, "yes");
    expect([again.summary, again.who_must_act]).toEqual([
      "All checks passed. Messages are being sent.",
      "nobody",
    ]);
  });

  test("an acceptance in between begins the row anew, and a client's bad list counts for nothing", async () => {
    await refuse(PAIR.number, { message: "(#131026) Message undeliverable", code: 131026 }, 400);
    for (let nth = 0; nth < 5; nth += 1) await app.send(PAIR.number);
    for (const count of [2, 2]) {
      await app.clearFaults();
      await refuse(PAIR.number, { message: "(#133010) Account not registered", code: 133010 }, 400);
      for (let nth = 0; nth < count; nth += 1) await app.send(PAIR.number);
      await app.clearFaults();
      await app.send(PAIR.number);
    }
    expect(sendingOf(await app.check(PAIR.waba))?.verdict).toBe("yes");
    await refuse(PAIR.number, { message: "(#133010) Account not registered", code: 133010 }, 400);
    for (let nth = 0; nth < 3; nth += 1) await app.send(PAIR.number);
    const waba = await untilSending(PAIR.waba, "no");
    expect(waba.summary).toContain("Meta refuses the messages of 1 of 2 numbers since");
    expect(sendingOf(waba)?.text).toContain("Register the number on the Cloud API.");
  });

  test("a message marked as read is no acceptance: the row goes on", async () => {
    const not = { message: "(#133010) Account not registered", code: 133010 };
    await refuse(LINDEN.number, not, 400);
    for (let nth = 0; nth < 2; nth += 1) await app.send(LINDEN.number);
    await app.clearFaults();
    const read = await fetch(`${app.url()}/messages`, {
      method: "POST",
      headers: { "D360-API-KEY": `sandbox-${LINDEN.number}`, "Content-Type": "application/json" },
      body: JSON.stringify({ messaging_product: "whatsapp", status: "read", message_id: "wamid.1" }),
    });
    expect(await read.json()).toEqual({ success: true });
    await refuse(LINDEN.number, not, 400);
    await app.send(LINDEN.number);
    await untilSending(LINDEN.waba, "no");
    await app.clearFaults();
    await app.send(LINDEN.number);
    await untilSending(LINDEN.waba, "yes");
  });

  test("a number that Meta lists as PENDING lets nobody say that messages flow", async () => {
    await app.act("number.status", { phone_number_id: COPPER.number, status: "PENDING" });
    const waba = await app.check(COPPER.waba);
    expect(waba).toMatchObject({ status: "live", who_must_act: "provider" });
    expect(waba.summary).toContain("The share is proven.");
    expect(JSON.stringify(waba)).not.toMatch(/messages (flow|are being sent)/i);
  });
});

describe("field case 8: Meta's webhooks say that messages failed", () => {
  const failed = (on: typeof LINDEN, codes: number[]) =>
    app.emulator("POST", "/webhooks", {
      field: "messages",
      entry_id: on.waba,
      value: {
        messaging_product: "whatsapp",
        metadata: { display_phone_number: "15550100009", phone_number_id: on.number },
        statuses: codes.map((code) => ({
          id: "wamid.SECRET",
          status: "failed",
          recipient_id: "15559990000",
          errors: [{ code, title: "SECRET TITLE", error_data: { details: "SECRET DETAILS" } }],
        })),
      },
    });

  test("a locked account is found by a probe at once; what was written stays unread", async () => {
    await app.act("waba.disable", { waba_id: LINDEN.waba, silent: true });
    expect((await app.waba(LINDEN.waba)).status).toBe("live");
    await failed(LINDEN, [131026]);
    await failed(LINDEN, [131031, 131031]);
    await app.untilStatus(LINDEN.waba, "disabled");
    expect(JSON.stringify(await app.timeline(LINDEN.waba)) + app.logged()).not.toContain("SECRET");
    expect(app.logged()).not.toContain("15559990000");
  });

  test("a payment that fails is a setup issue, which an acceptance of the same minutes does not end", async () => {
    await failed(NORTHWIND, [131042]);
    const waba = await untilSending(NORTHWIND.waba, "no");
    expect(sendingOf(waba)).toMatchObject({ who_must_act: "client" });
    expect(waba).toMatchObject({ status: "live", who_must_act: "client" });
    await app.send(NORTHWIND.number);
    await app.advance(6 * 60_000);
    expect(sendingOf(await app.waba(NORTHWIND.waba))?.verdict).toBe("no");
    await app.send(NORTHWIND.number);
    await untilSending(NORTHWIND.waba, "yes");
  });
});
