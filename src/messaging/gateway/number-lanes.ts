interface Lane {
  underWay: number;
  waiting: (() => void)[];
}

/**
 * A number may use a quarter of the free places: the more numbers hang, the less each gets, so that others
 * find a place.
 */
const SHARE_OF_FREE = 1 / 4;

/**
 * Shares out the connections to Meta. Each number has its own lane, so that hanging messages of one number do
 * not stop the others. Messages beyond a lane's places are queued in it, and lanes with queued messages
 * alternate. Holds state, does no I/O.
 */
export class NumberLanes {
  readonly #perNumber: number;
  readonly #lanes = new Map<string, Lane>();
  /** Numbers with queued messages, the next one first. */
  readonly #turns = new Set<string>();
  #free: number;

  constructor({ places, perNumber }: { places: number; perNumber: number }) {
    this.#free = places;
    this.#perNumber = perNumber;
  }

  /** Calls `start` at once, or when a place is free. A started message must call `leave` once. */
  enter(numberId: string, start: () => void): void {
    const lane = this.#lanes.get(numberId) ?? { underWay: 0, waiting: [] };
    this.#lanes.set(numberId, lane);
    if (lane.waiting.length === 0 && this.#hasPlace(lane)) return this.#start(lane, start);
    lane.waiting.push(start);
    this.#turns.add(numberId);
  }

  leave(numberId: string): void {
    const lane = this.#lanes.get(numberId);
    if (lane === undefined) return;
    lane.underWay -= 1;
    this.#free += 1;
    if (lane.underWay === 0 && lane.waiting.length === 0) this.#lanes.delete(numberId);
    this.#goOn();
  }

  #goOn(): void {
    // A number that is put back at the end comes up again: the round ends when no number finds a place.
    for (const numberId of this.#turns) {
      const lane = this.#lanes.get(numberId);
      if (lane === undefined || !this.#hasPlace(lane)) continue;
      const start = lane.waiting.shift();
      this.#turns.delete(numberId);
      if (lane.waiting.length > 0) this.#turns.add(numberId);
      if (start !== undefined) this.#start(lane, start);
    }
  }

  #hasPlace({ underWay }: Lane): boolean {
    const share = Math.max(1, Math.floor(this.#free * SHARE_OF_FREE));
    return this.#free > 0 && underWay < Math.min(this.#perNumber, share);
  }

  #start(lane: Lane, start: () => void): void {
    lane.underWay += 1;
    this.#free -= 1;
    start();
  }
}
