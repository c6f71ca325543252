/** J10: the receiver of docs/guides/webhooks.md runs as it is written, and leaves old and forged events. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { openAllowedNetworks } from "../src/delivery/allowed-networks.ts";
import { openWebhookWire } from "../src/delivery/open-webhook-wire.ts";
import { newSecret, signedHeaders } from "../src/delivery/webhook-signature.ts";
import { systemClock } from "../src/lib/clock.ts";
import { systemRandom } from "../src/lib/random.ts";

const ROOT = new URL("../", import.meta.url);
const guide = readFileSync(new URL("docs/guides/webhooks.md", ROOT), "utf8");
const [, written = ""] = /^```js\n([\s\S]*?)^```/m.exec(guide) ?? [];
const program = written.replace(
  "listen(8080)",
  'listen(0, "127.0.0.1", function () { console.log(this.address().port); })',
);

const eventOf = (type: string, sequence: number): string =>
  JSON.stringify({
    ...{ type, timestamp: "2026-11-29T12:00:00.000Z" },
    data: { id: "1", sequence, waba: { id: "100", name: "Café", status: "live" }, changed: [] },
  });

test("the receiver of the guide takes what is new and signed, once and in order", async () => {
  expect(program).not.toBe(written);
  const secret = newSecret("hmac-sha256", systemRandom);
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    cwd: ROOT,
    env: { ...process.env, WEBHOOK_SECRET: secret },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const wire = openWebhookWire({ clock: systemClock, networks: openAllowedNetworks(["127.0.0.1"]) });
  try {
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const port = (await lines.next()).value;
    const send = async (body: string, signedBy = secret): Promise<number | null> => {
      const headers = signedHeaders({ id: "msg_1", at: Date.now(), body }, [signedBy]);
      return (await wire.send({ url: `http://127.0.0.1:${port}/`, headers, body })).status;
    };
    expect(await send(eventOf("waba.gate.closed", 8))).toBe(204);
    expect(await send(eventOf("waba.share.lost", 7))).toBe(204);
    expect(await send(eventOf("waba.gate.closed", 8))).toBe(204);
    expect(await send(eventOf("waba.forged", 9), newSecret("hmac-sha256", systemRandom))).toBe(400);
    expect(await send(JSON.stringify({ type: "webhook.test", data: { id: "2" } }))).toBe(204);
    expect(await send(eventOf("waba.share.restored", 9))).toBe(204);
    expect([(await lines.next()).value, (await lines.next()).value]).toEqual([
      "waba.gate.closed 100 Café live",
      "waba.share.restored 100 Café live",
    ]);
  } finally {
    child.kill();
    await wire.close();
  }
});
