import { expect, test } from "vitest";
import { sampleRoute } from "../../testing/samples.ts";
import { bodyOf, changeOf, EMPTY_WISH, wishOf } from "./route.ts";

const QUIET = { from: "22:00", to: "07:00", time_zone: "Europe/Berlin" };

test("a route needs a name, whole quiet hours, and somebody to escalate to", () => {
  const wish = { ...EMPTY_WISH, name: "On call" };
  expect(bodyOf(EMPTY_WISH)).toBeUndefined();
  expect(bodyOf({ ...wish, quietHours: { ...QUIET, from: "" } })).toBeUndefined();
  expect(bodyOf({ ...wish, escalateAfterS: 900 })).toBeUndefined();
  expect(bodyOf({ ...wish, escalateAfterS: 900, escalateTo: ["chn_1"] })).toMatchObject({
    ...{ escalate_after_s: 900, escalate_to: ["chn_1"] },
  });
});

test("what is any is left out of the match, and an escalation that is off has no channels", () => {
  const wish = {
    ...EMPTY_WISH,
    name: " On call ",
    severity: "critical",
    tag: " vip ",
    escalateTo: ["chn_1"],
  };
  expect(bodyOf({ ...wish, channelIds: ["chn_1"] })).toMatchObject({
    ...{ name: "On call", match: { severity: "critical", tag: "vip" }, channel_ids: ["chn_1"] },
    ...{ escalate_after_s: null, escalate_to: [] },
  });
});

test("a change sends only what was changed", () => {
  const route = sampleRoute({ match: { tag: "vip" }, quiet_hours: QUIET });
  const wish = wishOf(route);
  expect(changeOf(route, wish)).toBeUndefined();
  expect(changeOf(route, { ...wish, repeatS: 3600 })).toEqual({ repeat_s: 3600 });
  expect(changeOf(route, { ...wish, tag: "" })).toEqual({ match: {} });
  expect(changeOf(route, { ...wish, quietHours: null })).toEqual({ quiet_hours: null });
});
