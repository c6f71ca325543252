/**
 * The embedded PostgreSQL (PGlite), run in a thread of its own.
 *
 * PGlite runs statements on the thread that calls it, so one slow query would block every message and
 * webhook. It also never syncs to disk as it is shipped, and it lets two processes open one directory. The
 * parts that cure this:
 *
 * - embedded-worker.ts runs PGlite in a worker thread with real `fsync`. This file is its other end: bytes
 *   in, bytes out, answers in the order of the questions.
 * - embedded-stream.ts looks like a socket to the ordinary driver (`pg`), so that values are the same as with
 *   a server.
 * - data-dir-lock.ts holds a lock on DATA_DIR. A second process is refused, and the lock ends with its
 *   process.
 * - embedded-database.ts creates the cluster beside its place and moves it there when it is complete, so that
 *   an interrupted first start leaves nothing that looks like a database.
 */

import { Worker } from "node:worker_threads";
import { assert, assertNever } from "../lib/assert.ts";
import { DatabaseError } from "./database.ts";
import type { EmbeddedStart, FromEmbedded, ToEmbedded } from "./embedded-worker.ts";

/** What is being waited for; the thread answers strictly in the order it was asked. */
interface Waiting {
  received?: (bytes: Uint8Array) => void;
  settle(answer: FromEmbedded): void;
  fail(error: Error): void;
}

/** The embedded PostgreSQL's thread, seen from the server's: bytes in, bytes out. */
export class EmbeddedEngine {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #failure: DatabaseError | undefined;

  private constructor(start: EmbeddedStart) {
    // Run from TypeScript here, from emitted JavaScript in the published package.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    this.#worker = new Worker(new URL(`./embedded-worker.${extension}`, import.meta.url), {
      workerData: start,
      execArgv: [],
    });
    this.#worker.on("message", (message: FromEmbedded) => this.#onMessage(message));
    this.#worker.on("error", (error: Error) => this.#stop(error.message));
    this.#worker.on("exit", () => this.#stop("its thread ended"));
  }

  static async open(start: EmbeddedStart): Promise<EmbeddedEngine> {
    const engine = new EmbeddedEngine(start);
    try {
      await engine.#whenAnswered();
      return engine;
    } catch (error) {
      await engine.#worker.terminate();
      throw error;
    }
  }

  /** Sends one batch of PostgreSQL's wire protocol; resolves when the answer has been received whole. */
  async exchange(batch: Uint8Array, received: (bytes: Uint8Array) => void): Promise<void> {
    await this.#ask({ send: batch }, received);
  }

  /** The whole cluster as a tar, to start others from. */
  async dump(): Promise<Uint8Array> {
    const answer = await this.#ask({ dump: true });
    assert("dumped" in answer, "a dump is answered with a dump");
    return answer.dumped;
  }

  async close(): Promise<void> {
    if (!this.#failure) await this.#ask({ close: true });
    await this.#worker.terminate();
  }

  #ask(message: ToEmbedded, received?: (bytes: Uint8Array) => void): Promise<FromEmbedded> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#worker.postMessage(message);
    return this.#whenAnswered(received);
  }

  #whenAnswered(received?: (bytes: Uint8Array) => void): Promise<FromEmbedded> {
    return new Promise((settle, fail) => this.#waiting.push({ ...(received && { received }), settle, fail }));
  }

  #onMessage(message: FromEmbedded): void {
    if ("failed" in message) return this.#stop(message.failed);
    if ("received" in message) {
      if (!message.last) return this.#waiting[0]?.received?.(message.received);
      return this.#waiting.shift()?.settle(message);
    }
    if ("ready" in message || "dumped" in message || "closed" in message)
      return this.#waiting.shift()?.settle(message);
    assertNever(message, "message of the embedded database");
  }

  #stop(why: string): void {
    this.#failure ??= new DatabaseError(`the embedded database has stopped: ${why}`, "unavailable");
    for (const waiting of this.#waiting.splice(0)) waiting.fail(this.#failure);
  }
}
