/** Events to RabbitMQ, by AMQP 0-9-1. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { connect, type ChannelModel } from "amqplib";
import { describe, expect, test } from "vitest";
import { rabbitIsMissing, startRabbit } from "../support/brokers.ts";
import { until } from "../support/until.ts";
import { NEVER, promiseOfStream, setUpBroker, there, type Received } from "./event-stream.ts";

const ROOT = new URL("../../", import.meta.url);
const guide = readFileSync(new URL("docs/guides/event-streams.md", ROOT), "utf8");
const [, program = ""] = /^```ts\n(import \{ connect \} from "amqplib"[\s\S]*?)^```/m.exec(guide) ?? [];

if (rabbitIsMissing !== null) console.log(`Skipped: ${rabbitIsMissing}`);

async function asAdmin<T>({ href }: URL, work: (own: ChannelModel) => Promise<T>): Promise<T> {
  const own = await connect(href);
  try {
    return await work(own);
  } finally {
    await own.close();
  }
}

/** A durable queue of the exchange's name that takes the keys of `pattern`. */
async function bindQueue(url: URL, name: string, pattern = "#"): Promise<void> {
  await asAdmin(url, async (own) => {
    const channel = await own.createChannel();
    await channel.assertExchange(name, "topic", { durable: true });
    await channel.assertQueue(name, { durable: true });
    await channel.bindQueue(name, name, pattern);
  });
}

/** Reads all, and leaves it in the queue. */
async function receive(url: URL, name: string): Promise<Received[]> {
  return asAdmin(url, async (own) => {
    const channel = await own.createChannel();
    const received: Received[] = [];
    for (;;) {
      const message = await channel.get(name);
      if (message === false) break;
      const { properties, fields, content } = message;
      expect(properties.deliveryMode).toBe(2);
      expect(properties.headers?.["webhook-id"]).toBe(properties.messageId);
      received.push({
        subject: fields.routingKey,
        id: properties.messageId,
        contentType: properties.contentType,
        sequence: Number(properties.headers?.["sharekeeper-sequence"]),
        body: content.toString(),
      });
    }
    channel.nackAll();
    await channel.close();
    return received;
  });
}

describe.skipIf(rabbitIsMissing !== null)("RabbitMQ", () => {
  const setup = setUpBroker({
    start: startRabbit,
    url: (port) => `amqp://guest:guest@127.0.0.1:${port}`,
    prepare: (url, name) => bindQueue(url, name),
    receive,
    duplicates: "kept",
  });
  promiseOfStream(setup);

  test("an exchange that is missing is made; without a queue events wait, and none is lost", async () => {
    const settings = { ...(await setup.settings()), name: "made" };
    const stream = setup.stream(settings);
    await stream.turn(NEVER);
    const seqs = await setup.happen(3);
    await expect(stream.turn(NEVER)).rejects.toThrow(
      /no queue is bound to exchange made with a key that takes own\.nr\d+\.waba.*EVENT_STREAM_UNROUTED/,
    );
    await bindQueue(there(settings.urls[0]), "made", `${settings.prefix}.#`);
    await stream.turn(NEVER);
    const received = await setup.received(settings);
    expect(received.map(({ body }) => JSON.parse(body).data.id)).toEqual(seqs);
    expect(stream.totals()).toEqual({ accepted: 3, duplicate: 0, unrouted: 0 });
    await stream.close();
  });

  test("unrouted: drop counts what no queue takes, and goes on", async () => {
    const settings = { ...(await setup.settings({ unrouted: "drop" })), name: "dropping" };
    const stream = setup.stream(settings);
    await stream.turn(NEVER);
    await setup.happen(2);
    await stream.turn(NEVER);
    await bindQueue(there(settings.urls[0]), "dropping");
    const seqs = await setup.happen(1);
    await stream.turn(NEVER);
    const received = await setup.received(settings);
    expect(received.map(({ body }) => JSON.parse(body).data.id)).toEqual(seqs);
    expect(stream.totals()).toEqual({ accepted: 1, duplicate: 0, unrouted: 2 });
    await stream.close();
  });

  test("an exchange that is deleted while connected is made again", async () => {
    const settings = await setup.settings();
    const stream = setup.stream(settings);
    await stream.turn(NEVER);
    const url = there(settings.urls[0]);
    await asAdmin(url, async (own) => (await own.createChannel()).deleteExchange(settings.name));
    const seqs = await setup.happen(2);
    await expect(stream.turn(NEVER)).rejects.toThrow(/has not taken .*channel closed/i);
    await expect(stream.turn(NEVER)).rejects.toThrow(/no queue is bound/);
    await bindQueue(url, settings.name);
    await stream.turn(NEVER);
    const received = await setup.received(settings);
    expect(received.map(({ body }) => JSON.parse(body).data.id)).toEqual(seqs);
    await stream.close();
  });

  test("the consumer of the guide runs as it is written", async () => {
    const settings = { ...(await setup.settings()), name: "sharekeeper", prefix: "sharekeeper" };
    const stream = setup.stream(settings);
    await stream.turn(NEVER);
    const consumer = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
      cwd: ROOT,
      env: { ...process.env, AMQP_URL: there(settings.urls[0]).href },
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const printed: string[] = [];
      createInterface(consumer.stdout).on("line", (line) => void printed.push(line));
      await setup.happen(2);
      // Its queue may not be bound yet.
      const publish = () =>
        stream.turn(NEVER).then(
          () => true as const,
          () => undefined,
        );
      await until("all are published", publish, 30_000);
      await until("all are printed", () => (printed.length === 2 ? true : undefined), 30_000);
      expect(printed[0]).toMatch(/^waba\.[a-z.]+ \d+ [a-z_]+$/);
    } finally {
      const ended = once(consumer, "exit");
      consumer.kill();
      await ended;
      await stream.close();
    }
  });

  test("the next node of a cluster is taken where the first does not answer", async () => {
    const settings = await setup.settings();
    const urls = [
      new URL("amqp://guest:guest@127.0.0.1:1"),
      new URL(`amqp://127.0.0.1:${setup.broker.port}`),
    ];
    const stream = setup.stream({ ...settings, urls });
    await stream.turn(NEVER);
    await stream.close();
  });
});
