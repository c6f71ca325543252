import { afterEach, expect, it } from "vitest";
import { stopServers, meta } from "../../../test/support/gateway-app.ts";
import { systemClock } from "../../lib/clock.ts";
import { createMessageWire } from "./message-wire.ts";
import type { MessageWire, WireOutcome } from "./message-wire.ts";

afterEach(stopServers);

const sent = (wire: MessageWire, token = "t"): Promise<WireOutcome> =>
  new Promise((resolve) =>
    wire.send(
      { numberId: "num_1", isWanted: () => true, path: "/v25.0/1/messages", token, body: Buffer.from("{}") },
      resolve,
    ),
  );

it("never writes a message that was aborted while it waited for a connection", async () => {
  const upstream = await meta(() => undefined);
  const wire = createMessageWire({
    graphUrl: upstream.url,
    clock: systemClock,
    answerTimeoutMs: 250,
    connectionCount: 1,
  });
  const [first, second] = await Promise.all([sent(wire), sent(wire)]);
  expect(first).toMatchObject({ kind: "lost" });
  expect(second).toMatchObject({ kind: "never_written" });
  expect(wire.underWayCount).toBe(0);
  // The free place goes to the aborted message first; a third message shows that the wire has handled it.
  const third = sent(wire);
  await expect.poll(() => upstream.received.length).toBe(2);
  await wire.close();
  expect(await third).toMatchObject({ kind: "lost" });
  expect(upstream.received).toHaveLength(2);
});

it("reports a message that cannot be written as never written", async () => {
  const upstream = await meta((response) => response.end("{}"));
  const wire = createMessageWire({ graphUrl: upstream.url, clock: systemClock, answerTimeoutMs: 1000 });
  expect(await sent(wire, "broken\ntoken")).toMatchObject({ kind: "never_written" });
  expect(await sent(wire)).toMatchObject({ kind: "answered", status: 200 });
  await wire.close();
  expect(await sent(wire)).toMatchObject({ kind: "never_written" });
});
