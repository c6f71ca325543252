import { describe, expect, test } from "vitest";
import { healthIssuesOf, messagingAllowedOf } from "./health-evidence.ts";

describe("health", () => {
  test.each([
    ["AVAILABLE", [], "true"],
    ["LIMITED", [{ error_code: 141006 }], "true"],
    ["BLOCKED", [{ error_code: 141006 }], "true"],
    ["BLOCKED", [{ error_code: 141006 }, { error_code: 131031 }], "bad"],
    ["BLOCKED", [{ error_code: 368 }], "bad"],
  ])("health %s with %j: %s", (can_send_message, errors, verdict) => {
    const entities = [
      { entity_type: "BUSINESS", can_send_message: "BLOCKED" },
      { entity_type: "WABA", can_send_message, errors },
    ];
    expect(messagingAllowedOf({ health_status: { entities } }).verdict).toBe(verdict);
  });

  test("no health is no answer", () => expect(messagingAllowedOf({}).verdict).toBe("none"));
});

describe("health, in Meta's text", () => {
  const SIP = [{ error_code: 138024 }, { error_code: 138025 }];
  const issues = (...entities: object[]) => healthIssuesOf({ health_status: { entities } });

  test("an available entity gives no issue, and no health is no answer", () => {
    expect(issues({ entity_type: "WABA", can_send_message: "AVAILABLE", errors: SIP })).toEqual([]);
    expect(healthIssuesOf({})).toBeNull();
  });

  test("each error and each remark of a limited or blocked entity is a row", () => {
    const error = { error_code: 141010, error_description: "Not verified.", possible_solution: "Verify." };
    expect(
      issues(
        { entity_type: "BUSINESS", can_send_message: "LIMITED", errors: [error, ...SIP] },
        { entity_type: "PHONE_NUMBER", can_send_message: "LIMITED", additional_info: ["Name not approved."] },
        { entity_type: "APP", can_send_message: "BLOCKED" },
      ),
    ).toEqual([
      {
        entity: "BUSINESS",
        canSend: "LIMITED",
        code: 141010,
        metaMessage: "Not verified.",
        solution: "Verify.",
      },
      {
        entity: "PHONE_NUMBER",
        canSend: "LIMITED",
        code: null,
        metaMessage: "Name not approved.",
        solution: null,
      },
      { entity: "APP", canSend: "BLOCKED", code: null, metaMessage: "", solution: null },
    ]);
  });

  test("138024 and 138025 alone are no issue: every healthy number carries them", () =>
    expect(issues({ entity_type: "PHONE_NUMBER", can_send_message: "BLOCKED", errors: SIP })).toEqual([]));

  test("unexpected shapes from Meta are shortened and break nothing", () => {
    const odd = {
      entity_type: 7,
      can_send_message: "LIMITED",
      errors: [null, { error_code: "x" }],
      additional_info: "?",
    };
    expect(issues(odd)).toEqual([
      { entity: "", canSend: "LIMITED", code: null, metaMessage: "", solution: null },
    ]);
    expect(issues({ can_send_message: "BRAND_NEW" })).toEqual([]);
    const long = {
      entity_type: "WABA",
      can_send_message: "LIMITED",
      additional_info: Array(50).fill("x".repeat(999)),
    };
    expect(issues(long)?.map(({ metaMessage }) => metaMessage.length)).toEqual(Array(6).fill(300));
  });
});
