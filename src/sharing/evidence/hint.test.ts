import { describe, expect, test } from "vitest";
import { parseNotices, type MetaNotice } from "../../meta/account-update.ts";
import { hintOf, type Hint } from "./hint.ts";

const US = { businessId: "734443296905665", appId: "600000000000001" };
const WABA = "100000000000001";
const SAID_S = 1_800_000_000;
const RECEIVED = SAID_S * 1000 + 5000;

function noticeOf(value: object, entryId: string = US.businessId): MetaNotice {
  const entry = [{ id: entryId, time: SAID_S, changes: [{ field: "account_update", value }] }];
  const parsed = parseNotices(
    new TextEncoder().encode(JSON.stringify({ object: "whatsapp_business_account", entry })),
  );
  const [notice] = parsed.understood ? parsed.notices : [];
  if (notice === undefined) throw new Error("Broken assumption: no notice");
  return notice;
}

const about = (event: string, more: object = {}, info: object = {}) => ({
  event,
  waba_info: { waba_id: WABA, ...info },
  ...more,
});
const hint = (value: object, entryId?: string, receivedAt = RECEIVED): Hint =>
  hintOf(noticeOf(value, entryId), receivedAt, US);

/** "closing Shared partner_removed": the effect of an event, in one line. */
function effect(value: object, entryId?: string): string {
  const reported = hint(value, entryId).effect;
  switch (reported.kind) {
    case "closing":
      return `closing ${reported.condition} ${reported.reason}${reported.coexistence ? " coexistence" : ""}`;
    case "restricted":
      return `restricted ${reported.restrictions.map((one) => `${one.type}@${one.until}`).join()}`;
    case "warning":
      return `warning ${reported.metaMessage}`;
    default:
      return reported.kind;
  }
}

describe("the effect of each event of Meta", () => {
  test.each([
    ["PARTNER_ADDED", "share_back"],
    ["PARTNER_REMOVED", "closing Shared partner_removed"],
    ["PARTNER_APP_INSTALLED", "probe"],
    ["PARTNER_APP_UNINSTALLED", "closing AppInstalled app_uninstalled"],
    ["ACCOUNT_DELETED", "closing Shared waba_deleted"],
    ["ACCOUNT_OFFBOARDED", "companion_lost"],
    ["ACCOUNT_RECONNECTED", "companion_back"],
    ["ACCOUNT_VIOLATION", "probe"],
    ["VERIFIED_ACCOUNT", "probe"],
    ["AD_ACCOUNT_LINKED", "probe"],
    ["SOMETHING_NEW", "probe"],
  ])("%s: %s", (event, expected) => expect(effect(about(event))).toBe(expected));

  test.each([
    ["ACCOUNT_DISCONNECTED", "USER", "coexistence_disconnected"],
    ["ACCOUNT_DISCONNECTED", "SYSTEM", "coexistence_banned"],
    ["DEVICE_LOGGED_OUT", "USER", "coexistence_device_logged_out"],
    ["PRIMARY_INACTIVITY", "SYSTEM", "coexistence_primary_inactivity"],
    ["COMPANION_INACTIVITY", "SYSTEM", "coexistence_companion_inactivity"],
    ["BUSINESS_DOWNGRADE", "USER", "coexistence_business_downgrade"],
    ["CHANGE_NUMBER", "USER", "coexistence_number_changed"],
    ["USER_RE_REGISTERED", "USER", "coexistence_re_registered"],
    ["A_NEW_WORD", "USER", "meta:A_NEW_WORD"],
  ])("PARTNER_REMOVED with %s by %s: %s", (reason, initiatedBy, expected) => {
    const value = about("PARTNER_REMOVED", { disconnection_info: { reason, initiated_by: initiatedBy } });
    expect(effect(value)).toBe(`closing Shared ${expected} coexistence`);
  });

  test("disconnection_info without a reason: coexistence, and unspecified", () => {
    expect(effect(about("PARTNER_REMOVED", { disconnection_info: {} }))).toBe(
      "closing Shared unspecified coexistence",
    );
  });

  test("a ban: disabled closes, scheduled warns, reinstated withdraws the warning", () => {
    const ban = (state: string) =>
      effect({ event: "DISABLED_UPDATE", ban_info: { waba_ban_state: state } }, WABA);
    expect(ban("DISABLE")).toBe("closing MessagingAllowed meta_disabled");
    expect(ban("SCHEDULE_FOR_DISABLE")).toBe("warning SCHEDULE_FOR_DISABLE");
    expect(ban("REINSTATE")).toBe("warning null");
  });

  test("a restriction carries its end", () => {
    const info = [{ restriction_type: "RESTRICTED_BIZ_INITIATED_MESSAGING", expiration: 1_800_000_100 }];
    expect(effect({ event: "ACCOUNT_RESTRICTION", restriction_info: info }, WABA)).toBe(
      "restricted RESTRICTED_BIZ_INITIATED_MESSAGING@1800000100000",
    );
  });
});

describe("rule 1: the time of a hint", () => {
  test("is the end of the second that Meta names, but never later than its receipt", () => {
    expect(hint(about("PARTNER_REMOVED")).at).toBe(SAID_S * 1000 + 999);
    expect(hint(about("PARTNER_REMOVED"), undefined, SAID_S * 1000 + 300).at).toBe(SAID_S * 1000 + 300);
  });

  test("two events are the same only when content and subject are equal", () => {
    const key = (value: object, entryId?: string) => hint(value, entryId).key;
    const removed = about("PARTNER_REMOVED");
    const restricted = (type: string) => ({
      event: "ACCOUNT_RESTRICTION",
      restriction_info: [{ restriction_type: type }],
    });
    expect(key(removed)).toBe(key(structuredClone(removed)));
    const other = [
      about("PARTNER_ADDED"),
      about("PARTNER_REMOVED", { disconnection_info: { reason: "CHANGE_NUMBER" } }),
      about("PARTNER_REMOVED", {}, { partner_app_id: "1" }),
      about("PARTNER_REMOVED", {}, { solution_partner_business_ids: ["1"] }),
    ];
    expect(new Set([removed, ...other].map((value) => key(value))).size).toBe(5);
    expect(key(removed, "999")).not.toBe(key(removed));
    expect(key(restricted("A"), WABA)).not.toBe(key(restricted("B"), WABA));
  });
});

describe("rule 2: its subject", () => {
  const isOurs = (value: object, entryId?: string) => hint(value, entryId).foreign === null;

  test("the envelope names our portfolio or the WABA", () => {
    expect(isOurs(about("PARTNER_REMOVED"))).toBe(true);
    expect(isOurs(about("PARTNER_REMOVED"), WABA)).toBe(true);
    expect(isOurs({ event: "ACCOUNT_DELETED" }, WABA)).toBe(true);
    expect(isOurs(about("PARTNER_REMOVED"), "999999999999999")).toBe(false);
  });

  test("the app, if any, is ours", () => {
    expect(isOurs(about("PARTNER_APP_UNINSTALLED", {}, { partner_app_id: US.appId }))).toBe(true);
    expect(isOurs(about("PARTNER_APP_UNINSTALLED", {}, { partner_app_id: "600000000000009" }))).toBe(false);
  });

  test("the partners of a solution, if any, name us", () => {
    expect(
      isOurs(about("PARTNER_REMOVED", {}, { solution_partner_business_ids: ["1", US.businessId] })),
    ).toBe(true);
    expect(isOurs(about("PARTNER_REMOVED", {}, { solution_partner_business_ids: ["1"] }))).toBe(false);
    expect(isOurs(about("PARTNER_REMOVED", {}, { solution_partner_business_ids: [] }))).toBe(false);
  });
});
