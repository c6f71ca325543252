import type { RandomSource } from "../simulation/random-source.ts";

/** Something that takes hostile input. A case is made from a seed alone, so that a seed replays exactly. */
export interface Target<Case> {
  name: string;
  /** The parts of the product that it goes through, in a line. */
  through: string;
  make(random: RandomSource): Case;
  /** How many bodies or answers the case holds. A million counts these. */
  sizeOf(input: Case): number;
  /** What was broken, or null. An exception counts as broken too. */
  run(input: Case): Promise<string | null>;
  /** Smaller cases to try instead, biggest step first. */
  smaller(input: Case): Generator<Case>;
  describe(input: Case): string[];
}

/** `run`, with an exception as the fault. */
export async function faultOf<Case>(target: Target<Case>, input: Case): Promise<string | null> {
  try {
    return await target.run(input);
  } catch (error) {
    const place =
      error instanceof Error ? (error.stack ?? "").split("\n").slice(0, 3).join(" ") : String(error);
    return `threw ${place}`;
  }
}

const SHRINK_RUNS = 3000;

/** The kind of a fault. Numbers in it may differ between a case and a smaller one. */
const kindOf = (fault: string): string => fault.replaceAll(/[0-9]+/g, "0").slice(0, 60);

/** A smaller case that is broken in the same way. */
export async function shrink<Case>(target: Target<Case>, input: Case, fault: string): Promise<Case> {
  let smallest = input;
  let left = SHRINK_RUNS;
  for (let isSmaller = true; isSmaller && left > 0;) {
    isSmaller = false;
    for (const candidate of target.smaller(smallest)) {
      if ((left -= 1) <= 0) break;
      const still = await faultOf(target, candidate);
      if (still === null || kindOf(still) !== kindOf(fault)) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

/** Cuts pieces out of `bytes`, the largest first. */
export function* cuts(bytes: Buffer): Generator<Buffer> {
  for (let size = Math.ceil(bytes.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < bytes.length; at += size)
      yield Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
}
