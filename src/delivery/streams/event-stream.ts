import type { Config } from "../../config/parse-config.ts";
import type { Clock } from "../../lib/clock.ts";

/** Where events are published, and how they are named there. */
export interface StreamSettings {
  kind: "nats" | "amqp";
  /** The nodes of one cluster, with user and password. */
  urls: readonly URL[];
  /** The JetStream stream, or the AMQP exchange. */
  name: string;
  prefix: string;
  from: "end" | "beginning";
  unrouted: "wait" | "drop";
}

/** Null: no broker is set. */
export function streamSettingsOf(config: Config): StreamSettings | null {
  const broker = config.eventStreamUrl ?? null;
  return (
    broker && {
      ...broker,
      name: config.eventStreamName,
      prefix: config.eventStreamPrefix,
      from: config.eventStreamFrom,
      unrouted: config.eventStreamUnrouted,
    }
  );
}

/** One event, as it is published. */
export interface StreamMessage {
  /** The same each time that it is published: brokers and consumers drop what comes twice. */
  id: string;
  /** The subject, or the routing key. */
  subject: string;
  type: string;
  /** Counts per WABA. */
  sequence: number;
  at: Date;
  body: string;
}

/** What became of messages that were published together. */
export interface Published {
  /** How many from the first on are confirmed. */
  confirmedCount: number;
  /** Of these, those that the broker had already. */
  duplicateCount: number;
  /** Of these, those that no queue took, where that is allowed. */
  unroutedCount: number;
  /** Why the next one is not confirmed; null: all are. */
  fault: string | null;
}

/** A connection to a broker. */
export interface Publisher {
  /** Publishes in this order. One that is not confirmed may have arrived all the same. Never throws. */
  publish(messages: readonly StreamMessage[]): Promise<Published>;
  close(): Promise<void>;
}

export interface PublisherOptions {
  clock: Pick<Clock, "pause">;
  /** Whether a stream or an exchange that is missing is made. */
  mayMake: boolean;
  /** Called once, where the connection ends and nobody has closed it. */
  onClosed(why: string): void;
}

/** The broker is not reached, or refuses. The message has no user and no password. */
export class StreamError extends Error {
  /** The stream or the exchange is not there, and was not to be made. */
  readonly isMissing: boolean;
  constructor(message: string, options: ErrorOptions & { isMissing?: boolean } = {}) {
    super(message, options);
    this.name = "StreamError";
    this.isMissing = options.isMissing ?? false;
  }
}

/** The nodes without user and password, for logs. */
export function brokerOf({ urls }: Pick<StreamSettings, "urls">): string {
  return urls.map(({ protocol, host, pathname }) => `${protocol}//${host}${pathname}`).join(",");
}

/** How messages that were published at the same time ended, in their order. */
export type Ending = "confirmed" | "duplicate" | "unrouted" | Error;

export function publishedOf(endings: readonly Ending[]): Published {
  const nth = endings.findIndex((ending) => ending instanceof Error);
  const confirmed = nth === -1 ? endings : endings.slice(0, nth);
  const fault = endings[nth];
  return {
    confirmedCount: confirmed.length,
    duplicateCount: confirmed.filter((ending) => ending === "duplicate").length,
    unroutedCount: confirmed.filter((ending) => ending === "unrouted").length,
    fault: fault instanceof Error ? fault.message : null,
  };
}
