import { expect, test } from "vitest";
import { judgeAnswer, outcomeOfError } from "./judge-answer.ts";

const NOW = Date.parse("2026-11-29T12:00:00Z");

test.each([
  [200, "delivered"],
  [204, "delivered"],
  [301, "redirected"],
  [302, "redirected"],
  [307, "redirected"],
  [400, "refused"],
  [404, "refused"],
  [410, "gone"],
  [429, "refused"],
  [502, "refused"],
])("%i is %s", (status, outcome) => {
  expect(judgeAnswer(status, {}, NOW).outcome).toBe(outcome);
});

test.each([
  ["120", 120_000],
  ["Sun, 29 Nov 2026 12:05:00 GMT", 300_000],
  ["Sun, 29 Nov 2026 11:00:00 GMT", 0],
  ["soon", 0],
  ["-5", 0],
])("Retry-After %s asks for %i ms", (header, wish) => {
  expect(judgeAnswer(503, { "retry-after": header }, NOW).wishMs).toBe(wish);
});

test.each([
  ["stop", "stop"],
  [" Disable ", "disable"],
  ["please", "none"],
])("Webhook-Control %s is %s", (header, control) => {
  expect(judgeAnswer(500, { "webhook-control": header }, NOW).control).toBe(control);
});

test.each([
  ["ECONNREFUSED", "unreachable"],
  ["ENOTFOUND", "unreachable"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "unreachable"],
  [undefined, "unreachable"],
  ["UND_ERR_CONNECT_TIMEOUT", "timeout"],
  ["ADDRESS_NOT_ALLOWED", "address_not_allowed"],
  ["EAI_AGAIN", "our_fault"],
  ["EMFILE", "our_fault"],
  ["ENETUNREACH", "our_fault"],
])("an error %s is %s", (code, outcome) => {
  expect(outcomeOfError(code)).toBe(outcome);
});
