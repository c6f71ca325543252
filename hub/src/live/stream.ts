import type { ShareEvent } from "../api/types.ts";

/**
 * One stream per browser. The tab that holds the lock owns the EventSource and tells the others over a BroadcastChannel;
 * when it closes, the next tab in line takes over. Where the browser has no locks (plain http on another host), each tab has its own.
 */
export interface LiveHandlers {
  onEvent(event: ShareEvent): void;
  /** `opened`: the stream stands (anew), so whatever came meanwhile must be fetched. `lost`: it broke. */
  onState(state: "opened" | "lost"): void;
}

type Message = { kind: "event"; event: ShareEvent } | { kind: "opened" } | { kind: "lost" } | { kind: "ask" };

const NAME = "sharekeeper-live";
const STREAM_URL = "/api/v1/events/stream";
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;

/** Starts listening; the returned function stops and gives the stream to another tab. */
export function openLive(handlers: LiveHandlers): () => void {
  if (!("locks" in navigator) || !("BroadcastChannel" in window)) return openSource(handlers);
  const channel = new BroadcastChannel(NAME);
  const abort = new AbortController();
  let closeSource: (() => void) | undefined;
  let release: (() => void) | undefined;
  let state: "opened" | "lost" | undefined;

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind === "event") handlers.onEvent(data.event);
    else if (data.kind === "ask") {
      if (closeSource && state) channel.postMessage({ kind: state } satisfies Message);
    } else handlers.onState(data.kind);
  };
  channel.postMessage({ kind: "ask" } satisfies Message);

  const lead = (): Promise<void> =>
    new Promise((resolve) => {
      release = resolve;
      closeSource = openSource({
        onEvent(event) {
          channel.postMessage({ kind: "event", event } satisfies Message);
          handlers.onEvent(event);
        },
        onState(next) {
          state = next;
          channel.postMessage({ kind: next } satisfies Message);
          handlers.onState(next);
        },
      });
    });
  // The request ends with an AbortError when this tab stops before it ever led.
  navigator.locks.request(NAME, { signal: abort.signal }, lead).catch(() => undefined);

  return () => {
    abort.abort();
    closeSource?.();
    release?.();
    channel.close();
  };
}

/** An EventSource that also comes back after an answer that makes the browser give up (a proxy's 502, a restart). */
function openSource(handlers: LiveHandlers): () => void {
  let source: EventSource;
  let retryMs = FIRST_RETRY_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const connect = (): void => {
    source = new EventSource(STREAM_URL);
    source.onopen = () => {
      retryMs = FIRST_RETRY_MS;
      handlers.onState("opened");
    };
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const event = parseEvent(data);
      if (event) handlers.onEvent(event);
    };
    source.onerror = () => {
      handlers.onState("lost");
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/** A line that is not ours is skipped: the next refetch brings what it meant. */
function parseEvent(data: string): ShareEvent | undefined {
  try {
    const event: unknown = JSON.parse(data);
    return typeof event === "object" && event !== null && "waba_id" in event
      ? (event as ShareEvent)
      : undefined;
  } catch {
    return undefined;
  }
}
