/** Events after a place of the journal, as a stream needs them. */
export interface StreamBatch {
  events: readonly { id: string }[];
  /** The id of the last line read, whether or not it became an event. */
  lastId: string;
}

/**
 * Per API key or session. A browser needs one stream for all its tabs; the others are for programs and for
 * dead connections.
 */
const STREAMS_PER_HOLDER = 20;
const STREAMS = 500;

/**
 * The event streams that are open on this instance: limited in number, with one shared read for all at the
 * same place.
 */
export class OpenStreams {
  readonly #countOf = new Map<string, number>();
  readonly #reads = new Map<string, Promise<StreamBatch>>();
  #count = 0;

  /**
   * Takes one place. Returns the function that releases it, or null when no place is free. A second release
   * does nothing.
   */
  take(holder: string): (() => void) | null {
    const held = this.#countOf.get(holder) ?? 0;
    if (held >= STREAMS_PER_HOLDER || this.#count >= STREAMS) return null;
    this.#countOf.set(holder, held + 1);
    this.#count += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.#giveBack(holder);
      isHeld = false;
    };
  }

  #giveBack(holder: string): void {
    const held = (this.#countOf.get(holder) ?? 1) - 1;
    if (held === 0) this.#countOf.delete(holder);
    else this.#countOf.set(holder, held);
    this.#count -= 1;
  }

  /** The read under way for `place`, or a new one. */
  share(place: string, read: () => Promise<StreamBatch>): Promise<StreamBatch> {
    const known = this.#reads.get(place);
    if (known !== undefined) return known;
    const begun = read().finally(() => this.#reads.delete(place));
    this.#reads.set(place, begun);
    return begun;
  }
}
