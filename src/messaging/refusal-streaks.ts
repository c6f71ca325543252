/** Messages refused in a row, from here on a setup issue. */
const STREAK = 3;

/**
 * Refusals about a number in a row without an acceptance, as this instance has seen them. Other refusals neither count nor end a row: a
 * client's bad list says nothing of its number. Holds state, does no I/O.
 */
export class RefusalStreaks {
  readonly #rows = new Map<string, { count: number; since: number }>();

  /** Since when Meta refuses the number's messages, once that is a row; null before. */
  refused(numberId: string, now: number): number | null {
    const row = this.#rows.get(numberId) ?? { count: 0, since: now };
    row.count += 1;
    this.#rows.set(numberId, row);
    return row.count >= STREAK ? row.since : null;
  }

  /** The row has ended: Meta accepted a message, or what it amounts to was told. */
  end(numberId: string): void {
    this.#rows.delete(numberId);
  }
}
