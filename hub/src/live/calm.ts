/**
 * "Nothing jumps under the pointer": while a person moves the pointer over a list (`data-calm`), rows change in place only;
 * order, new and gone rows wait until the pointer has left or rested.
 */
const REST_MS = 1_000;
const SETTLE_MS = 120;
/** When Meta itself is in trouble, changes come by the thousand: lists are read once a second at most. */
const SHORTEST_PERIOD_MS = 1_000;
let lastMoveMs = 0;
let lastRunMs = 0;

/** Watches the pointer; the returned function stops. */
export function watchPointer(): () => void {
  const onMove = (event: PointerEvent): void => {
    if (event.target instanceof Element && event.target.closest("[data-calm]")) lastMoveMs = Date.now();
  };
  window.addEventListener("pointermove", onMove, { passive: true });
  return () => window.removeEventListener("pointermove", onMove);
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Runs `act` once when the pointer is calm; calls that come meanwhile are one. */
export function whenCalm(act: () => void): void {
  if (timer !== undefined) return;
  const attempt = (): void => {
    const restMs = lastMoveMs + REST_MS - Date.now();
    if (restMs > 0) {
      timer = setTimeout(attempt, restMs);
      return;
    }
    timer = undefined;
    lastRunMs = Date.now();
    act();
  };
  timer = setTimeout(attempt, Math.max(SETTLE_MS, lastRunMs + SHORTEST_PERIOD_MS - Date.now()));
}
