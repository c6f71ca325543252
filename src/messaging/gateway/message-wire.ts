import type { IncomingHttpHeaders } from "node:http";
import { Pool } from "undici";
import type { Dispatcher } from "undici";
import type { Clock } from "../../lib/clock.ts";
import { NumberLanes } from "./number-lanes.ts";

/**
 * The outcome of sending a message to Meta. `never_written`: no byte left, so it may be sent again. `lost`:
 * it was written and no complete answer came, so Meta may have accepted it.
 */
export type WireOutcome =
  | { kind: "answered"; status: number; headers: IncomingHttpHeaders; body: Buffer }
  | { kind: "never_written"; detail: string }
  /** The message was queued, and no longer wanted when its place came: no byte left. */
  | { kind: "withdrawn" }
  | { kind: "lost"; detail: string };

interface OutgoingMessage {
  /** Each number has its own lane, so that hanging messages do not stop other numbers. */
  numberId: string;
  /** Asked when the message gets its place. */
  isWanted(): boolean;
  path: string;
  token: string;
  body: Buffer;
}

/**
 * Writes messages to Meta over kept-alive connections and reports each outcome exactly once. Never sends
 * anything twice.
 */
export interface MessageWire {
  send(message: OutgoingMessage, done: (outcome: WireOutcome) => void): void;
  /** Messages without a known outcome, including queued ones. */
  readonly underWayCount: number;
  /** Cuts every connection; messages in progress end as `never_written` or `lost`. */
  close(): Promise<void>;
}

export interface MessageWireOptions {
  graphUrl: string;
  clock: Clock;
  /** Wall clock from `send` to the last byte of the answer, accurate to a quarter of a second. */
  answerTimeoutMs: number;
  /** Messages beyond this count are queued. Default 1024. */
  connectionCount?: number;
  /** Per number. Default 64. */
  connectionsPerNumber?: number;
}

const TICK_MS = 250;
const CONNECT_TIMEOUT_MS = 5000;
/**
 * Meta may close an idle connection while a message is written on it, which loses the answer. So idle
 * connections are closed early.
 */
const KEEP_ALIVE_MS = 4000;
const CONNECTION_COUNT = 1024;
const CONNECTIONS_PER_NUMBER = 64;
const ANSWER_LIMIT_BYTES = 4 * 1024 * 1024;

export function createMessageWire(options: MessageWireOptions): MessageWire {
  const { graphUrl, clock, answerTimeoutMs, connectionCount = CONNECTION_COUNT } = options;
  const { connectionsPerNumber = CONNECTIONS_PER_NUMBER } = options;
  const lanes = new NumberLanes({ places: connectionCount, perNumber: connectionsPerNumber });
  const base = new URL(graphUrl);
  const prefix = base.pathname.replace(/\/+$/, "");
  const pool = new Pool(base.origin, {
    connections: connectionCount,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    allowH2: false,
    // Time is checked below for all messages together: undici's timers are per request and do not cover the
    // wait for a connection.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const underWay = new Set<Exchange>();
  let isWatching = false;
  const watch = async (): Promise<void> => {
    while (underWay.size > 0) {
      await clock.pause(TICK_MS);
      for (const exchange of underWay) exchange.tick();
    }
    isWatching = false;
  };
  return {
    send(message, done) {
      const exchange = new Exchange(Math.ceil(answerTimeoutMs / TICK_MS), (outcome) => {
        underWay.delete(exchange);
        if (exchange.isStarted) lanes.leave(message.numberId);
        done(outcome);
      });
      underWay.add(exchange);
      if (!isWatching) {
        isWatching = true;
        void watch();
      }
      lanes.enter(message.numberId, () => {
        if (!exchange.start(message.isWanted())) return lanes.leave(message.numberId);
        const { path, body } = message;
        pool.dispatch({ method: "POST", path: prefix + path, headers: headersOf(message), body }, exchange);
      });
    },
    get underWayCount() {
      return underWay.size;
    },
    close() {
      for (const exchange of underWay) exchange.giveUp();
      return pool.destroy();
    },
  };
}

/**
 * The body is known to be a JSON object, whatever its content type says. No compression is requested, so the
 * answer stays readable.
 */
function headersOf(message: OutgoingMessage): Record<string, string> {
  return {
    authorization: `Bearer ${message.token}`,
    "content-type": "application/json",
    accept: "application/json",
  };
}

/** The life of one message: queued for a place and a connection, then written, then settled. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #done: (outcome: WireOutcome) => void;
  #ticksLeft: number;
  /** Set once the message is handed to a connection: from here on Meta may have it. */
  #controller: Dispatcher.DispatchController | null = null;
  #isSettled = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  readonly #chunks: Buffer[] = [];
  #byteCount = 0;

  constructor(ticks: number, done: (outcome: WireOutcome) => void) {
    this.#ticksLeft = ticks;
    this.#done = done;
  }

  /** Whether it has a place in its lane, which it leaves when it is settled. */
  isStarted = false;

  /**
   * Its place is free. Returns false when it needs none: it is settled already, or no longer wanted, which
   * settles it.
   */
  start(isWanted: boolean): boolean {
    if (this.#isSettled) return false;
    if (!isWanted) {
      this.#settle({ kind: "withdrawn" });
      return false;
    }
    this.isStarted = true;
    return true;
  }

  /** Ends a queued message; a message in progress ends with its connection. */
  giveUp(): void {
    if (!this.isStarted) this.#fail("Stopped while queued");
  }

  tick(): void {
    if (this.#ticksLeft-- > 0 || this.#isSettled) return;
    this.#fail("No complete answer in time");
  }

  /**
   * undici calls this before the first byte is written, and writes nothing when the request is aborted here.
   */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#isSettled) controller.abort(new Error("Aborted while waiting for a connection"));
    else this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#byteCount += chunk.length;
    if (this.#byteCount > ANSWER_LIMIT_BYTES) this.#fail("The answer is too large");
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = Buffer.concat(this.#chunks, this.#byteCount);
    this.#settle({ kind: "answered", status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#fail(detailOf(error));
  }

  #fail(detail: string): void {
    const controller = this.#controller;
    this.#settle({ kind: controller ? "lost" : "never_written", detail });
    controller?.abort(new Error(detail));
  }

  #settle(outcome: WireOutcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#done(outcome);
  }
}

function detailOf(error: Error): string {
  const { code } = error as Error & { code?: unknown };
  return typeof code === "string" ? code : error.message.slice(0, 200);
}
