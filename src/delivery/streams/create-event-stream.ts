/**
 * The journal, published to a broker. A row of `event_stream` says up to which line the broker has confirmed.
 * One instance at a time publishes what follows, in order and in batches, and moves the place only after the
 * confirm. What dies in between is published again, with the same ids: at least once.
 *
 * Where a message is not confirmed, those before it count, and the loop tries again from there, on a new
 * connection. It then begins with one message, so that one that the broker refuses brings no others twice.
 */

import type { Logger } from "pino";
import type { Database } from "../../database/database.ts";
import { endLease, leaseFrom } from "../../database/lease.ts";
import type { Clock } from "../../lib/clock.ts";
import { newId } from "../../lib/new-id.ts";
import type { Random } from "../../lib/random.ts";
import type { RenderEvents } from "../deliver-webhooks.ts";
import {
  brokerOf,
  StreamError,
  type Published,
  type Publisher,
  type StreamMessage,
  type StreamSettings,
} from "./event-stream.ts";
import type { openPublisher } from "./open-publisher.ts";
import { ensureStream, moveStream, readStreamLines, takeStream, type StreamLine } from "./stream-store.ts";

export interface EventStreamDeps {
  db: Database;
  clock: Clock;
  random: Random;
  log: Logger;
  renderEvents: RenderEvents;
  open: typeof openPublisher;
  /** Called when the connection has ended, so that the next turn comes at once. */
  wake(): void;
}

/** Publishes events to the broker of the settings. One for each instance. */
export interface EventStream {
  readonly name: string;
  /** Connects, and publishes what is new. Rejects with StreamError; the next turn tries again. */
  turn(stopping: AbortSignal): Promise<void>;
  /** What this instance has done. */
  totals(): Readonly<StreamTotals>;
  close(): Promise<void>;
}

/** Messages that the broker has confirmed, by what it did with them. */
interface StreamTotals {
  accepted: number;
  duplicate: number;
  unrouted: number;
}

const BATCH = 200;
/** Longer than a batch takes. An instance that dies leaves the stream to the others after that. */
const LEASE_MS = 30_000;

export function createEventStream(deps: EventStreamDeps, settings: StreamSettings): EventStream {
  const { db, clock, random, log } = deps;
  const { name, from } = settings;
  const broker = brokerOf(settings);
  const totals: StreamTotals = { accepted: 0, duplicate: 0, unrouted: 0 };
  let publisher: Publisher | null = null;
  let batchSize = BATCH;

  const opened = async (): Promise<Publisher> => {
    if (publisher !== null) return publisher;
    const onClosed = (why: string): void => {
      publisher = null;
      log.warn({ stream: name, why }, "the event stream lost its broker");
      deps.wake();
    };
    publisher = await deps.open(settings, { clock, mayMake: true, onClosed });
    log.info({ stream: name, broker }, "the event stream is connected");
    return publisher;
  };
  const close = async (): Promise<void> => {
    const open = publisher;
    publisher = null;
    await open?.close();
  };
  /** One batch after `seq`. Returns up to where it is confirmed; undefined: nothing follows. */
  const publishNext = async (to: Publisher, id: string, seq: string): Promise<Batch | undefined> => {
    const lines = await readStreamLines(db, seq, batchSize);
    if (lines.length === 0) return undefined;
    const messages = await renderMessages(deps, settings, id, lines);
    const published = await to.publish(messages.map(({ message }) => message));
    const { confirmedCount, duplicateCount, unroutedCount } = published;
    totals.accepted += confirmedCount - duplicateCount - unroutedCount;
    totals.duplicate += duplicateCount;
    totals.unrouted += unroutedCount;
    const next = messages[confirmedCount];
    const done = next === undefined ? lines : lines.slice(0, lines.indexOf(next.line));
    return { seq: done.at(-1)?.seq ?? seq, fault: published.fault };
  };
  return {
    name,
    async turn(stopping) {
      await ensureStream(db, { name, from, id: newId("est", random), at: clock.now() });
      const to = await opened();
      let held = leaseFrom(clock.now(), LEASE_MS);
      const place = await takeStream(db, name, held);
      if (place === undefined) return;
      try {
        let seq = place.journalSeq;
        while (!stopping.aborted) {
          const batch = await publishNext(to, place.id, seq);
          if (batch === undefined) return;
          const next = leaseFrom(clock.now(), LEASE_MS);
          const isOurs = await moveStream(db, name, batch.seq, { held, next });
          if (!isOurs) return log.warn({ stream: name }, "another instance publishes: this one was too slow");
          [held, seq] = [next, batch.seq];
          batchSize = batch.fault === null ? BATCH : 1;
          if (batch.fault !== null) throw new StreamError(`${broker}: ${batch.fault}`);
        }
      } catch (error) {
        if (error instanceof StreamError) await close();
        throw error;
      } finally {
        await endLease(db, { table: "event_stream", key: "name", column: "leased_until" }, name, held);
      }
    },
    totals: () => totals,
    close,
  };
}

interface Batch extends Pick<Published, "fault"> {
  seq: string;
}

interface Rendered {
  line: StreamLine;
  message: StreamMessage;
}

/** Without the lines of WABAs that are no longer known. */
async function renderMessages(
  { renderEvents }: Pick<EventStreamDeps, "renderEvents">,
  { prefix }: StreamSettings,
  streamId: string,
  lines: readonly StreamLine[],
): Promise<Rendered[]> {
  const events = await renderEvents(lines.map(({ seq }) => seq));
  return lines.flatMap((line) => {
    const event = events.get(line.seq);
    if (event === undefined) return [];
    const { seq, type, sequence, at } = line;
    const id = `msg_${streamId.slice(4)}_${seq}`;
    const body = JSON.stringify(event.body);
    return [{ line, message: { id, subject: `${prefix}.${type}`, type, sequence, at, body } }];
  });
}
