import { expect, test } from "vitest";
import { en } from "../../messages/english.ts";
import { laterProblem, Problem, PROBLEMS } from "../../problems.ts";

/** Thrown with a header of its own. */
const OWN_HEADER: readonly string[] = ["too_many_streams"];

test("every refusal that passes by itself says when to come back", () => {
  const silent = Object.entries(PROBLEMS).filter(
    ([code, row]) =>
      (row.status === 429 || row.status === 503) && !("retryAfterS" in row) && !OWN_HEADER.includes(code),
  );
  const details = new Map(Object.entries(en.problem).map(([code, { detail }]) => [code, detail]));
  // Their sentence has a gap for the seconds, which only laterProblem fills, together with the header.
  for (const [code] of silent) expect(details.get(code)).toContain("{seconds}");
});

test("the header is that of the table, or the wait that the refusal knows", () => {
  expect(new Problem("unavailable").headers).toEqual({ "Retry-After": "5" });
  expect(laterProblem("rate_limited", 1001).headers).toEqual({ "Retry-After": "2" });
  expect(new Problem("not_permitted", { role: "admin", own: "viewer" }).headers).toEqual({});
});
