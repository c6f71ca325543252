/** The rows on the screen while a list is held, and the difference to the current list. */
export interface HeldRows<Row> {
  rows: Row[];
  /** New rows that are not shown yet. */
  freshCount: number;
  /** Whether the list would look different: new rows, another order, or rows that are gone. */
  differs: boolean;
}

/**
 * The rows as they were, each with its newest content. What is gone stays where it was, what is new waits,
 * except behind the last row, where it moves nothing: there a next page of the list appears.
 */
export function holdRows<Row>(
  held: readonly Row[],
  now: readonly Row[],
  idOf: (row: Row) => string,
): HeldRows<Row> {
  const byId = new Map(now.map((row) => [idOf(row), row]));
  const heldIds = new Set(held.map(idOf));
  const lastKnown = now.findLastIndex((row) => heldIds.has(idOf(row)));
  const appended = lastKnown < 0 ? [] : now.slice(lastKnown + 1);
  const rows = [...held.map((row) => byId.get(idOf(row)) ?? row), ...appended];
  const freshCount = now.slice(0, lastKnown + 1).filter((row) => !heldIds.has(idOf(row))).length;
  return { rows, freshCount: lastKnown < 0 ? now.length : freshCount, differs: !isSame(rows, now) };
}

export const isSame = <Row>(some: readonly Row[], others: readonly Row[]): boolean =>
  some.length === others.length && some.every((row, index) => row === others[index]);
