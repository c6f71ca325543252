/** Starts counting wall-clock time, whatever any Clock says. Returns the ms since. */
export function startStopwatch(): () => number {
  const startedAt = performance.now();
  return () => performance.now() - startedAt;
}
