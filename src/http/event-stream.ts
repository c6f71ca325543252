import { findNewestSeq } from "../sharing/journal-store.ts";
import type { EventJson } from "./event-schema.ts";
import { surroundingsOf } from "./get-waba.ts";
import type { HttpDeps } from "./http-deps.ts";
import { readEvents } from "./read-events.ts";

/** Waits of one poll each (1 s) without a word, after which a comment keeps the connection from being taken for dead. */
const QUIET_POLLS = 15;
const BATCH = 100;

type StreamDeps = Pick<HttpDeps, "db" | "clock" | "bell" | "settings" | "reshareTokens" | "stopping">;

/**
 * The journal as server-sent events, from after `afterId` (from now on when null), until the reader goes or the server stops. Every
 * event is a plain `message` whose id is the cursor: what a broken connection missed is sent when it comes back.
 */
export async function openEventStream(deps: StreamDeps, afterId: string | null): Promise<Response> {
  const start = await startOf(deps, afterId);
  const gone = new AbortController();
  const ended = AbortSignal.any([gone.signal, deps.stopping]);
  const frames = framesOf(deps, start, ended);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await frames.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    cancel: () => gone.abort(),
  });
  const headers = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
  };
  return new Response(body, { headers });
}

/** An id from before a reset lies ahead of everything: such a reader begins at the newest instead of waiting for ever. */
async function startOf(deps: StreamDeps, afterId: string | null): Promise<string> {
  const newest = await findNewestSeq(deps.db);
  return afterId === null || BigInt(afterId) > BigInt(newest) ? newest : afterId;
}

async function* framesOf(deps: StreamDeps, start: string, ended: AbortSignal): AsyncGenerator<string, void> {
  let cursor = start;
  let quietPolls = 0;
  yield `retry: 1000\n: from ${start}\n\n`;
  while (!ended.aborted) {
    const heard = deps.bell.rung;
    const { events, lastId } = await readEvents(deps.db, surroundingsOf(deps), cursor, BATCH);
    const more = lastId !== cursor;
    cursor = lastId;
    if (events.length > 0) yield events.map(frameOf).join("");
    if (more) quietPolls = 0;
    else if (!(await deps.bell.wait(heard, ended))) quietPolls += 1;
    if (quietPolls < QUIET_POLLS) continue;
    quietPolls = 0;
    yield ": still here\n\n";
  }
}

function frameOf(event: EventJson): string {
  return `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
}
