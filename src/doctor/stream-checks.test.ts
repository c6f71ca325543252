import { expect, test } from "vitest";
import { parseConfig } from "../config/parse-config.ts";
import { systemClock } from "../lib/clock.ts";
import type { Examination } from "./check.ts";
import type { Finding } from "./finding.ts";
import { EVENT_STREAM_CHECK } from "./stream-checks.ts";

const find = (env: Record<string, string>): Promise<Finding> => {
  const config = parseConfig(env, "sandbox");
  return EVENT_STREAM_CHECK.run({ config, clock: systemClock } as Examination);
};

test("an event stream that is not set up is fine", async () => {
  expect(await find({})).toMatchObject({ state: "ok", repair: null });
});

test.each(["nats", "tls", "amqp", "amqps"])("%s: a broker that is not reached is told", async (scheme) => {
  const found = await find({ EVENT_STREAM_URL: `${scheme}://user:hidden@127.0.0.1:1` });
  expect(found).toMatchObject({ state: "bad", sentence: expect.stringContaining(`${scheme}://127.0.0.1:1`) });
  expect(found.sentence).toMatch(/is not reached: .*refused/i);
  expect(found.repair).toContain("EVENT_STREAM_URL");
  expect(JSON.stringify(found)).not.toContain("hidden");
});
