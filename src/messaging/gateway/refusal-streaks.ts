/** Messages refused in a row, from here on a setup issue. */
const STREAK = 3;
/** Refusals further apart are no row, ms: another instance may have seen thousands accepted between them. */
const ROW_GAP_MS = 60 * 60_000;

/**
 * Refusals about a number in a row without an acceptance, as this instance has seen them. Other refusals neither count nor end a row: a
 * client's bad list says nothing of its number. Holds state, does no I/O.
 */
export class RefusalStreaks {
  readonly #rows = new Map<string, { count: number; since: number; lastAt: number }>();

  /**
   * Since when Meta refuses the number's messages, once that is a row; null before.
   *
   * @param openSince when the number's gate opened: a repair is a new beginning
   */
  refused(numberId: string, now: number, openSince: number): number | null {
    const known = this.#rows.get(numberId);
    // After a clock was set back nothing is known of when the gate opened.
    const isSameShare = known !== undefined && (known.since >= openSince || openSince > now);
    const goesOn = isSameShare && now - known.lastAt <= ROW_GAP_MS;
    const row = goesOn ? known : { count: 0, since: now, lastAt: now };
    row.count += 1;
    row.lastAt = now;
    this.#rows.set(numberId, row);
    return row.count >= STREAK ? row.since : null;
  }

  /** The row has ended: Meta accepted a message, or the number's gate has closed. */
  end(numberId: string): void {
    this.#rows.delete(numberId);
  }
}
