/**
 * The server's clock as the browser knows it. The two may differ: the sandbox follows a clock that can be
 * advanced, and a laptop's clock may simply be wrong. Every API answer carries `Sharekeeper-Time`; ages are
 * computed against it.
 */
let offsetMs: number | undefined;
const listeners = new Set<() => void>();
const setBackListeners = new Set<() => void>();
/** Longer than any answer takes, so that a slow answer does not count as a clock that was set back. */
const SET_BACK_MS = 30_000;

/** Takes the instant of an answer, in ISO 8601. An instant that does not parse is ignored. */
export function recordServerTime(iso: string | null): void {
  const serverMs = iso === null ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(serverMs)) return;
  const fresh = serverMs - Date.now();
  const before = offsetMs;
  // The network causes a second of difference. Following it would make every age flicker.
  if (before !== undefined && Math.abs(fresh - before) < 1000) return;
  offsetMs = fresh;
  tick();
  if (before !== undefined && before - fresh > SET_BACK_MS)
    for (const listener of setBackListeners) listener();
}

/**
 * Calls `listener` when the server's clock was set back, as a reset of the sandbox does: what was read before
 * names instants that have not come yet. The returned function stops.
 */
export function onClockSetBack(listener: () => void): () => void {
  setBackListeners.add(listener);
  return () => setBackListeners.delete(listener);
}

/** The server's now, in ms since the epoch. */
export const serverNow = (): number => Date.now() + (offsetMs ?? 0);

function tick(): void {
  for (const listener of listeners) listener();
}

let timer: ReturnType<typeof setInterval> | undefined;

/** Calls `listener` every second while anyone listens; for useSyncExternalStore. */
export function subscribeToSeconds(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
