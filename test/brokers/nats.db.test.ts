/** Events to NATS JetStream. */
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, nanos, type NatsConnection } from "@nats-io/transport-node";
import { describe, expect, test } from "vitest";
import { natsIsMissing, startNats } from "../support/brokers.ts";
import { NEVER, promiseOfStream, setUpBroker, there, type Received } from "./event-stream.ts";

if (natsIsMissing !== null) console.log(`Skipped: ${natsIsMissing}`);

async function asAdmin<T>({ port }: { port: number | string }, work: (own: NatsConnection) => Promise<T>) {
  const own = await connect({ servers: `127.0.0.1:${port}`, user: "keeper", pass: "right-secret" });
  try {
    return await work(own);
  } finally {
    await own.close();
  }
}

async function receive(url: URL, name: string): Promise<Received[]> {
  return asAdmin(url, async (own) => {
    const { streams } = await jetstreamManager(own);
    const { messages } = (await streams.info(name)).state;
    const received: Received[] = [];
    for (let seq = 1; seq <= messages; seq += 1) {
      const stored = there((await streams.getMessage(name, { seq })) ?? undefined);
      received.push({
        subject: stored.subject,
        id: stored.header.get("Nats-Msg-Id"),
        contentType: stored.header.get("content-type"),
        sequence: Number(stored.header.get("sharekeeper-sequence")),
        body: stored.string(),
      });
      expect(stored.header.get("webhook-id")).toBe(stored.header.get("Nats-Msg-Id"));
    }
    return received;
  });
}

describe.skipIf(natsIsMissing !== null)("NATS JetStream", () => {
  const setup = setUpBroker({
    start: () => startNats('authorization { users: [{ user: keeper, password: "right-secret" }] }'),
    url: (port) => `nats://keeper:right-secret@127.0.0.1:${port}`,
    prepare: () => Promise.resolve(),
    receive,
    duplicates: "dropped",
  });
  promiseOfStream(setup);

  test("a stream that is missing is made: 30 days, ids known for a day", async () => {
    const settings = await setup.settings();
    const stream = setup.stream(settings);
    await stream.turn(NEVER);
    const config = await asAdmin(setup.broker, async (own) => {
      const { streams } = await jetstreamManager(own);
      return (await streams.info(settings.name)).config;
    });
    expect(config).toMatchObject({
      ...{ subjects: [`${settings.prefix}.>`], storage: "file", retention: "limits" },
      ...{ max_age: nanos(30 * 24 * 3_600_000), duplicate_window: nanos(24 * 3_600_000) },
    });
    await stream.close();
  });

  test("a stream that exists is used as it is", async () => {
    const settings = await setup.settings();
    await asAdmin(setup.broker, async (own) => {
      const { streams } = await jetstreamManager(own);
      await streams.add({ name: settings.name, subjects: [`${settings.prefix}.waba.>`], max_msgs: 2 });
    });
    const stream = setup.stream(settings);
    await stream.turn(NEVER);
    await setup.happen(3);
    await stream.turn(NEVER);
    expect(stream.totals()).toMatchObject({ accepted: 3 });
    await stream.close();
  });

  test("a subject that another stream takes is refused in a sentence, and waits", async () => {
    const settings = await setup.settings();
    await asAdmin(setup.broker, async (own) => {
      const { streams } = await jetstreamManager(own);
      await streams.add({ name: "foreign", subjects: [`${settings.prefix}.>`] });
    });
    const stream = setup.stream(settings);
    await expect(stream.turn(NEVER)).rejects.toThrow(/stream test-\d+: subjects overlap/);
    await asAdmin(setup.broker, async (own) => {
      const { streams } = await jetstreamManager(own);
      await streams.add({ name: settings.name, subjects: ["elsewhere.>"] });
    });
    await stream.turn(NEVER);
    await setup.happen(1);
    await expect(stream.turn(NEVER)).rejects.toThrow(/has not taken own\.nr\d+\.waba.*: expected stream/);
    await asAdmin(setup.broker, async (own) => {
      const { streams } = await jetstreamManager(own);
      await streams.delete("foreign");
      await streams.update(settings.name, { subjects: [`${settings.prefix}.>`] });
    });
    await stream.turn(NEVER);
    expect(await setup.received(settings)).toHaveLength(1);
    await stream.close();
  });

  test("a server without JetStream is named as such", async () => {
    const plain = await startNats("", { jetstream: false });
    try {
      const settings = await setup.settings();
      const urls = [new URL(`nats://127.0.0.1:${plain.port}`)];
      await expect(setup.stream({ ...settings, urls }).turn(NEVER)).rejects.toThrow(/jetstream/i);
    } finally {
      await plain.remove();
    }
  });

  test("the next node of a cluster is taken where the first does not answer", async () => {
    const settings = await setup.settings();
    const gone = new URL("nats://keeper:right-secret@127.0.0.1:1");
    const stream = setup.stream({ ...settings, urls: [gone, ...settings.urls] });
    await stream.turn(NEVER);
    await stream.close();
  });
});
