const SETTLE_MS = 120;
/** When Meta itself fails, thousands of changes arrive: lists are read once a second at most. */
const SHORTEST_PERIOD_MS = 1_000;
let lastRunMs = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Runs `run` soon; calls in the meantime are one. */
export function soon(run: () => void): void {
  timer ??= setTimeout(
    () => {
      timer = undefined;
      lastRunMs = Date.now();
      run();
    },
    Math.max(SETTLE_MS, Math.min(SHORTEST_PERIOD_MS, lastRunMs + SHORTEST_PERIOD_MS - Date.now())),
  );
}
