import { jetstream, jetstreamManager, type JetStreamClient } from "@nats-io/jetstream";
import { connect, headers, nanos, type NatsConnection } from "@nats-io/transport-node";
import {
  brokerOf,
  publishedOf,
  StreamError,
  type Ending,
  type Publisher,
  type PublisherOptions,
  type StreamMessage,
  type StreamSettings,
} from "./event-stream.ts";

const ANSWER_MS = 10_000;
const DAY_MS = 24 * 3_600_000;
/** As long as `GET /events` goes back. */
const KEPT_MS = 30 * DAY_MS;
/** How long a repeated message is known: longer than an instance that died is missed. */
const DUPLICATES_KNOWN_MS = DAY_MS;
/** JetStream's code of "stream not found". */
const STREAM_NOT_FOUND = 10_059;

/** Connects to JetStream and sees to it that the stream is there. @throws StreamError */
export async function openNatsPublisher(
  settings: StreamSettings,
  { mayMake, onClosed }: PublisherOptions,
): Promise<Publisher> {
  const connection = await connectTo(settings);
  try {
    await ensureStreamAtBroker(connection, settings, mayMake);
  } catch (error) {
    await connection.close();
    throw error;
  }
  let isClosing = false;
  void connection.closed().then((why) => {
    if (!isClosing) onClosed(`${brokerOf(settings)} closed the connection${why ? `: ${why.message}` : ""}`);
  });
  const client = jetstream(connection, { timeout: ANSWER_MS });
  return {
    publish: async (messages) =>
      publishedOf(await Promise.all(messages.map((message) => publishOne(client, settings, message)))),
    async close() {
      isClosing = true;
      await connection.close();
    },
  };
}

async function connectTo(settings: StreamSettings): Promise<NatsConnection> {
  const { urls } = settings;
  try {
    return await connect({
      servers: urls.map(({ host }) => host),
      ...credentialsOf(urls),
      ...(urls.some(({ protocol }) => protocol === "tls:") && { tls: {} }),
      name: "sharekeeper",
      // The loop connects again, with growing gaps, and says so.
      reconnect: false,
      timeout: ANSWER_MS,
    });
  } catch (error) {
    throw new StreamError(`${brokerOf(settings)} is not reached: ${textOf(error)}`, { cause: error });
  }
}

/** A user without a password is a token. */
function credentialsOf([first]: readonly URL[]): { user?: string; pass?: string; token?: string } {
  const [user, pass] = [first?.username ?? "", first?.password ?? ""].map(decodeURIComponent);
  if (!user) return {};
  return pass ? { user, pass } : { token: user };
}

/** One that exists is used as it is, whatever its limits. */
async function ensureStreamAtBroker(
  connection: NatsConnection,
  settings: StreamSettings,
  mayMake: boolean,
): Promise<void> {
  const { name, prefix } = settings;
  try {
    const { streams } = await jetstreamManager(connection, { timeout: ANSWER_MS });
    const isThere = await streams.info(name).then(
      () => true,
      (error: unknown) => !isNotFound(error) && Promise.reject(error as Error),
    );
    if (isThere) return;
    if (!mayMake) throw new StreamError(`has no stream ${name}`, { isMissing: true });
    await streams.add({
      name,
      subjects: [`${prefix}.>`],
      max_age: nanos(KEPT_MS),
      duplicate_window: nanos(DUPLICATES_KNOWN_MS),
    });
  } catch (error) {
    const isMissing = error instanceof StreamError && error.isMissing;
    throw new StreamError(`${brokerOf(settings)}, stream ${name}: ${textOf(error)}`, {
      ...{ cause: error, isMissing },
    });
  }
}

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === STREAM_NOT_FOUND;

async function publishOne(
  client: JetStreamClient,
  { name }: StreamSettings,
  { id, subject, sequence, body }: StreamMessage,
): Promise<Ending> {
  const fields = headers();
  fields.set("content-type", "application/json");
  fields.set("webhook-id", id);
  fields.set("sharekeeper-sequence", String(sequence));
  try {
    // A stream of another name that takes the subject, too, is not the one that was meant.
    const ack = await client.publish(subject, body, {
      ...{ msgID: id, headers: fields, expect: { streamName: name } },
    });
    return ack.duplicate ? "duplicate" : "confirmed";
  } catch (error) {
    return new Error(`stream ${name} has not taken ${subject}: ${textOf(error)}`);
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
