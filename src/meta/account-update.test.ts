import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { parseNotices } from "./account-update.ts";
import type { MetaNotice } from "./account-update.ts";

const PARTNER = "2949482758682047";
const WABA = "980198427658004";
const OWNER = "2329417887457253";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (delivery: unknown): ReturnType<typeof parseNotices> =>
  parseNotices(bytes(JSON.stringify(delivery)));

function noticesOf(delivery: unknown): MetaNotice[] {
  const parsed = parse(delivery);
  if (!parsed.understood) throw new Error(parsed.why);
  return parsed.notices;
}

function noticeOf(value: unknown, entryId: unknown = WABA, field = "account_update"): MetaNotice {
  const entry = [{ id: entryId, time: 1748477359, changes: [{ value, field }] }];
  const [notice] = noticesOf({ object: "whatsapp_business_account", entry });
  if (!notice) throw new Error("no notice");
  return notice;
}

describe("a notice about a share", () => {
  it("names the WABA inside waba_info, not the partner's portfolio of the envelope", () => {
    const about = {
      waba_id: WABA,
      owner_business_id: OWNER,
      solution_partner_business_ids: [PARTNER, "520744086200222"],
    };
    const value = { event: "PARTNER_REMOVED", waba_info: about };
    expect(noticeOf(value, PARTNER)).toEqual({
      wabaId: WABA,
      entryId: PARTNER,
      entryTimeS: 1748477359,
      field: "account_update",
      event: "PARTNER_REMOVED",
      meaning: { kind: "partner_removed", disconnection: null },
      partnerAppId: null,
      solutionPartnerBusinessIds: [PARTNER, "520744086200222"],
      ownerBusinessId: OWNER,
      said: value,
    });
  });

  it.each([
    ["PARTNER_ADDED", {}, { kind: "partner_added" }],
    ["PARTNER_APP_INSTALLED", {}, { kind: "app_installed" }],
    ["PARTNER_APP_UNINSTALLED", {}, { kind: "app_uninstalled" }],
    ["ACCOUNT_DELETED", {}, { kind: "account_deleted" }],
    ["ACCOUNT_OFFBOARDED", {}, { kind: "offboarded" }],
    ["ACCOUNT_RECONNECTED", {}, { kind: "reconnected" }],
    [
      "DISABLED_UPDATE",
      { ban_info: { waba_ban_state: "SCHEDULE_FOR_DISABLE" } },
      { kind: "ban", state: "SCHEDULE_FOR_DISABLE" },
    ],
    ["DISABLED_UPDATE", { ban_info: [{ waba_ban_state: "REINSTATE" }] }, { kind: "ban", state: "REINSTATE" }],
    ["DISABLED_UPDATE", {}, { kind: "other" }],
    [
      "ACCOUNT_RESTRICTION",
      {
        restriction_info: [
          { restriction_type: "RESTRICTED_BIZ_INITIATED_MESSAGING", expiration: 1641330498 },
          { restriction_type: "RESTRICTED_CUSTOMER_INITIATED_MESSAGING", expiration: "soon" },
          { remediation: "…" },
        ],
      },
      {
        kind: "restricted",
        restrictions: [
          { type: "RESTRICTED_BIZ_INITIATED_MESSAGING", expiresAt: 1641330498000 },
          { type: "RESTRICTED_CUSTOMER_INITIATED_MESSAGING", expiresAt: null },
        ],
      },
    ],
    ["ACCOUNT_VIOLATION", { violation_info: { violation_type: "ADULT" } }, { kind: "other" }],
    ["BRAND_NEW_EVENT", {}, { kind: "other" }],
    ["__proto__", {}, { kind: "other" }],
    ["constructor", {}, { kind: "other" }],
  ])("%s %j", (event, more, meaning) => {
    expect(noticeOf({ event, ...more })).toMatchObject({ event, meaning, wabaId: WABA });
  });

  it.each([
    [
      { reason: "PRIMARY_INACTIVITY", initiated_by: "SYSTEM" },
      { reason: "PRIMARY_INACTIVITY", initiatedBy: "SYSTEM" },
    ],
    [
      { disconnect_reason: "USER_INITIATED_DISCONNECT" },
      { reason: "USER_INITIATED_DISCONNECT", initiatedBy: null },
    ],
    [{}, { reason: null, initiatedBy: null }],
    [null, null],
    [7, null],
  ])("keeps what Meta says of a disconnection: %j", (info, disconnection) => {
    expect(noticeOf({ event: "PARTNER_REMOVED", disconnection_info: info }).meaning).toEqual({
      kind: "partner_removed",
      disconnection,
    });
  });

  it("accepts the two coexistence events as fields of their own", () => {
    expect(noticeOf({}, WABA, "account_offboarded").meaning).toEqual({ kind: "offboarded" });
    expect(noticeOf({}, WABA, "account_reconnected").meaning).toEqual({ kind: "reconnected" });
  });

  it("gives an id that came as a number with all its digits", () => {
    const delivery = `{"entry":[{"id":2949482758682047123,"changes":[{"field":"account_update","value":
      {"event":"PARTNER_APP_INSTALLED","waba_info":
      {"waba_id": 98019842765800499,"partner_app_id":600000000000001}}}]}]}`;
    expect(parseNotices(bytes(delivery))).toMatchObject({
      notices: [
        {
          entryId: "2949482758682047123",
          wabaId: "98019842765800499",
          partnerAppId: "600000000000001",
          entryTimeS: null,
        },
      ],
    });
  });

  it("knows a message written in the app, and keeps none of it", () => {
    const value = {
      messaging_product: "whatsapp",
      metadata: { phone_number_id: "200000000000004" },
      message_echoes: [
        { timestamp: "1739321024", text: "hi" },
        { timestamp: 1739321030, text: "there" },
        { timestamp: "soon" },
      ],
    };
    const notice = noticeOf(value, WABA, "smb_message_echoes");
    const echo = { kind: "echo", phoneNumberId: "200000000000004" };
    expect(notice.meaning).toEqual({ ...echo, sentAt: 1739321030000 });
    const undated = { ...value, message_echoes: [{ text: "hi" }] };
    expect(noticeOf(undated, WABA, "smb_message_echoes").meaning).toEqual({ ...echo, sentAt: null });
    const many = {
      ...value,
      message_echoes: Array.from({ length: 200_000 }, () => ({ timestamp: 1739321024 })),
    };
    expect(noticeOf(many, WABA, "smb_message_echoes").meaning).toEqual({ ...echo, sentAt: 1739321024000 });
    const nameless = { ...value, metadata: { phone_number_id: "a\u0000b" } };
    expect(noticeOf(nameless, WABA, "smb_message_echoes").meaning).toEqual({ kind: "other" });
    expect(notice.said).toEqual({});
    expect(noticeOf({ messaging_product: "whatsapp", x: 1 }, WABA, "newly_invented").said).toEqual({});
  });
});

describe("the envelope of a delivery", () => {
  it("may hold several entries and several changes", () => {
    const change = (event: string): unknown => ({ field: "account_update", value: { event } });
    const entry = [
      { id: WABA, time: 1, changes: [change("PARTNER_ADDED"), change("ACCOUNT_OFFBOARDED")] },
      { id: "100000000000009", time: 2, changes: [{ field: "messages", value: { messages: [] } }] },
    ];
    const parsed = parse({ object: "whatsapp_business_account", entry });
    expect(parsed.fields).toEqual(["account_update", "messages"]);
    expect(parsed).toMatchObject({
      notices: [
        { wabaId: WABA },
        { event: "ACCOUNT_OFFBOARDED" },
        { wabaId: "100000000000009", field: "messages" },
      ],
    });
  });

  it.each([
    [
      "field inside entry",
      { id: PARTNER, field: "account_update", changes: [{ value: { event: "PARTNER_APP_INSTALLED" } }] },
    ],
    [
      "field inside value",
      { id: PARTNER, changes: [{ value: { event: "PARTNER_APP_INSTALLED", field: "account_update" } }] },
    ],
    [
      "no field at all",
      { id: PARTNER, changes: [{ value: { event: "PARTNER_APP_INSTALLED", waba_info: { waba_id: WABA } } }] },
    ],
    [
      "no list",
      { id: PARTNER, changes: { field: "account_update", value: { event: "PARTNER_APP_INSTALLED" } } },
    ],
    ["no changes", { id: PARTNER, field: "account_update", value: { event: "PARTNER_APP_INSTALLED" } }],
  ])("is read in spite of the defects of Meta's pages: %s", (_defect, entry) => {
    expect(noticesOf({ entry: [entry] })).toMatchObject([
      { field: "account_update", meaning: { kind: "app_installed" } },
    ]);
    expect(noticesOf({ entry })).toHaveLength(1);
  });

  it("names the fields when values are switched off", () => {
    expect(noticesOf({ entry: [{ id: WABA, time: 1, changed_fields: ["account_update"] }] })).toMatchObject([
      { wabaId: WABA, field: "account_update", event: null, meaning: { kind: "other" } },
    ]);
  });

  it.each([
    [1748477359, 1748477359],
    ["1748477359", 1748477359],
    [1748477359123, 1748477359],
    [1748477359.9, 1748477359],
    ["yesterday", null],
    [-5, null],
  ])("has its time in seconds: %j", (time, entryTimeS) => {
    expect(
      noticesOf({ entry: [{ id: WABA, time, changes: [{ field: "account_update", value: {} }] }] }),
    ).toMatchObject([{ entryTimeS }]);
  });

  it.each([
    "",
    "null",
    "[]",
    "7",
    '"text"',
    "{",
    "{}",
    '{"object":"page","entry":[]}',
    '{"entry":[1,"x",null]}',
    "\xff\xfe",
  ])("is not understood, and says so: %s", (text) => {
    expect(parseNotices(bytes(text))).toMatchObject({ understood: false, fields: [] });
  });

  it("without entries is understood and says nothing", () => {
    expect(parse({ object: "whatsapp_business_account", entry: [] })).toEqual({
      understood: true,
      notices: [],
      fields: [],
    });
  });

  it("never throws, whatever it holds", () => {
    const nested = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const deep = `{"entry":[{"id":1234567890123456789,"changes":${nested}}]}`;
    expect(() => parseNotices(bytes(deep))).not.toThrow();
    const value = fc.record({
      event: fc.anything(),
      waba_info: fc.anything(),
      ban_info: fc.anything(),
      restriction_info: fc.anything(),
    });
    const changes = fc.oneof(
      fc.array(fc.record({ field: fc.anything(), value: fc.oneof(value, fc.anything()) })),
      fc.anything(),
    );
    const entry = fc.oneof(
      fc.array(fc.record({ id: fc.anything(), time: fc.anything(), changes })),
      fc.anything(),
    );
    fc.assert(
      fc.property(fc.record({ entry }), (delivery) => {
        const text = JSON.stringify(delivery, (_key, item: unknown) =>
          typeof item === "bigint" ? String(item) : item,
        );
        expect(typeof parseNotices(bytes(text)).understood).toBe("boolean");
      }),
      { numRuns: 100 },
    );
  });
});

describe("field case 8: failed statuses", () => {
  const codesOf = (value: Record<string, unknown>): unknown => {
    const entry = [{ id: "100", changes: [{ field: "messages", value }] }];
    const delivery = parseNotices(
      Buffer.from(JSON.stringify({ object: "whatsapp_business_account", entry })),
    );
    return delivery.understood ? delivery.notices.map(({ meaning, said }) => [meaning, said]) : null;
  };
  const metadata = { phone_number_id: "200000000000001", display_phone_number: "1555" };

  test("say the number and Meta's codes, each once, and nothing else", () => {
    const failed = (...codes: unknown[]) => ({ status: "failed", errors: codes.map((code) => ({ code })) });
    const statuses = [
      failed(131031, 131042),
      failed(131031),
      { status: "delivered", errors: [{ code: 368 }] },
    ];
    const meaning = { kind: "failed_statuses", phoneNumberId: "200000000000001", codes: [131031, 131042] };
    expect(codesOf({ messaging_product: "whatsapp", metadata, statuses })).toEqual([[meaning, {}]]);
  });

  test.each([
    { metadata, statuses: [{ status: "failed", errors: [{ code: "131031" }, null, { code: 1.5 }] }] },
    { metadata, statuses: [{ status: "failed", errors: { code: 131031 } }, null, 7] },
    { metadata: {}, statuses: [{ status: "failed", errors: [{ code: 131031 }] }] },
    { metadata, statuses: {} },
    { metadata, messages: [{ errors: [{ code: 131031 }] }] },
  ])("that cannot be read say nothing: %o", (value) => {
    expect(codesOf(value)).toEqual([[{ kind: "other" }, {}]]);
  });
});
