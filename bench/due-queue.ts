/** Which of up to a million is due next: a binary heap over typed arrays. Each holds one place at most. */
export class DueQueue {
  readonly #ids: Int32Array;
  readonly #dueAt: Float64Array;
  #size = 0;

  constructor(capacity: number) {
    this.#ids = new Int32Array(capacity);
    this.#dueAt = new Float64Array(capacity);
  }

  push(id: number, dueAt: number): void {
    this.#dueAt[id] = dueAt;
    let place = this.#size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#dueOf(parent) <= dueAt) break;
      this.#ids[place] = this.#ids[parent] ?? 0;
      place = parent;
    }
    this.#ids[place] = id;
  }

  /** Takes the one that is due first. The queue must not be empty. */
  pop(): { id: number; dueAt: number } {
    const id = this.#ids[0] ?? 0;
    const last = this.#ids[--this.#size] ?? 0;
    const dueAt = this.#dueAt[last] ?? 0;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#dueOf(child + 1) < this.#dueOf(child)) child += 1;
      if (dueAt <= this.#dueOf(child)) break;
      this.#ids[place] = this.#ids[child] ?? 0;
      place = child;
    }
    this.#ids[place] = last;
    return { id, dueAt: this.#dueAt[id] ?? 0 };
  }

  #dueOf(place: number): number {
    return this.#dueAt[this.#ids[place] ?? 0] ?? 0;
  }
}
