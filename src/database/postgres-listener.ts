import pg from "pg";
import type { Clock } from "../lib/clock.ts";
import { databaseErrorOf } from "./database-failure.ts";
import { Listeners } from "./listeners.ts";

const RECONNECT_AFTER_MS = 1_000;

/** LISTEN on a connection of its own, made at the first wish to listen and made again whenever it breaks. */
export class PostgresListener {
  readonly #connect: () => pg.Client;
  readonly #clock: Clock;
  readonly #listeners: Listeners;
  #client: Promise<pg.Client> | undefined;
  #closed = false;

  constructor(connect: () => pg.Client, clock: Clock) {
    this.#connect = connect;
    this.#clock = clock;
    this.#listeners = new Listeners(
      (channel) => this.#send("listen", channel),
      (channel) => this.#send("unlisten", channel),
    );
  }

  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>> {
    return this.#listeners.add(channel, heard);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const client = await this.#client?.catch(() => undefined);
    await client?.end();
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
    client.on("notification", ({ channel, payload }) => this.#listeners.hear(channel, payload ?? ""));
    client.on("error", () => undefined); // "end" follows, and is answered there.
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
    client.once("end", () => void this.#reopen());
    return client;
  }

  /** Tries until it works. Readers poll too, so nothing is lost meanwhile, only later. */
  async #reopen(): Promise<void> {
    this.#client = undefined;
    while (!this.#closed && this.#client === undefined) {
      await this.#clock.pause(RECONNECT_AFTER_MS);
      if (this.#closed || this.#client !== undefined) return;
      this.#client = this.#open();
      await (this.#client as Promise<pg.Client>).catch(() => undefined);
    }
  }
}
