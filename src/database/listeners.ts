interface Listener {
  notify(payload: string): void;
  resumed(): void;
}

/** The listeners of each channel. LISTEN is sent for the first one, UNLISTEN after the last. */
export class Listeners {
  readonly #byChannel = new Map<string, Set<Listener>>();
  readonly #listen: (channel: string) => Promise<unknown>;
  readonly #unlisten: (channel: string) => Promise<unknown>;

  constructor(
    listen: (channel: string) => Promise<unknown>,
    unlisten: (channel: string) => Promise<unknown>,
  ) {
    this.#listen = listen;
    this.#unlisten = unlisten;
  }

  get channels(): string[] {
    return [...this.#byChannel.keys()];
  }

  notify(channel: string, payload: string): void {
    for (const listener of this.#byChannel.get(channel) ?? []) listener.notify(payload);
  }

  /** To call when every LISTEN stands again after it was lost. */
  resumed(): void {
    for (const all of this.#byChannel.values()) for (const listener of all) listener.resumed();
  }

  /** Resolves once every later NOTIFY calls `notify`, with the function that ends it. */
  async add(
    channel: string,
    notify: (payload: string) => void,
    onResumed: () => void = () => undefined,
  ): Promise<() => Promise<void>> {
    const all = this.#byChannel.get(channel) ?? new Set();
    const mine: Listener = { notify, resumed: onResumed };
    this.#byChannel.set(channel, all.add(mine));
    try {
      await this.#listen(channel);
    } catch (error) {
      this.#remove(channel, mine);
      throw error;
    }
    return async () => {
      if (this.#remove(channel, mine)) await this.#unlisten(channel);
    };
  }

  /** Returns whether the channel has no listener left. */
  #remove(channel: string, listener: Listener): boolean {
    const all = this.#byChannel.get(channel);
    if (!all?.delete(listener) || all.size > 0) return false;
    return this.#byChannel.delete(channel);
  }
}
