/** The product with a broker that is down at its start, and the guide's consumer as it is written. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config/parse-config.ts";
import type { Examination } from "../../src/doctor/check.ts";
import { EVENT_STREAM_CHECK } from "../../src/doctor/stream-checks.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { natsIsMissing, startNats, type Broker } from "../support/brokers.ts";
import { call } from "../support/http-call.ts";
import { openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const ROOT = new URL("../../", import.meta.url);
const guide = readFileSync(new URL("docs/guides/event-streams.md", ROOT), "utf8");
const [, program = ""] = /^```ts\n(import \{ jetstream[\s\S]*?)^```/m.exec(guide) ?? [];

const WABA = "100000000000001";
const NUMBER = "200000000000001";
const OTHER_WABA = "100000000000002";

describe.skipIf(natsIsMissing !== null)("a sandbox with EVENT_STREAM_URL", () => {
  let broker: Broker;
  let sandbox: TestSandbox;
  let url: string;
  beforeAll(async () => {
    broker = await startNats();
    await broker.stop();
    url = `nats://127.0.0.1:${broker.port}`;
    sandbox = await openSandbox({ EVENT_STREAM_URL: url, METRICS_TOKEN: "m".repeat(40) });
  });
  afterAll(async () => {
    await sandbox.stop();
    await broker.remove();
  });

  const details = { Authorization: `Bearer ${"m".repeat(40)}` };
  const readLoop = async (): Promise<{ alive: boolean; error: string | null } | undefined> => {
    const { status, body } = await call("GET", `${sandbox.url()}/readyz`, undefined, details);
    expect(status).toBe(200);
    return body.loops.find(({ name }: { name: string }) => name === "event stream");
  };
  const readWaiting = async (): Promise<number> => {
    const { body } = await call("GET", `${sandbox.url()}/metrics`, undefined, details);
    return Number(/^sharekeeper_event_stream_waiting (\d+)$/m.exec(body)?.[1]);
  };
  const find = () =>
    EVENT_STREAM_CHECK.run({
      config: parseConfig({ EVENT_STREAM_URL: url }, "sandbox"),
      clock: systemClock,
    } as Examination);

  test("starts without its broker, messages flow, and the journal waits", async () => {
    expect((await sandbox.send(NUMBER)).status).toBe(200);
    const loop = await until("the loop fails", async () => {
      const now = await readLoop();
      return now?.alive === false ? now : undefined;
    });
    expect(loop.value.error).toMatch(/^nats:\/\/127\.0\.0\.1:\d+ is not reached: .*refused/);
    await sandbox.act("partner.remove", { waba_id: WABA });
    await sandbox.untilStatus(WABA, "permission_removed");
    expect(await readWaiting()).toBeGreaterThan(0);
    expect(await find()).toMatchObject({ state: "bad" });
  });

  test("catches up when the broker is there; a consumer of the guide gets what it asked for", async () => {
    await broker.start();
    await until("nothing waits", async () => ((await readWaiting()) === 0 ? true : undefined), 30_000);
    expect(await readLoop()).toMatchObject({ alive: true, error: null });
    expect(await find()).toMatchObject({ state: "ok", sentence: `${url} answers and has sharekeeper` });
    const consumer = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
      cwd: ROOT,
      env: { ...process.env, NATS_URL: url },
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const printed: string[] = [];
      createInterface(consumer.stdout).on("line", (line) => void printed.push(line));
      const untilPrinted = (line: string) =>
        until(`printed: ${line}`, () => (printed.includes(line) ? true : undefined), 30_000);
      await untilPrinted(`waba.share.lost ${WABA} permission_removed`);
      await sandbox.act("partner.remove", { waba_id: OTHER_WABA });
      await untilPrinted(`waba.share.lost ${OTHER_WABA} permission_removed`);
      expect(printed.filter((line) => !line.startsWith("waba.share."))).toEqual([]);
    } finally {
      consumer.kill();
    }
  });

  test("goes on after a restart where it was, and publishes nothing twice", async () => {
    await sandbox.restart();
    await until("the loop runs", async () => ((await readLoop())?.alive === true ? true : undefined));
    await sandbox.act("partner.assign", { waba_id: WABA });
    await sandbox.untilStatus(WABA, "live");
    await until("nothing waits", async () => ((await readWaiting()) === 0 ? true : undefined));
    const [lines, received] = [await readJournal(), await readStream()];
    expect(received).toEqual(lines.slice(-received.length));
    expect(received.length).toBeGreaterThan(2);
  });

  const readJournal = async (): Promise<string[]> => {
    const rows = await sandbox.database().query<{ seq: string }>("select seq from journal order by seq");
    return rows.map(({ seq }) => seq);
  };
  const readStream = async (): Promise<unknown[]> => {
    const own = await connect({ servers: url });
    try {
      const { streams } = await jetstreamManager(own);
      const seqs: unknown[] = [];
      const { messages } = (await streams.info("sharekeeper")).state;
      for (let seq = 1; seq <= messages; seq += 1)
        seqs.push(
          (await streams.getMessage("sharekeeper", { seq }))?.json<{ data: { id: string } }>().data.id,
        );
      return seqs;
    } finally {
      await own.close();
    }
  };
});
