/** This many refused messages in a row are a setup issue. */
const STREAK = 3;
/**
 * Refusals further apart than this (ms) are no streak: another instance may have seen accepted messages
 * between them.
 */
const ROW_GAP_MS = 60 * 60_000;

/**
 * Counts refusals about a number in a row without an acceptance, as seen by this instance. Refusals about the
 * message neither count nor end a streak: a client's bad list is no fault of its number. Holds state, does no
 * I/O.
 */
export class RefusalStreaks {
  readonly #rows = new Map<string, { count: number; since: number; lastAt: number }>();

  /**
   * When Meta's streak of refusals began, once it is one; null before.
   *
   * @param openSince when the number's gate opened: a repair resets the streak
   */
  refused(numberId: string, now: number, openSince: number): number | null {
    const known = this.#rows.get(numberId);
    // After the clock was set back, the time when the gate opened is not known.
    const isSameShare = known !== undefined && (known.since >= openSince || openSince > now);
    const goesOn = isSameShare && now - known.lastAt <= ROW_GAP_MS;
    const row = goesOn ? known : { count: 0, since: now, lastAt: now };
    row.count += 1;
    row.lastAt = now;
    this.#rows.set(numberId, row);
    return row.count >= STREAK ? row.since : null;
  }

  /** The streak has ended: Meta accepted a message, or the number's gate has closed. */
  end(numberId: string): void {
    this.#rows.delete(numberId);
  }
}
