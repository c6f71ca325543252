import { expect, test } from "vitest";
import { isAboutNumber, metaErrorOf, refusesNumber } from "./error-code.ts";

test.each([
  [190, null, "token_invalid"],
  [190, 458, "app_removed"],
  [100, 33, "object_missing"],
  [100, null, "invalid_parameter"],
  [100, 36009, "code_used"],
  [33, null, "number_deleted"],
  [200, null, "permission_missing"],
  [299, 33, "permission_missing"],
  [300, null, null],
  [368, null, "account_restricted"],
  [131031, null, "account_locked"],
  [131026, null, null],
  [null, null, null],
  [null, 33, null],
] as const)("%s/%s is %s", (code, subcode, error) => expect(metaErrorOf({ code, subcode })).toBe(error));

test("a refusal of the display name or the payment is about the number, and refuses not all its messages", () => {
  for (const code of [131037, 131042]) {
    expect([isAboutNumber({ code }), refusesNumber({ code })]).toEqual([true, false]);
  }
  expect([isAboutNumber({ code: 131026 }), refusesNumber({ code: 131031 })]).toEqual([false, true]);
});
