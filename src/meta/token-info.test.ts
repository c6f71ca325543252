import { describe, expect, it } from "vitest";
import type { GraphReply } from "./graph-reply.ts";
import {
  grantedIdsOf,
  listsWaba,
  tokenInfoOf,
  type GrantedIds,
  type TokenInfo,
  type ValidToken,
} from "./token-info.ts";

const MANAGEMENT = "whatsapp_business_management";
const MESSAGING = "whatsapp_business_messaging";
const EVENTS = "whatsapp_business_manage_events";
const WABA = "100000000000001";
const PRESENCE = "670000000000001";

function read(data: unknown): TokenInfo {
  const request = { method: "GET", path: "/debug_token" };
  const reply: GraphReply = {
    request,
    askedAt: 0,
    answeredAt: 0,
    kind: "success",
    status: 200,
    body: { data },
    usage: null,
  };
  return tokenInfoOf(reply);
}

function infoOf(scopes: Record<string, string[] | null>): ValidToken {
  const granular_scopes = Object.entries(scopes).map(([scope, ids]) => ({
    scope,
    ...(ids !== null && { target_ids: ids }),
  }));
  const info = read({ app_id: "600000000000001", is_valid: true, granular_scopes });
  if (info.kind !== "valid") throw new Error(info.kind);
  return info;
}

describe("what debug_token says", () => {
  it("of a valid token: whose it is, when it ends, what it permits", () => {
    expect(read({ is_valid: true, app_id: 600, user_id: "610", expires_at: 5, scopes: ["a"] })).toEqual({
      kind: "valid",
      appId: "600",
      userId: "610",
      endsAt: 5000,
      scopes: ["a"],
      granularScopes: [],
    });
    expect(read({ is_valid: true, expires_at: 0 })).toMatchObject({
      appId: null,
      userId: null,
      endsAt: null,
    });
  });

  it("of a dead token: Meta's fault", () => {
    const error = { code: 190, message: "Session has expired" };
    expect(read({ is_valid: false, error })).toMatchObject({ kind: "invalid", fault: { code: 190 } });
    expect(read({ is_valid: false })).toEqual({ kind: "invalid", fault: null });
  });

  it.each([null, "text", {}, { is_valid: "yes" }])("of %j: no answer", (data) =>
    expect(read(data)).toEqual({ kind: "unanswered" }),
  );
});

describe("the ids that a token's scopes name (field case 5)", () => {
  it.each<[string, Record<string, string[] | null>, GrantedIds]>([
    [
      "a foreign id under the events scope is a candidate and no WABA",
      { [MANAGEMENT]: [WABA], [MESSAGING]: [WABA], [EVENTS]: [PRESENCE] },
      { wabaIds: [WABA], candidates: [PRESENCE] },
    ],
    [
      "only the events scope: nothing is certain",
      { [EVENTS]: [WABA, PRESENCE] },
      { wabaIds: [], candidates: [WABA, PRESENCE] },
    ],
    [
      "the events scope without ids does not mean all",
      { [MANAGEMENT]: [WABA], [EVENTS]: null },
      { wabaIds: [WABA], candidates: [] },
    ],
    [
      "the messaging scope without ids does not mean all",
      { [MANAGEMENT]: [WABA], [MESSAGING]: null },
      { wabaIds: [WABA], candidates: [] },
    ],
    [
      "the management scope without ids does",
      { [MANAGEMENT]: null, [EVENTS]: [PRESENCE] },
      { wabaIds: null, candidates: [PRESENCE] },
    ],
    ["no scope for WhatsApp", { public_profile: null }, { wabaIds: [], candidates: [] }],
  ])("%s", (_what, scopes, granted) => {
    expect(grantedIdsOf(infoOf(scopes))).toEqual(granted);
  });

  it("a WABA is listed by membership, or by a management scope without ids alone", () => {
    expect(listsWaba(infoOf({ [EVENTS]: [WABA] }), WABA)).toBe(true);
    expect(listsWaba(infoOf({ [MANAGEMENT]: ["1"], [EVENTS]: null }), WABA)).toBe(false);
    expect(listsWaba(infoOf({ [MANAGEMENT]: null }), WABA)).toBe(true);
    expect(listsWaba(infoOf({ [MESSAGING]: null }), WABA)).toBe(false);
    expect(listsWaba(infoOf({ [MESSAGING]: null }), WABA, MESSAGING)).toBe(true);
    expect(listsWaba(infoOf({ [MANAGEMENT]: [WABA] }), WABA, MESSAGING)).toBe(false);
  });
});
