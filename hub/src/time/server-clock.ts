/**
 * The server's clock as the browser knows it. The two may differ: the sandbox follows a clock that can be advanced,
 * and a laptop's clock may simply be wrong. Every API answer carries `Sharekeeper-Time`; ages are told against that.
 */
let offsetMs = 0;
const listeners = new Set<() => void>();

/** Takes the instant of an answer, in ISO 8601. An instant that does not parse is ignored. */
export function recordServerTime(iso: string | null): void {
  const serverMs = iso === null ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(serverMs)) return;
  const fresh = serverMs - Date.now();
  // A second either way is the network's doing: following it would make every age flicker.
  if (Math.abs(fresh - offsetMs) < 1000) return;
  offsetMs = fresh;
  tick();
}

/** The server's now, in ms since the epoch. */
export const serverNow = (): number => Date.now() + offsetMs;

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
