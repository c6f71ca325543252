import { expect, test } from "vitest";
import { tokenInfoOf } from "../meta/token-info.ts";
import type { Finding } from "./finding.ts";
import { judgeToken } from "./judge-token.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const DAY_S = 86_400;
const OWN = { metaAppId: "600", metaSystemUserId: "610" };
const ALIVE = { is_valid: true, app_id: "600", user_id: "610", expires_at: 0 };

const judge = (data: Record<string, unknown>): Finding => {
  const reply = { kind: "success", status: 200, body: { data }, usage: null } as const;
  const request = { method: "GET", path: "/debug_token" };
  return judgeToken(tokenInfoOf({ ...reply, request, askedAt: 0, answeredAt: 0 }), OWN, NOW);
};
const stateOf = (data: Record<string, unknown>): string => judge(data).state;

test.each([
  ["never ends", 0, "ok"],
  ["ends in sixty days", NOW / 1000 + 60 * DAY_S, "ok"],
  ["ends in fourteen days", NOW / 1000 + 14 * DAY_S, "warning"],
  ["has no end given", undefined, "ok"],
  ["ends in three days, as a text", String(NOW / 1000 + 3 * DAY_S), "warning"],
])("a token that %s", (_what, expiresAt, state) => {
  expect(stateOf({ ...ALIVE, expires_at: expiresAt })).toBe(state);
});

test("the day of its end is named", () => {
  const finding = judge({ ...ALIVE, expires_at: NOW / 1000 + 3 * DAY_S });
  expect(finding.sentence).toBe("expires on 2026-11-25, in 3 days");
});

test("a dead token, another app's, another user's; ids may come as numbers", () => {
  const dead = { is_valid: false, error: { code: 190, message: "Session has expired" } };
  expect(judge(dead)).toMatchObject({
    state: "bad",
    sentence: "is not valid (Session has expired)",
  });
  expect(stateOf({ ...ALIVE, app_id: "601" })).toBe("bad");
  expect(stateOf({ ...ALIVE, user_id: "611" })).toBe("warning");
  expect(stateOf({ ...ALIVE, app_id: 600, user_id: 610 })).toBe("ok");
  expect(stateOf({ ...ALIVE, user_id: 611 })).toBe("warning");
});
