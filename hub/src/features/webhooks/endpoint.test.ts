import { expect, test } from "vitest";
import { sampleEndpoint, sampleEventTypes } from "../../testing/samples.ts";
import {
  bodyOf,
  changeOf,
  EMPTY_WISH,
  groupsOf,
  isAddress,
  lampOfEndpoint,
  nextAttemptOf,
  takenOf,
  wishOf,
} from "./endpoint.ts";

const TYPES = sampleEventTypes();
const WISH = { ...EMPTY_WISH, url: " https://crm.example.com/hook " };

test("an endpoint is green only while it is enabled and deliveries succeed", () => {
  expect(lampOfEndpoint({ state: "enabled", failing_since: null })).toBe("green");
  expect(lampOfEndpoint({ state: "enabled", failing_since: "2026-11-28T15:00:00.000Z" })).toBe("amber");
  expect(lampOfEndpoint({ state: "paused", failing_since: null })).toBe("grey");
  expect(lampOfEndpoint({ state: "disabled", failing_since: null })).toBe("red");
});

test("types are grouped by what they are about, without the test", () => {
  const groups = groupsOf(TYPES).map(([about, types]) => [about, types.map(({ type }) => type)]);
  expect(groups).toEqual([
    ["waba", ["waba.share.lost", "waba.share.unknown"]],
    ["number", ["number.changed"]],
  ]);
});

test.each(["", "crm.example.com", "ftp://crm.example.com", "javascript:alert(1)"])(
  "%j is no address, so nothing is sent",
  (url) => {
    expect(isAddress(url)).toBe(false);
    expect(bodyOf({ ...EMPTY_WISH, url }, TYPES)).toBeUndefined();
  },
);

test("a new endpoint takes all types unless some are chosen; none is no choice", () => {
  expect(bodyOf(WISH, TYPES)).toEqual({
    ...{ url: "https://crm.example.com/hook", description: "", event_types: null },
    ...{ filter: {}, headers: {}, algorithm: "hmac-sha256" },
  });
  expect(bodyOf({ ...WISH, types: [] }, TYPES)).toBeUndefined();
  expect(bodyOf({ ...WISH, types: ["waba.share.lost"] }, TYPES)?.event_types).toEqual(["waba.share.lost"]);
});

test("tags are split by commas, and rows of headers without a name are left out", () => {
  const wish = {
    ...WISH,
    tags: "vip, , south,vip",
    headers: [["X-Team", "ops"] as [string, string], ["", "x"] as [string, string]],
  };
  expect(bodyOf(wish, TYPES)).toMatchObject({
    filter: { tags: ["vip", "south"] },
    headers: { "X-Team": "ops" },
  });
});

test("a change sends only what was changed, and keeps headers that nobody sees", () => {
  const endpoint = sampleEndpoint({ header_names: ["authorization"] });
  const wish = wishOf(endpoint);
  expect(changeOf(endpoint, wish, TYPES)).toBeUndefined();
  expect(changeOf(endpoint, { ...wish, description: "CRM" }, TYPES)).toEqual({ description: "CRM" });
  expect(changeOf(endpoint, { ...wish, headers: [] }, TYPES)).toEqual({ headers: {} });
  expect(changeOf(endpoint, { ...wish, types: ["number.changed"], tags: "vip" }, TYPES)).toEqual({
    ...{ event_types: ["number.changed"], filter: { tags: ["vip"] } },
  });
  expect(changeOf(sampleEndpoint(), wishOf(sampleEndpoint()), TYPES)).toBeUndefined();
});

test("a row names up to four types, else three and how many more", () => {
  expect(takenOf(["a", "b", "c", "d"])).toEqual({ named: ["a", "b", "c", "d"], moreCount: 0 });
  expect(takenOf(["a", "b", "c", "d", "e"])).toEqual({ named: ["a", "b", "c"], moreCount: 2 });
});

test("a next attempt is named only while it is ahead: a paused endpoint's waits for no time", () => {
  const now = Date.parse("2026-11-28T15:00:00.000Z");
  const ahead = "2026-11-28T15:05:00.000Z";
  expect(nextAttemptOf({ next_attempt_at: ahead }, now)).toBe(ahead);
  expect(nextAttemptOf({ next_attempt_at: "2026-11-28T14:59:00.000Z" }, now)).toBeNull();
  expect(nextAttemptOf({ next_attempt_at: null }, now)).toBeNull();
});
