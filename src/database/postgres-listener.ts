import pg from "pg";
import type { Clock } from "../lib/clock.ts";
import { databaseErrorOf } from "./database-failure.ts";
import { Listeners } from "./listeners.ts";
import { answersInTime } from "./postgres-watch.ts";

const RECONNECT_AFTER_MS = 1_000;
/**
 * How often the connection is tested. Nothing else is sent on it, so a lost connection looks like an idle
 * one.
 */
const ASK_EVERY_MS = 5_000;

/**
 * LISTEN on a connection of its own, opened for the first listener and again whenever it breaks or stops
 * answering.
 */
export class PostgresListener {
  readonly #connect: () => pg.Client;
  readonly #clock: Clock;
  readonly #onUnanswered: () => void;
  readonly #listeners: Listeners;
  readonly #closing = new AbortController();
  #client: Promise<pg.Client> | undefined;
  #wasConnected = false;

  /** `onUnanswered` is called when the connection gave no answer: earlier queries may wait for ever, too. */
  constructor(connect: () => pg.Client, clock: Clock, onUnanswered: () => void) {
    this.#connect = connect;
    this.#clock = clock;
    this.#onUnanswered = onUnanswered;
    this.#listeners = new Listeners(
      (channel) => this.#send("listen", channel),
      (channel) => this.#send("unlisten", channel),
    );
  }

  listen(
    channel: string,
    notify: (payload: string) => void,
    onResumed?: () => void,
  ): Promise<() => Promise<void>> {
    return this.#listeners.add(channel, notify, onResumed);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const client = await this.#client?.catch(() => undefined);
    await client?.end();
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #send(command: "listen" | "unlisten", channel: string): Promise<void> {
    this.#client ??= this.#open();
    try {
      await (await this.#client).query(`${command} ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      // UNLISTEN may fail: the channel then ends with its connection. A failed LISTEN must reach the caller.
      if (command === "listen") throw databaseErrorOf(error);
    }
  }

  async #open(): Promise<pg.Client> {
    const client = this.#connect();
    const ended = new AbortController();
    client.on("notification", ({ channel, payload }) => this.#listeners.notify(channel, payload ?? ""));
    client.on("error", () => undefined); // "end" follows, and is answered there.
    client.once("end", () => ended.abort());
    void this.#watch(client, ended.signal);
    try {
      await client.connect();
      for (const channel of this.#listeners.channels) {
        await client.query(`listen ${pg.escapeIdentifier(channel)}`);
      }
    } catch (error) {
      this.#client = undefined;
      await client.end().catch(() => undefined);
      throw error;
    }
    if (this.#wasConnected) this.#listeners.resumed();
    this.#wasConnected = true;
    if (ended.signal.aborted) void this.#reopen();
    else ended.signal.addEventListener("abort", () => void this.#reopen());
    return client;
  }

  /**
   * Tests the connection until it has ended, and ends it when it does not answer: a cut path gives no signal.
   */
  async #watch(client: pg.Client, ended: AbortSignal): Promise<void> {
    const over = AbortSignal.any([ended, this.#closing.signal]);
    while (!over.aborted) {
      await this.#clock.pause(ASK_EVERY_MS, over);
      if (over.aborted || (await answersInTime(client, this.#clock, over))) continue;
      if (over.aborted) return;
      this.#onUnanswered();
      // With a query open, the driver breaks the connection instead of waiting for a goodbye of the server.
      await client.end().catch(() => undefined);
    }
  }

  /** Tries until it works. Notices of the meantime are lost, so the listeners then read again. */
  async #reopen(): Promise<void> {
    this.#client = undefined;
    while (!this.#closed && this.#client === undefined) {
      await this.#clock.pause(RECONNECT_AFTER_MS, this.#closing.signal);
      if (this.#closed || this.#client !== undefined) return;
      this.#client = this.#open();
      await this.#client.catch(() => undefined);
    }
  }
}
