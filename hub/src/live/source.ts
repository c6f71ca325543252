/**
 * The event stream with a watchdog. A path that silently drops the stream (a NAT, a proxy, a laptop that
 * slept) leaves an EventSource open for ever, so the server sends something at least every 12 s and 30 s
 * without anything means lost. The browser's own reconnection has no back-off, so every connection that fails
 * is closed and opened again here.
 */
export interface SourceHandlers {
  onData(data: string): void;
  /** An alert has changed. */
  onAlert(): void;
  /** Something arrived: until now everything is current. */
  onMessage(): void;
  onState(state: "opened" | "lost"): void;
}

const STREAM_URL = "/api/v1/events/stream";
export const SILENT_MS = 30_000;
export const WATCH_MS = 1_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** A random part between 0.5 and 1.5 of it, so that a thousand pages do not reconnect in the same second. */
export const jittered = (ms: number): number => ms * (0.5 + Math.random());

/** Calls `onWake` when the browser may have slept, or has a network again; the returned function stops. */
export function watchWaking(onWake: () => void): () => void {
  const onVisible = (): void => {
    if (document.visibilityState === "visible") onWake();
  };
  window.addEventListener("online", onWake);
  window.addEventListener("pageshow", onWake);
  document.addEventListener("visibilitychange", onVisible);
  document.addEventListener("resume", onWake);
  return () => {
    window.removeEventListener("online", onWake);
    window.removeEventListener("pageshow", onWake);
    document.removeEventListener("visibilitychange", onVisible);
    document.removeEventListener("resume", onWake);
  };
}

/** Starts listening; the returned function stops. */
export function openSource(handlers: SourceHandlers): () => void {
  let source: EventSource | undefined;
  let messageAtMs = Date.now();
  let retryMs = FIRST_RETRY_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const received = (): void => {
    messageAtMs = Date.now();
    handlers.onMessage();
  };
  const connect = (): void => {
    clearTimeout(timer);
    source?.close();
    messageAtMs = Date.now();
    source = new EventSource(STREAM_URL);
    source.onopen = () => {
      messageAtMs = Date.now();
      handlers.onState("opened");
    };
    source.onmessage = ({ data }: MessageEvent<string>) => {
      retryMs = FIRST_RETRY_MS;
      received();
      handlers.onData(data);
    };
    source.addEventListener("alert", () => {
      retryMs = FIRST_RETRY_MS;
      received();
      handlers.onAlert();
    });
    source.addEventListener("ping", () => {
      retryMs = FIRST_RETRY_MS;
      received();
    });
    source.onerror = lose;
  };
  const lose = (): void => {
    source?.close();
    source = undefined;
    handlers.onState("lost");
    clearTimeout(timer);
    timer = setTimeout(connect, jittered(retryMs));
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  };
  const watch = (): void => {
    // A clock that was set back would otherwise hide the missing messages until it has caught up.
    messageAtMs = Math.min(messageAtMs, Date.now());
    if (source && Date.now() - messageAtMs >= SILENT_MS) lose();
  };
  const wake = (): void => {
    watch();
    if (source) return;
    retryMs = FIRST_RETRY_MS;
    connect();
  };

  const watchdog = setInterval(watch, WATCH_MS);
  const stopWaking = watchWaking(wake);
  window.addEventListener("offline", lose);
  connect();
  return () => {
    clearInterval(watchdog);
    clearTimeout(timer);
    stopWaking();
    window.removeEventListener("offline", lose);
    source?.close();
  };
}
