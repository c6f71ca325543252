import { expect, test } from "vitest";
import { expectedReplyOf } from "./expected-reply.ts";

const replyOf = (method: string, path: string, body: Record<string, unknown>): string => {
  const at = { request: { method, path }, askedAt: 1, answeredAt: 2 };
  const reply = expectedReplyOf({ ...at, kind: "success", status: 200, body, usage: null });
  return reply.kind === "no_answer" ? reply.detail : reply.kind;
};
const ID = "100000000000001";

test("a node names itself", () => {
  expect(replyOf("GET", `/${ID}`, { id: ID })).toBe("success");
  // Ids of 15 digits are sometimes printed as numbers.
  expect(replyOf("GET", `/${ID}`, { id: Number(ID) })).toBe("success");
  for (const id of ["100000000000002", undefined, null, [ID], { toString: ID }])
    expect(replyOf("GET", `/${ID}`, { id })).toMatch("another object");
});

test("an edge is a list of objects", () => {
  for (const edge of ["assigned_users", "subscribed_apps", "phone_numbers", "system_users"]) {
    expect(replyOf("GET", `/${ID}/${edge}`, { data: [] })).toBe("success");
    expect(replyOf("GET", `/${ID}/${edge}`, { data: [{}] })).toBe("success");
    for (const data of [undefined, null, {}, "x", [null], [[]], [{}, 1]])
      expect(replyOf("GET", `/${ID}/${edge}`, { data })).toMatch("no list");
  }
});

test("a write says that it was done", () => {
  expect(replyOf("POST", `/${ID}/assigned_users`, { success: true })).toBe("success");
  for (const success of [undefined, false, "true", 1])
    expect(replyOf("POST", `/${ID}/subscribed_apps`, { success })).toMatch("was done");
});

test("what is not known here passes", () => {
  expect(replyOf("GET", "/debug_token", {})).toBe("success");
  expect(replyOf("GET", `/${ID}/settings`, {})).toBe("success");
});
