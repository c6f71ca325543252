import pg from "pg";
import type { Clock } from "../lib/clock.ts";
import { databaseErrorOf } from "./database-failure.ts";
import { Listeners } from "./listeners.ts";
import { answersInTime } from "./postgres-silence.ts";

const RECONNECT_AFTER_MS = 1_000;
/** How often the connection is asked whether it lives: nothing else is ever sent on it, so a lost one looks like a quiet one. */
const ASK_EVERY_MS = 5_000;

/** LISTEN on a connection of its own, made at the first wish to listen and made again whenever it breaks or falls silent. */
export class PostgresListener {
  readonly #connect: () => pg.Client;
  readonly #clock: Clock;
  readonly #fellSilent: () => void;
  readonly #listeners: Listeners;
  readonly #closing = new AbortController();
  #client: Promise<pg.Client> | undefined;

  /** `fellSilent` is called when the connection gave no answer: whatever else was asked before it may wait for ever, too. */
  constructor(connect: () => pg.Client, clock: Clock, fellSilent: () => void) {
    this.#connect = connect;
    this.#clock = clock;
    this.#fellSilent = fellSilent;
    this.#listeners = new Listeners(
      (channel) => this.#send("listen", channel),
      (channel) => this.#send("unlisten", channel),
    );
  }

  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>> {
    return this.#listeners.add(channel, heard);
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
      // A channel whose end could not be told ends with its connection; a listener that was not heard must know.
      if (command === "listen") throw databaseErrorOf(error);
    }
  }

  async #open(): Promise<pg.Client> {
    const client = this.#connect();
    const ended = new AbortController();
    client.on("notification", ({ channel, payload }) => this.#listeners.hear(channel, payload ?? ""));
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
    if (ended.signal.aborted) void this.#reopen();
    else ended.signal.addEventListener("abort", () => void this.#reopen());
    return client;
  }

  /** Asks until the connection has ended, and ends it when it does not answer: a path that was cut tells nobody. */
  async #watch(client: pg.Client, ended: AbortSignal): Promise<void> {
    const over = AbortSignal.any([ended, this.#closing.signal]);
    while (!over.aborted) {
      await this.#clock.pause(ASK_EVERY_MS, over);
      if (over.aborted || (await answersInTime(client, this.#clock, over))) continue;
      if (over.aborted) return;
      this.#fellSilent();
      // With a question open, the driver breaks the connection instead of taking leave of a server that does not hear.
      await client.end().catch(() => undefined);
    }
  }

  /** Tries until it works. Readers poll too, so nothing is lost meanwhile, only later. */
  async #reopen(): Promise<void> {
    this.#client = undefined;
    while (!this.#closed && this.#client === undefined) {
      await this.#clock.pause(RECONNECT_AFTER_MS, this.#closing.signal);
      if (this.#closed || this.#client !== undefined) return;
      this.#client = this.#open();
      await (this.#client as Promise<pg.Client>).catch(() => undefined);
    }
  }
}
