import { Counter, Gauge, type Registry } from "prom-client";
import type { Clock } from "../lib/clock.ts";
import type { Database } from "../database/database.ts";
import type { EventStream } from "../delivery/streams/create-event-stream.ts";
import { readBacklog } from "../delivery/streams/stream-store.ts";

/**
 * Registers the figures of the stream of events, where a broker is set. The returned function reads them
 * before the metrics are rendered.
 */
export function registerStreamMetrics(
  registry: Registry,
  { db, clock, eventStream }: { db: Database; clock: Clock; eventStream?: EventStream | null },
): () => Promise<void> {
  if (!eventStream) return () => Promise.resolve();
  const registers = [registry];
  const published = new Counter({
    name: "sharekeeper_event_stream_messages_total",
    help: "Messages that the broker has confirmed: accepted, known to it as a duplicate, or taken by no queue.",
    labelNames: ["outcome"],
    registers,
  });
  const waiting = new Gauge({
    name: "sharekeeper_event_stream_waiting",
    help: "Events that the broker has not confirmed, counted up to 100000.",
    registers,
  });
  const waitingAge = new Gauge({
    name: "sharekeeper_event_stream_waiting_seconds",
    help: "Age of the oldest event that the broker has not confirmed.",
    registers,
  });
  return async () => {
    published.reset();
    for (const [outcome, count] of Object.entries(eventStream.totals())) published.inc({ outcome }, count);
    const { count, oldestAt } = await readBacklog(db, eventStream.name);
    waiting.set(count);
    waitingAge.set(oldestAt === null ? 0 : Math.max(0, clock.now() - oldestAt.getTime()) / 1000);
  };
}
