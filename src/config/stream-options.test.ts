import { describe, expect, test } from "vitest";
import { ConfigError, parseConfig, type Config } from "./parse-config.ts";

const configOf = (env: Record<string, string>): Config => parseConfig(env, "sandbox");
const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    configOf(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};

test("without an address there is no stream", () => {
  expect(configOf({})).toMatchObject({ eventStreamUrl: undefined, eventStreamFrom: "end" });
});

test.each([
  ["nats://localhost", "nats", ["nats://localhost"]],
  ["tls://u:p%40ss@nats.example:4222/", "nats", ["tls://u:p%40ss@nats.example:4222/"]],
  ["nats://token@[::1]:4222, nats://b", "nats", ["nats://token@[::1]:4222", "nats://b"]],
  ["amqp://u:p@rabbit.example:5672/", "amqp", ["amqp://u:p@rabbit.example:5672/"]],
  ["amqps://u:p@rabbit.example/a%2Fb", "amqp", ["amqps://u:p@rabbit.example/a%2Fb"]],
])("%s is a broker", (url, kind, urls) => {
  const broker = configOf({ EVENT_STREAM_URL: url }).eventStreamUrl;
  expect([broker?.kind, broker?.urls.map(({ href }) => href)]).toEqual([kind, urls]);
});

describe("a wrong address is refused without its value", () => {
  test.each([
    ...[
      "localhost:4222",
      "http://u:hidden@broker",
      "nats://",
      "nats://u:hidden@a/path",
      "nats://a?tls=hidden",
    ],
    ...["amqp://u:hidden@a/b/c", "amqp://a#hidden", "nats://a,amqp://hidden", "nats://a,", "nats://a,hidden"],
  ])("%s", (url) => {
    const faults = faultsOf({ EVENT_STREAM_URL: url });
    expect(faults).toEqual([
      expect.stringMatching(
        /^EVENT_STREAM_URL has a value that is not valid\. Set it to an address such as nats:/,
      ),
    ]);
    expect(faults.join()).not.toMatch(/hidden/);
  });
});

test.each([
  ...[
    ["EVENT_STREAM_NAME", "a b"],
    ["EVENT_STREAM_NAME", "a.b"],
    ["EVENT_STREAM_NAME", "a".repeat(101)],
  ],
  ...[
    ["EVENT_STREAM_PREFIX", "a.>"],
    ["EVENT_STREAM_PREFIX", ".a"],
    ["EVENT_STREAM_PREFIX", "a..b"],
  ],
  ...[
    ["EVENT_STREAM_FROM", "now"],
    ["EVENT_STREAM_UNROUTED", "ask"],
  ],
])("%s=%s is refused", (name, value) => {
  expect(faultsOf({ [name]: value })).toEqual([
    expect.stringMatching(new RegExp(`^${name} is ".*", which is not valid\\. Set it to `)),
  ]);
});
