/** A broken assumption of ours: a defect, never an expected outcome. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`Broken assumption: ${what}`);
}

/** Closes a switch over a union: the compiler fails here when a case is missing. */
export function assertNever(value: never, what = "case"): never {
  throw new Error(`Broken assumption: unknown ${what} ${JSON.stringify(value)}`);
}
