import { isLimited, type Limits } from "../../../access/actor.ts";
import type { Caller } from "../../../access/find-caller.ts";
import type { Clock } from "../../../lib/clock.ts";
import { Problem } from "../../../problems.ts";
import { findNewestSeq } from "../../../sharing/record/journal-store.ts";
import type { StreamBatch } from "../../kit/open-streams.ts";
import { contextOf } from "../wabas/get-waba.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { readEvents } from "./read-events.ts";

/** How often a stream without events sends a `ping`. A reader that misses two of them has lost the stream. */
const PING_MS = 10_000;
const BATCH = 100;
/** When a reader may try again after the server refused a stream for want of places. */
const RETRY_AFTER_S = 10;

type FrameDeps = Pick<HttpDeps, "db" | "clock" | "settings" | "wallClock" | "journalListener" | "streams">;

/**
 * The journal as server-sent events, from after `afterId` (from now on when null), until the reader leaves,
 * the reader's session or key ends, or the server stops. Every event is a plain `message` whose id is the
 * cursor: after a broken connection the missed events are sent. Between them come events without an id: of
 * type `ping`, whose data is `{"at": <instant>}`, and of type `alert`, whose data is `{"id", "state"}` of an
 * alert that changed (id null: any of them). Readers of one client get none of alerts.
 *
 * @throws Problem too_many_streams
 */
export async function openEventStream(
  deps: FrameDeps & Pick<HttpDeps, "credentials" | "stopping">,
  reader: Caller,
  afterId: string | null,
): Promise<Response> {
  // People who share a key have separate sessions.
  const giveBack = deps.streams.take(reader.sessionId ?? reader.actor.id);
  if (giveBack === null)
    throw new Problem("too_many_streams", {}, { headers: { "Retry-After": String(RETRY_AFTER_S) } });
  const credential = deps.credentials.follow(reader);
  const release = (): void => {
    credential.leave();
    giveBack();
  };
  try {
    const start = await startOf(deps, afterId);
    const endings = [credential.ended, deps.stopping];
    return streamAnswer(deps, { within: reader.actor, start, endings, release });
  } catch (error) {
    release();
    throw error;
  }
}

interface OpenStream {
  within: Limits;
  start: string;
  /** Each of them ends the stream. */
  endings: readonly AbortSignal[];
  release(): void;
}

function streamAnswer(deps: FrameDeps, { within, start, endings, release }: OpenStream): Response {
  const gone = new AbortController();
  const ended = AbortSignal.any([gone.signal, ...endings]);
  const frames = framesOf(deps, within, start, ended);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await frames.next();
        if (!next.done) return controller.enqueue(encoder.encode(next.value));
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      release();
    },
    cancel() {
      gone.abort();
      release();
    },
  });
  const headers = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
  };
  return new Response(body, { headers });
}

/** An id from before a reset is larger than every new id: such a reader starts at the newest event. */
async function startOf(deps: Pick<FrameDeps, "db">, afterId: string | null): Promise<string> {
  const newest = await findNewestSeq(deps.db);
  return afterId === null || BigInt(afterId) > BigInt(newest) ? newest : afterId;
}

async function* framesOf(
  deps: FrameDeps,
  within: Limits,
  start: string,
  ended: AbortSignal,
): AsyncGenerator<string, void> {
  let cursor = start;
  let alertCount = deps.journalListener.alerts.count;
  yield `retry: 1000\n: from ${start}\n\n${pingOf(deps.wallClock)}`;
  while (!ended.aborted) {
    const seenCount = deps.journalListener.appendCount;
    const { events, lastId } = await readShared(deps, within, cursor);
    if (ended.aborted) return;
    if (events.length > 0) yield events.map(frameOf).join("");
    const changed = isLimited(within) ? [] : deps.journalListener.alerts.since(alertCount);
    alertCount = deps.journalListener.alerts.count;
    if (changed.length > 0) yield changed.map((data) => `event: alert\ndata: ${data}\n\n`).join("");
    if (lastId === cursor && !(await deps.journalListener.wait(seenCount, PING_MS, ended)) && !ended.aborted)
      yield pingOf(deps.wallClock);
    cursor = lastId;
  }
}

/** Streams at the same place, with the same limits, share one read. Nearly all are at the same place. */
function readShared(
  deps: Omit<FrameDeps, "wallClock">,
  within: Limits,
  cursor: string,
): Promise<StreamBatch> {
  const { clientId, connectionId } = within;
  const place = JSON.stringify([deps.journalListener.appendCount, cursor, clientId, connectionId]);
  return deps.streams.share(place, () => readEvents(deps.db, contextOf(deps), cursor, BATCH, within));
}

function frameOf(event: { id: string }): string {
  return `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
}

function pingOf(clock: Clock): string {
  return `event: ping\ndata: ${JSON.stringify({ at: new Date(clock.now()).toISOString() })}\n\n`;
}
