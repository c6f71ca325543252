import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { APP_SECRET, PARTNER, startHarness } from "../../../test/wire/emulator-harness.ts";
import type { Harness } from "../../../test/wire/emulator-harness.ts";
import { signatureOf } from "../webhooks/signature.ts";
import { ACTIONS } from "./act.ts";

const FLORIST = "100000000000001";
const FLORIST_NUMBER = "200000000000001";
const BAKERY = "100000000000003";
const BAKERY_OWNER = "510000000000002";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(async () => {
  await harness.control("POST", "/reset");
  harness.receiver.received.length = 0;
});
afterAll(() => harness.stop());

const share = (wabaId: string, ownerId: string, more = {}): object => ({
  waba_info: { waba_id: wabaId, owner_business_id: ownerId, ...more },
});
const florist = share(FLORIST, "510000000000001");
const bakery = share(BAKERY, BAKERY_OWNER);
const app = share(FLORIST, "510000000000001", { partner_app_id: "600000000000001" });
const lost = (reason: string, by: string): object => ({
  ...bakery,
  disconnection_info: { reason, initiated_by: by },
});

interface Row {
  action: string;
  on: string;
  input?: Record<string, unknown>;
  /** Done first, without webhooks. */
  before?: { action: string; [key: string]: unknown }[];
  /** The value sent, and the envelope's id; undefined: nothing is sent. */
  sends?: [entryId: string, value: object, field?: string];
}

/** Each action and what Meta sends. */
const TABLE: Row[] = [
  { action: "partner.assign", on: FLORIST, sends: [PARTNER, { event: "PARTNER_ADDED", ...florist }] },
  { action: "partner.reduce", on: FLORIST, input: { tasks: ["MESSAGING"] } },
  { action: "partner.remove", on: FLORIST, sends: [PARTNER, { event: "PARTNER_REMOVED", ...florist }] },
  {
    action: "partner.takeover",
    on: FLORIST,
    input: { business_id: "555000000000001" },
    sends: [PARTNER, { event: "PARTNER_REMOVED", ...florist }],
  },
  { action: "app.uninstall", on: FLORIST, sends: [PARTNER, { event: "PARTNER_APP_UNINSTALLED", ...app }] },
  {
    action: "app.install",
    on: FLORIST,
    before: [{ action: "app.uninstall" }],
    sends: [PARTNER, { event: "PARTNER_APP_INSTALLED", ...app }],
  },
  { action: "subscription.drop", on: FLORIST },
  { action: "token.revoke", on: FLORIST },
  { action: "token.restore", on: FLORIST, before: [{ action: "token.revoke" }] },
  {
    action: "waba.restrict",
    on: FLORIST,
    sends: [
      FLORIST,
      {
        event: "ACCOUNT_RESTRICTION",
        restriction_info: [
          { restriction_type: "RESTRICTED_BIZ_INITIATED_MESSAGING", expiration: expect.any(Number) },
          { restriction_type: "RESTRICTED_CUSTOMER_INITIATED_MESSAGING", expiration: expect.any(Number) },
        ],
      },
    ],
  },
  { action: "waba.disable", on: FLORIST, sends: [FLORIST, ban("DISABLE")] },
  {
    action: "waba.reinstate",
    on: FLORIST,
    before: [{ action: "waba.disable" }],
    sends: [FLORIST, ban("REINSTATE")],
  },
  { action: "waba.delete", on: FLORIST, sends: [FLORIST, { event: "ACCOUNT_DELETED" }] },
  { action: "number.deregister", on: FLORIST },
  { action: "number.delete", on: FLORIST },
  { action: "number.status", on: FLORIST, input: { status: "FLAGGED" } },
  { action: "number.name", on: FLORIST, input: { name_status: "DECLINED" } },
  {
    action: "number.quality",
    on: FLORIST,
    sends: [
      FLORIST,
      expect.objectContaining({ event: "FLAGGED", display_phone_number: expect.stringMatching(/^\d+$/) }),
      "phone_number_quality_update",
    ],
  },
  {
    action: "template.status",
    on: FLORIST,
    sends: [
      FLORIST,
      expect.objectContaining({ event: "PAUSED", message_template_id: expect.any(Number) }),
      "message_template_status_update",
    ],
  },
  { action: "payment.remove", on: FLORIST },
  { action: "payment.add", on: FLORIST, before: [{ action: "payment.remove" }] },
  {
    action: "coexistence.disconnect",
    on: BAKERY,
    sends: [PARTNER, { event: "PARTNER_REMOVED", ...lost("ACCOUNT_DISCONNECTED", "USER") }],
  },
  {
    action: "coexistence.logout",
    on: BAKERY,
    sends: [PARTNER, { event: "PARTNER_REMOVED", ...lost("DEVICE_LOGGED_OUT", "USER") }],
  },
  {
    action: "coexistence.logout",
    on: BAKERY,
    input: { device: "initial" },
    before: [{ action: "coexistence.offboard" }],
    sends: [PARTNER, { event: "PARTNER_REMOVED", ...lost("DEVICE_LOGGED_OUT", "USER") }],
  },
  { action: "coexistence.sign_in", on: BAKERY, before: [{ action: "coexistence.logout" }] },
  {
    action: "coexistence.ban",
    on: BAKERY,
    sends: [PARTNER, { event: "PARTNER_REMOVED", ...lost("ACCOUNT_DISCONNECTED", "SYSTEM") }],
  },
  { action: "coexistence.open_app", on: BAKERY },
  { action: "coexistence.unban", on: BAKERY, before: [{ action: "coexistence.ban" }] },
  { action: "coexistence.return", on: BAKERY, before: [{ action: "coexistence.downgrade" }] },
  {
    action: "coexistence.inactive",
    on: BAKERY,
    input: { which: "companion" },
    sends: [PARTNER, { event: "PARTNER_REMOVED", ...lost("COMPANION_INACTIVITY", "SYSTEM") }],
  },
  {
    action: "coexistence.downgrade",
    on: BAKERY,
    sends: [PARTNER, { event: "PARTNER_REMOVED", ...lost("BUSINESS_DOWNGRADE", "USER") }],
  },
  {
    action: "coexistence.change_number",
    on: BAKERY,
    sends: [PARTNER, { event: "PARTNER_REMOVED", ...lost("CHANGE_NUMBER", "USER") }],
  },
  {
    action: "coexistence.re_register",
    on: BAKERY,
    sends: [PARTNER, { event: "PARTNER_REMOVED", ...lost("USER_RE_REGISTERED", "USER") }],
  },
  { action: "coexistence.offboard", on: BAKERY, sends: [BAKERY, { event: "ACCOUNT_OFFBOARDED" }] },
  {
    action: "coexistence.reconnect",
    on: BAKERY,
    before: [{ action: "coexistence.offboard" }],
    sends: [BAKERY, { event: "ACCOUNT_RECONNECTED" }],
  },
];

function ban(state: string): object {
  const date = expect.stringMatching(/^[A-Z][a-z]+ \d{1,2}, \d{4}$/);
  return { event: "DISABLED_UPDATE", ban_info: { waba_ban_state: state, waba_ban_date: date } };
}

describe("the table of actions", () => {
  test("is complete", () => {
    expect([...new Set(TABLE.map((row) => row.action))].toSorted()).toEqual(
      ACTIONS.map((action) => action.name).toSorted(),
    );
  });

  test.each(TABLE)("$action", async ({ action, on, input, before = [], sends }) => {
    for (const { action: name, ...rest } of before)
      await harness.act(name, { waba_id: on, silent: true, ...rest });
    const stateBefore = JSON.stringify(await worldOf());
    const answer = await harness.act(action, { waba_id: on, ...input });
    expect(answer).toEqual({ status: 200, body: { ok: true, action, webhooks: sends ? ["wh_1"] : [] } });
    // What opening the app changes shows when the clock is advanced (upkeep.test.ts). Two only announce.
    const unseen = ["partner.assign", "coexistence.open_app", "number.quality", "template.status"];
    if (!unseen.includes(action)) expect(JSON.stringify(await worldOf())).not.toBe(stateBefore);
    if (!sends) return;
    const [delivery] = await harness.delivered(1);
    expect(JSON.parse(delivery?.body ?? "")).toEqual({
      object: "whatsapp_business_account",
      entry: [
        {
          ...{ id: sends[0], time: expect.any(Number) },
          changes: [{ field: sends[2] ?? "account_update", value: sends[1] }],
        },
      ],
    });
    expect(harness.receiver.received[0]?.signature).toBe(signatureOf(delivery?.body ?? "", APP_SECRET));
  });

  test("a deregistered number that is said to be connected is registered again", async () => {
    await harness.act("number.deregister", { waba_id: FLORIST });
    await harness.act("number.status", { waba_id: FLORIST, status: "CONNECTED" });
    const { numbers } = (await harness.control("GET", "/state")).body as {
      numbers: { waba_id: string; status: string; registered: boolean }[];
    };
    expect(numbers.find((number) => number.waba_id === FLORIST)).toMatchObject({
      status: "CONNECTED",
      registered: true,
    });
  });

  async function worldOf(): Promise<unknown> {
    const { wabas, numbers, tokens } = (await harness.control("GET", "/state")).body;
    return { wabas, numbers, tokens };
  }
});

describe("how an action is sent", () => {
  const remove = (webhook: object, rest = {}): ReturnType<Harness["act"]> =>
    harness.act("partner.remove", { waba_id: FLORIST, webhook, ...rest });

  test("silent: the state changes, nothing is sent", async () => {
    expect((await remove({}, { silent: true })).body.webhooks).toEqual([]);
    expect((await harness.graph("GET", `/v25.0/${FLORIST}`)).status).toBe(400);
    expect(await harness.deliveries()).toEqual([]);
  });

  test("doubled: copies in all, with one id", async () => {
    expect((await remove({ duplicates: 3 })).body.webhooks).toEqual(["wh_1"]);
    const seen = await harness.delivered(3);
    expect(new Set(seen.map((each) => each.body)).size).toBe(1);
    expect(seen.map((each) => each.copy)).toEqual([1, 2, 3]);
  });

  test("reversed: the last of the action's deliveries comes first", async () => {
    await remove({ duplicates: 2, order: "reversed" });
    expect((await harness.delivered(2)).map((each) => each.copy)).toEqual([2, 1]);
  });

  test("late: by this world's clock", async () => {
    await harness.control("POST", "/clock", { mode: "frozen" });
    await remove({ delay_ms: 60_000 });
    await harness.control("POST", "/clock", { advance_ms: 59_999 });
    expect(await harness.deliveries()).toEqual([]);
    await harness.control("POST", "/clock", { advance_ms: 1 });
    expect(await harness.deliveries()).toHaveLength(1);
  });

  test("wrongly signed, and not repeated when refused", async () => {
    await harness.control("POST", "/clock", { mode: "frozen" });
    harness.receiver.answers.push(401);
    await remove({ signature: "wrong" });
    const [delivery] = await harness.delivered(1);
    expect(delivery?.status).toBe(401);
    expect(harness.receiver.received[0]?.signature).not.toBe(signatureOf(delivery?.body ?? "", APP_SECRET));
    await harness.control("POST", "/clock", { advance_ms: 3_600_000 });
    expect(await harness.deliveries()).toHaveLength(1);
  });

  test("wrongly enveloped", async () => {
    await remove({ entry_id: "123" });
    expect(JSON.parse((await harness.delivered(1))[0]?.body ?? "").entry[0].id).toBe("123");
  });
});

describe("what cannot be done", () => {
  test("an unknown action: the valid ones", async () => {
    const { status, body } = await harness.act("partner.forget", { waba_id: FLORIST });
    expect([status, body.actions]).toEqual([400, ACTIONS.map((action) => action.name)]);
  });

  test("an unknown object: the valid ones", async () => {
    const { status, body } = await harness.act("partner.remove", { waba_id: "1" });
    expect(status).toBe(404);
    expect(body.waba_id).toContain(FLORIST);
    expect((await harness.act("number.delete", { phone_number_id: "1" })).body.phone_number_id).toContain(
      FLORIST_NUMBER,
    );
  });

  test.each([
    ["partner.assign", BAKERY, /contains a number that is used in the WhatsApp Business app/],
    ["partner.remove", "100000000000004", /isn't assigned/],
    ["coexistence.disconnect", FLORIST, /no coexistence number/],
    ["number.deregister", BAKERY, /Deregister endpoint is not available/],
    ["coexistence.reconnect", BAKERY, /isn't waiting/],
  ])("%s on %s: 409 with the words", async (action, on, words) => {
    const { status, body } = await harness.act(action, { waba_id: on });
    expect(status).toBe(409);
    expect(body.error).toMatch(words);
  });

  test("a wrong input changes nothing", async () => {
    const { status, body } = await harness.act("partner.assign", { waba_id: FLORIST, tasks: ["FLY"] });
    expect(status).toBe(400);
    expect(body.error).toMatch(/tasks/);
    expect((await harness.control("GET", "/state")).body.wabas[0].partners[0].tasks).toEqual(["MANAGE"]);
  });
});

test("in process: the same answer, and a refusal rejects", async () => {
  expect(await harness.emulator.act({ action: "subscription.drop", waba_id: FLORIST })).toEqual({
    ok: true,
    action: "subscription.drop",
    webhooks: [],
  });
  await expect(harness.emulator.act({ action: "partner.assign", waba_id: BAKERY })).rejects.toThrow(
    /WhatsApp Business app/,
  );
});

test("an option that the action does not have is refused with those it has, and nothing happens", async () => {
  const refused = await harness.control("POST", "/actions", {
    action: "partner.assign",
    waba_id: FLORIST,
    task: ["MANAGE"],
  });
  expect(refused.status).toBe(400);
  expect(refused.body).toMatchObject({
    error: "partner.assign has no option task",
    options: ["action", "waba_id", "phone_number_id", "silent", "webhook", "tasks", "business_id"],
  });
  expect(await harness.deliveries()).toEqual([]);
});

test("settle says which webhooks wait for their time on this world's clock", async () => {
  await harness.control("POST", "/clock", { mode: "frozen" });
  const { body } = await harness.control("POST", "/actions", {
    action: "partner.remove",
    waba_id: FLORIST,
    webhook: { delay_ms: 60_000 },
  });
  const settled = (await harness.control("POST", "/settle")).body;
  expect(settled).toMatchObject({ ok: true, waiting: [{ webhook_id: body.webhooks[0], attempt: 1 }] });
  await harness.control("POST", "/clock", { advance_ms: 60_000 });
  expect((await harness.control("POST", "/settle")).body).toEqual({ ok: true, waiting: [] });
});

test("L15: a clock that runs again ahead of real time says so, and how it comes back", async () => {
  await harness.control("POST", "/clock", { advance_ms: 14 * 86_400_000 });
  const { body } = await harness.control("POST", "/clock", { mode: "real" });
  expect(body).toMatchObject({ note: expect.stringContaining("/_emulator/reset") });
  expect(Math.round(body.ahead_ms / 86_400_000)).toBe(14);
  await harness.control("POST", "/reset");
  expect((await harness.control("POST", "/clock", { mode: "real" })).body).not.toHaveProperty("note");
});
