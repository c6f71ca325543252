import type { ShareEvent } from "../api/types.ts";
import { openSource, SILENT_MS, WATCH_MS, watchWaking, type SourceHandlers } from "./source.ts";

/**
 * One stream per browser. The tab that holds the lock owns the EventSource and passes everything on over a
 * BroadcastChannel; when it closes, the next tab in line takes over. A browser may freeze the tab that leads:
 * a tab that gets nothing from it for 30 s says so, asks, and takes the lead. Where the browser has no locks
 * (plain http on another host), each tab has its own.
 */
export interface LiveHandlers {
  onEvent(event: ShareEvent): void;
  /** An alert has changed. */
  onAlert(): void;
  /** Something arrived: until now everything is current. */
  onMessage(): void;
  /**
   * `opened`: the stream is connected (again), so missed changes must be fetched. `lost`: it broke, or sends
   * nothing.
   */
  onState(state: "opened" | "lost"): void;
}

type Message =
  | { kind: "event"; event: ShareEvent }
  | { kind: "alert" }
  | { kind: "message" }
  | { kind: "opened" }
  | { kind: "lost" }
  | { kind: "ask" };

const NAME = "sharekeeper-live";
/** How long the leading tab has to answer before its lead is taken. */
const ANSWER_MS = 3_000;

/** Starts listening; the returned function stops and gives the stream to another tab. */
export function openLive(handlers: LiveHandlers): () => void {
  if (!("locks" in navigator) || !("BroadcastChannel" in window))
    return openSource(sourceHandlersOf(handlers));
  const channel = new BroadcastChannel(NAME);
  const send = (message: Message): void => channel.postMessage(message);
  const leader = openLeader(handlers, send);
  const follower = openFollower(handlers, send, leader);
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind !== "ask") follower.take(data);
    else if (leader.state) send({ kind: leader.state });
  };
  send({ kind: "ask" });
  leader.queue();
  return () => {
    follower.stop();
    leader.stop();
    channel.close();
  };
}

interface Leader {
  /** Whether this tab owns the stream. */
  readonly leads: boolean;
  /** Of the stream that this tab owns, once it is known. */
  readonly state: "opened" | "lost" | undefined;
  /** Waits for the lead. */
  queue(): void;
  /** Takes the lead from a tab that does not answer. */
  take(): void;
  stop(): void;
}

function openLeader(handlers: LiveHandlers, send: (message: Message) => void): Leader {
  let state: "opened" | "lost" | undefined;
  let end: (() => void) | undefined;
  let abort = new AbortController();
  let stopped = false;

  const lead = (): Promise<void> =>
    new Promise((resolve) => {
      const close = openSource(
        sourceHandlersOf({
          onEvent(event) {
            send({ kind: "event", event });
            handlers.onEvent(event);
          },
          onAlert() {
            send({ kind: "alert" });
            handlers.onAlert();
          },
          onMessage() {
            send({ kind: "message" });
            handlers.onMessage();
          },
          onState(next) {
            state = next;
            send({ kind: next });
            handlers.onState(next);
          },
        }),
      );
      end = () => {
        close();
        state = undefined;
        end = undefined;
        resolve();
      };
    });
  const request = (options: LockOptions): void => {
    // It ends with an AbortError when this tab stops or takes the lead early, and when another tab takes the
    // lead from this one.
    navigator.locks.request(NAME, options, lead).catch(() => {
      if (options.signal?.aborted || stopped) return;
      end?.();
      queue();
    });
  };
  const queue = (): void => {
    abort = new AbortController();
    request({ signal: abort.signal });
  };
  return {
    get leads() {
      return end !== undefined;
    },
    get state() {
      return state;
    },
    queue,
    take() {
      abort.abort();
      request({ steal: true });
    },
    stop() {
      stopped = true;
      abort.abort();
      end?.();
    },
  };
}

/** Handles the messages, and their absence, in a tab that does not lead. */
function openFollower(handlers: LiveHandlers, send: (message: Message) => void, leader: Leader) {
  let messageAtMs = Date.now();
  let askedAtMs: number | undefined;
  const watch = (): void => {
    const nowMs = Date.now();
    messageAtMs = Math.min(messageAtMs, nowMs);
    if (leader.leads || nowMs - messageAtMs < SILENT_MS) {
      askedAtMs = undefined;
    } else if (askedAtMs === undefined) {
      askedAtMs = nowMs;
      handlers.onState("lost");
      send({ kind: "ask" });
    } else if (nowMs - askedAtMs >= ANSWER_MS) {
      askedAtMs = undefined;
      messageAtMs = nowMs;
      leader.take();
    }
  };
  const watchdog = setInterval(watch, WATCH_MS);
  const stopWaking = watchWaking(watch);
  return {
    take(message: Exclude<Message, { kind: "ask" }>): void {
      messageAtMs = Date.now();
      if (message.kind === "event") handlers.onEvent(message.event);
      else if (message.kind === "alert") handlers.onAlert();
      else if (message.kind === "message") handlers.onMessage();
      else handlers.onState(message.kind);
    },
    stop(): void {
      clearInterval(watchdog);
      stopWaking();
    },
  };
}

const sourceHandlersOf = (handlers: LiveHandlers): SourceHandlers => ({
  onMessage: handlers.onMessage,
  onAlert: handlers.onAlert,
  onState: handlers.onState,
  onData(data) {
    const event = parseEvent(data);
    if (event) handlers.onEvent(event);
  },
});

/** An unknown line is skipped: the next refetch brings the change. */
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
