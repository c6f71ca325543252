import { connect, type ChannelModel, type ConfirmChannel } from "amqplib";
import type { Clock } from "../../lib/clock.ts";
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
const FAREWELL_MS = 2000;
const NOT_FOUND = 404;

/** Connects to an AMQP 0-9-1 broker and sees to it that the exchange is there. @throws StreamError */
export async function openAmqpPublisher(
  settings: StreamSettings,
  { clock, mayMake, onClosed }: PublisherOptions,
): Promise<Publisher> {
  const connection = await connectTo(settings);
  const state: State = { isClosing: false, blocked: null, returned: new Set() };
  connection.on("blocked", (why) => void (state.blocked = why));
  connection.on("unblocked", () => void (state.blocked = null));
  try {
    await ensureExchange(connection, settings, mayMake);
    const channel = await connection.createConfirmChannel();
    channel.on("error", ignore);
    channel.on("return", ({ properties }) => state.returned.add(String(properties.messageId)));
    const closed = (why?: Error): void => {
      if (!state.isClosing)
        onClosed(`${brokerOf(settings)} closed the connection${why ? `: ${why.message}` : ""}`);
      state.isClosing = true;
    };
    connection.on("close", closed);
    channel.on("close", () => closed());
    return {
      publish: (messages) => publishAll({ clock, channel, settings, state }, messages),
      async close() {
        state.isClosing = true;
        await closeQuietly(clock, connection);
      },
    };
  } catch (error) {
    await closeQuietly(clock, connection);
    throw error instanceof StreamError ? error : refusedBy(settings, error);
  }
}

interface State {
  isClosing: boolean;
  /** Why the broker takes nothing at present. */
  blocked: string | null;
  /** Ids of messages that no queue took. The broker returns a message before it confirms it. */
  returned: Set<string>;
}

/** An "error" is followed by a "close". */
const ignore = (): void => undefined;

/** A broker that is blocked answers no farewell. */
async function closeQuietly(clock: Pick<Clock, "pause">, connection: ChannelModel): Promise<void> {
  const done = new AbortController();
  const farewell = connection.close().catch(ignore);
  await Promise.race([farewell.then(() => done.abort()), clock.pause(FAREWELL_MS, done.signal)]);
  // The library's types do not name the socket.
  const { stream } = connection.connection as { stream?: { destroy(): void } };
  stream?.destroy();
}

const refusedBy = (settings: StreamSettings, cause: unknown): StreamError =>
  new StreamError(`${brokerOf(settings)}: ${textOf(cause)}`, { cause });

/** The first node that answers. */
async function connectTo(settings: StreamSettings): Promise<ChannelModel> {
  const [first] = settings.urls;
  const faults: string[] = [];
  for (const url of settings.urls) {
    try {
      const connection = await connect(withCredentials(url, first), {
        timeout: ANSWER_MS,
        noDelay: true,
        clientProperties: { connection_name: "sharekeeper" },
      });
      connection.on("error", ignore);
      return connection;
    } catch (error) {
      faults.push(textOf(error));
    }
  }
  throw new StreamError(`${brokerOf(settings)} is not reached: ${faults.join("; ")}`);
}

function withCredentials(url: URL, first: URL | undefined): string {
  const own = new URL(url);
  own.username ||= first?.username ?? "";
  own.password ||= first?.password ?? "";
  return own.href;
}

/** One that exists is used as it is. The question closes its channel where the answer is no. */
async function ensureExchange(
  connection: ChannelModel,
  settings: StreamSettings,
  mayMake: boolean,
): Promise<void> {
  const { name } = settings;
  const asking = await connection.createChannel();
  asking.on("error", ignore);
  const isThere = await asking.checkExchange(name).then(
    () => true,
    (error: unknown) => !isNotFound(error) && Promise.reject(error as Error),
  );
  if (isThere) return asking.close();
  if (!mayMake) throw new StreamError(`${brokerOf(settings)} has no exchange ${name}`, { isMissing: true });
  const making = await connection.createChannel();
  making.on("error", ignore);
  await making.assertExchange(name, "topic", { durable: true });
  await making.close();
}

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === NOT_FOUND;

interface PublishDeps {
  clock: Pick<Clock, "pause">;
  channel: ConfirmChannel;
  settings: StreamSettings;
  state: State;
}

async function publishAll(deps: PublishDeps, messages: readonly StreamMessage[]) {
  const { clock, state } = deps;
  const done = new AbortController();
  const late = clock.pause(ANSWER_MS, done.signal).then((): Ending => {
    const why = state.blocked === null ? "" : `: it takes nothing, because of ${state.blocked}`;
    return new Error(`no confirm within ${ANSWER_MS / 1000} s${why}`);
  });
  const endings = messages.map((message) => Promise.race([publishOne(deps, message), late]));
  try {
    return publishedOf(await Promise.all(endings));
  } finally {
    done.abort();
    state.returned.clear();
  }
}

function publishOne(
  { channel, settings, state }: Omit<PublishDeps, "clock">,
  { id, subject, type, sequence, at, body }: StreamMessage,
): Promise<Ending> {
  const { name, unrouted } = settings;
  const refused = (error: unknown): Error =>
    new Error(`exchange ${name} has not taken ${subject}: ${textOf(error)}`);
  const properties = {
    ...{ persistent: true, mandatory: true, messageId: id, type, appId: "sharekeeper" },
    contentType: "application/json",
    timestamp: Math.floor(at.getTime() / 1000),
    headers: { "webhook-id": id, "sharekeeper-sequence": sequence },
  };
  return new Promise((resolve) => {
    const confirmed = (error: unknown): void => {
      if (error) resolve(refused(error));
      else if (!state.returned.has(id)) resolve("confirmed");
      else if (unrouted === "drop") resolve("unrouted");
      else resolve(new Error(NO_QUEUE(name, subject)));
    };
    try {
      channel.publish(name, subject, Buffer.from(body), properties, confirmed);
    } catch (error) {
      resolve(refused(error));
    }
  });
}

const NO_QUEUE = (exchange: string, key: string): string =>
  `no queue is bound to exchange ${exchange} with a key that takes ${key}: bind one, ` +
  "or set EVENT_STREAM_UNROUTED to drop";

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
