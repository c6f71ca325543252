import { describe, expect, test } from "vitest";
import { DAY, HOUR } from "../sharing/model/timings.ts";
import { appActivityStateOf, isNews, isAnnounced, type AppActivity } from "./app-activity.ts";

const NOW = Date.UTC(2026, 0, 20);
const known = (more: Partial<AppActivity> = {}): AppActivity => ({
  numberId: "num_1",
  connectionId: "default",
  assetId: "ast_1",
  countedFrom: NOW - DAY,
  confirmedAt: NOW - DAY,
  confirmedBy: "link",
  announced: "fresh",
  ...more,
});

test.each([
  [0, "fresh"],
  [11 * DAY - 1, "fresh"],
  [11 * DAY, "due_soon"],
  [13 * DAY - 1, "due_soon"],
  [13 * DAY, "overdue"],
  [400 * DAY, "overdue"],
  [-DAY, "fresh"],
])("after %d ms it is %s", (age, state) => expect(appActivityStateOf(NOW - age, NOW)).toBe(state));

describe("a confirmation", () => {
  test("never moves the count back", () => {
    for (const how of ["link", "api", "echo", "signup"] as const)
      expect(isNews(known(), NOW - 2 * DAY, how, NOW)).toBe(false);
    expect(isNews(known({ confirmedAt: null }), NOW - 2 * DAY, "api", NOW)).toBe(false);
  });

  test("by echo counts once an hour, by a person at once", () => {
    const lately = known({ countedFrom: NOW - HOUR / 2, confirmedAt: NOW - HOUR / 2 });
    expect(isNews(lately, NOW, "echo", NOW)).toBe(false);
    expect(isNews(lately, NOW + HOUR / 2, "echo", NOW)).toBe(true);
    expect(isNews(lately, NOW, "link", NOW)).toBe(true);
  });

  test("counts where none is known, or where the known one has a future time", () => {
    expect(isNews(undefined, NOW, "echo", NOW)).toBe(true);
    expect(isNews(known({ countedFrom: NOW + DAY, confirmedAt: NOW + DAY }), NOW, "link", NOW)).toBe(true);
  });

  test("is announced when a person gave it, or when it ends a reminder", () => {
    expect(isAnnounced(known(), "echo")).toBe(false);
    expect(isAnnounced(known({ announced: "due_soon" }), "echo")).toBe(true);
    expect(isAnnounced(known(), "link")).toBe(true);
  });
});
