import { expect, test } from "vitest";
import labels from "../../../../src/messages/en/labels.json" with { type: "json" };
import { sampleChannel } from "../../testing/samples.ts";
import { bodyOf, changeOf, CHANNEL_FIELDS, lampOfChannel, settingsOf } from "./channel.ts";

const KEY = "0123456789abcdef0123456789abcdef";

test.each(Object.keys(labels.channel_type))("%s, a type of the API, has a form", (type) =>
  expect(Object.keys(CHANNEL_FIELDS)).toContain(type),
);

test.each([
  ["slack", { url: " https://hooks.slack.com/x " }, { url: "https://hooks.slack.com/x" }],
  ["slack", { url: "hooks.slack.com" }, undefined],
  ["slack", { url: "ftp://hooks.slack.com" }, undefined],
  ["slack", {}, undefined],
  ["webhook", { url: "https://a.test", secret: "" }, { url: "https://a.test" }],
  ["pagerduty", { routing_key: KEY }, { routing_key: KEY, region: "us" }],
  ["pagerduty", { routing_key: KEY, region: "eu" }, { routing_key: KEY, region: "eu" }],
  [
    "email",
    { to: "ada@example.com; bo@example.com,ada@example.com" },
    { to: ["ada@example.com", "bo@example.com"] },
  ],
  ["email", { to: "ada" }, undefined],
  ["alertmanager", { url: "http://am:9093", password: "p" }, { url: "http://am:9093", password: "p" }],
] as const)("%s with %j sends %j", (type, typed, sent) => expect(settingsOf(type, typed)).toEqual(sent));

test("a channel needs a name", () => {
  const wish = { type: "slack", settings: { url: "https://hooks.slack.com/x" } } as const;
  expect(bodyOf({ ...wish, name: " " })).toBeUndefined();
  expect(bodyOf({ ...wish, name: " On call " })).toEqual({ ...wish, name: "On call" });
});

test("a change sends what was changed; settings that nobody entered again stay", () => {
  const channel = sampleChannel();
  expect(changeOf(channel, { name: "On call", settings: null })).toBeUndefined();
  expect(changeOf(channel, { name: "Night", settings: null })).toEqual({ name: "Night" });
  expect(changeOf(channel, { name: "Night", settings: {} })).toBeUndefined();
  expect(changeOf(channel, { name: "On call", settings: { url: "https://a.test" } })).toEqual({
    settings: { url: "https://a.test" },
  });
});

test("the lamp is green only while messages arrive", () => {
  const lampOf = (change: Parameters<typeof sampleChannel>[0]) => lampOfChannel(sampleChannel(change));
  expect(lampOf({})).toBe("green");
  expect(lampOf({ state: "paused" })).toBe("grey");
  expect(lampOf({ failing_since: "2026-11-28T10:00:00Z" })).toBe("red");
  expect(lampOf({ address: null })).toBe("red");
});
