import { useEffect, useSyncExternalStore } from "react";

/**
 * Commands that the palette can order for a WABA. They run on the WABA's own page, which shows the answer.
 */
export type OrderedCommand = "check" | "send";

/** A page that opens later than this ignores the command. */
const LONGEST_WAIT_MS = 15_000;

let ordered: { wabaId: string; act: OrderedCommand; atMs: number } | null = null;
const listeners = new Set<() => void>();

function set(next: typeof ordered): void {
  ordered = next;
  for (const listener of listeners) listener();
}

/** In memory and not in the address: a copied link must do nothing by itself. */
export function orderCommand(wabaId: string, act: OrderedCommand): void {
  set({ wabaId, act, atMs: Date.now() });
}

/** Runs once what was ordered for this WABA, as soon as its page is mounted. */
export function useOrderedCommand(wabaId: string, acts: Record<OrderedCommand, () => void>): void {
  const order = useSyncExternalStore(subscribe, () => ordered);
  useEffect(() => {
    // The page that is closing must not run the command of the next one.
    if (order?.wabaId !== wabaId) return;
    set(null);
    if (Date.now() - order.atMs < LONGEST_WAIT_MS) acts[order.act]();
  }, [order, wabaId, acts]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
