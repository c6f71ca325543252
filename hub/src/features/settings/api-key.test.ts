import { describe, expect, test } from "vitest";
import type { ApiKey } from "../../api/types.ts";
import { sampleApiKey } from "../../testing/samples.ts";
import {
  EMPTY_WISH,
  endOf,
  expiresAtOf,
  foundKeys,
  withoutSecret,
  wishBodyOf,
  type KeyWish,
} from "./api-key.ts";

const NOW = Date.parse("2026-11-28T12:00:00.000Z");
const BEFORE = "2026-11-28T11:59:59.000Z";
const AFTER = "2026-11-28T12:00:01.000Z";

describe("a search", () => {
  const billing = sampleApiKey({ id: "key_1", name: "Billing service", prefix: "shk_billing2" });
  const revoked = sampleApiKey({
    id: "key_2",
    name: "Old billing",
    prefix: "shk_oldkey22",
    revoked_at: BEFORE,
  });
  const other = sampleApiKey({ id: "key_3", name: "CRM", prefix: "shk_crm22222" });
  const namesOf = (keys: ApiKey[]): string[] => keys.map(({ name }) => name);
  const found = (q: string): string[] => namesOf(foundKeys([revoked, other, billing], q, NOW));

  test("without words finds all keys, those that are valid first", () =>
    expect(found("")).toEqual(["CRM", "Billing service", "Old billing"]));
  test("takes a part of the name in any case", () =>
    expect(found("BILLING")).toEqual(["Billing service", "Old billing"]));
  test("takes the beginning of a key, also of a revoked one", () => {
    expect(found("shk_oldkey22")).toEqual(["Old billing"]);
    expect(found("shk_b")).toEqual(["Billing service"]);
  });
  test("does not find a key by the middle of its beginning", () => expect(found("hk_old")).toEqual([]));
});

describe("what was typed into the search, without a secret", () => {
  test("of a whole key only the beginning is left", () =>
    expect(withoutSecret(" shk_8k2m5v9q_c2VjcmV0X3BhcnQ ")).toBe("shk_8k2m5v9q"));
  test("a name and a part of a beginning stay", () => {
    expect(withoutSecret("billing service")).toBe("billing service");
    expect(withoutSecret("shk_8k")).toBe("shk_8k");
  });
});

test("a key ends when it is revoked or its time is over", () => {
  expect(endOf({ expires_at: null }, NOW)).toBeUndefined();
  expect(endOf({ expires_at: AFTER }, NOW)).toBeUndefined();
  expect(endOf({ expires_at: BEFORE }, NOW)).toBe("expired");
  expect(endOf({ expires_at: null, revoked_at: BEFORE }, NOW)).toBe("revoked");
});

test("a validity ends after its days, at the end of a chosen day, or never", () => {
  expect(expiresAtOf("days_30", "", NOW)).toBe("2026-12-28T12:00:00.000Z");
  expect(expiresAtOf("year", "", NOW)).toBe("2027-11-28T12:00:00.000Z");
  expect(expiresAtOf("day", "2027-01-31", NOW)).toBe(new Date("2027-01-31T23:59:59").toISOString());
  expect(expiresAtOf("day", "", NOW)).toBeUndefined();
  expect(expiresAtOf("never", "", NOW)).toBeNull();
});

describe("what is sent to make a key", () => {
  const bodyOf = (change: Partial<KeyWish>) => wishBodyOf({ ...EMPTY_WISH, name: " CRM ", ...change }, NOW);

  test("by the name alone: to read, for a year", () =>
    expect(bodyOf({})).toEqual({
      name: "CRM",
      role: "viewer",
      expires_at: "2027-11-28T12:00:00.000Z",
    }));
  test("scopes that the role cannot use are left out", () =>
    expect(bodyOf({ scopes: ["can-send", "keys"], expiry: "never" })).toEqual({
      name: "CRM",
      role: "viewer",
      scopes: ["can-send"],
    }));
  test("a client counts only where one client is chosen", () => {
    expect(bodyOf({ clientId: "cli_1" })).not.toHaveProperty("client_id");
    expect(bodyOf({ clientId: "cli_1", isOneClient: true })).toHaveProperty("client_id", "cli_1");
  });
  test.each<[string, Partial<KeyWish>]>([
    ["a name", { name: " " }],
    ["a scope", { scopes: [] }],
    ["a scope that the role can use", { scopes: ["keys"] }],
    ["the client", { isOneClient: true }],
    ["the day", { expiry: "day" }],
  ])("nothing while %s is missing", (_what, change) => expect(bodyOf(change)).toBeUndefined());
});
