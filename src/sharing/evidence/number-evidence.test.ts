import { describe, expect, test } from "vitest";
import { connectedOf, kindOfNumbers } from "./number-evidence.ts";

describe("numbers", () => {
  test.each([
    ["CONNECTED", "true"],
    ["FLAGGED", "true"],
    ["RATE_LIMITED", "true"],
    ["RESTRICTED", "true"],
    ["DISCONNECTED", "bad"],
    ["DELETED", "bad"],
    ["PENDING", "none"],
    ["NOT_APPLICABLE", "none"],
    ["toString", "none"],
  ])("a number that is %s: %s", (status, verdict) => expect(connectedOf({ status }).verdict).toBe(verdict));

  test("an unknown status of Meta is kept as sent", () => {
    expect(connectedOf({ status: "BRAND_NEW" })).toMatchObject({ verdict: "none", reason: "meta:BRAND_NEW" });
  });

  test("one number in the app makes the WABA coexistence; platform requires every number to say that it is not", () => {
    const app = { is_on_biz_app: true, platform_type: "CLOUD_API" };
    const platform = { is_on_biz_app: false };
    expect(kindOfNumbers([platform, app])).toBe("coexistence");
    expect(kindOfNumbers([platform, platform])).toBe("platform");
    expect(kindOfNumbers([platform, { is_on_biz_app: true, platform_type: "NOT_APPLICABLE" }])).toBeNull();
    expect(kindOfNumbers([])).toBeNull();
  });
});
