import { describe, expect, test } from "vitest";
import { earlyWarningOf } from "./early-warning.ts";

describe("phone_number_quality_update", () => {
  const value = {
    display_phone_number: "+1 (555) 019-0001",
    old_limit: "TIER_10K",
    current_limit: "TIER_2K",
  };
  const read = (more: object) => earlyWarningOf("phone_number_quality_update", { ...value, ...more });

  test.each<[string, string, boolean]>([
    ["FLAGGED", "quality", false],
    ["UNFLAGGED", "quality", true],
    ["DOWNGRADE", "limit", false],
    ["UPGRADE", "limit", true],
    [" flagged ", "quality", false],
  ])("%s", (event, about, isOver) => {
    expect(read({ event })).toEqual({
      ...{ kind: "early_warning", about, isOver, subject: "15550190001" },
      detail: { number: "+15550190001", from: "TIER_10K", to: "TIER_2K" },
    });
  });

  test.each([
    ["another event", { event: "THROUGHPUT_UPGRADE" }],
    ["an event of Object.prototype", { event: "constructor" }],
    ["no event", {}],
    ["no number", { event: "FLAGGED", display_phone_number: null }],
  ])("%s warns of nothing", (_what, more) => expect(read(more)).toBeUndefined());
});

describe("message_template_status_update", () => {
  const value = {
    message_template_id: "1689556908129832",
    message_template_name: "order_confirmation",
    message_template_language: "en_US",
  };
  const read = (more: object) => earlyWarningOf("message_template_status_update", { ...value, ...more });

  test.each<[string, boolean]>([
    ["PAUSED", false],
    ["DISABLED", false],
    ["UNPAUSED", true],
    ["REINSTATED", true],
    ["APPROVED", true],
    ["DELETED", true],
  ])("%s: over %s", (event, isOver) => {
    expect(read({ event })).toEqual({
      ...{ kind: "early_warning", about: "template", subject: "1689556908129832", isOver },
      detail: { template: "order_confirmation", language: "en_US", event: event.toLowerCase() },
    });
  });

  test("a rejected template never sent, and so warns of nothing", () => {
    expect(read({ event: "REJECTED" })).toBeUndefined();
  });

  test("without a name the id stands for it; without an id it says nothing", () => {
    expect(read({ event: "PAUSED", message_template_name: 7 })?.detail.template).toBe("1689556908129832");
    expect(read({ event: "PAUSED", message_template_id: null })).toBeUndefined();
  });
});

test("other fields warn of nothing", () => {
  expect(earlyWarningOf("account_update", { event: "FLAGGED", display_phone_number: "1" })).toBeUndefined();
});
