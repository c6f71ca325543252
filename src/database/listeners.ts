type Heard = (payload: string) => void;

/** Who listens on which channel. LISTEN is sent for the first on a channel, UNLISTEN after the last. */
export class Listeners {
  readonly #byChannel = new Map<string, Set<Heard>>();
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

  hear(channel: string, payload: string): void {
    for (const heard of this.#byChannel.get(channel) ?? []) heard(payload);
  }

  /** Resolves once every later NOTIFY will be heard, with the function that ends it. */
  async add(channel: string, heard: Heard): Promise<() => Promise<void>> {
    const all = this.#byChannel.get(channel) ?? new Set();
    const mine: Heard = (payload) => heard(payload);
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

  /** Whether nobody is left on the channel now. */
  #remove(channel: string, heard: Heard): boolean {
    const all = this.#byChannel.get(channel);
    if (!all?.delete(heard) || all.size > 0) return false;
    return this.#byChannel.delete(channel);
  }
}
