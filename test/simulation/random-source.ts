import { seededRandom } from "../../src/lib/random.ts";

/** All randomness of one history, from its seed. */
export interface RandomSource {
  /** Uniform in [0, 1). */
  next(): number;
  chance(probability: number): boolean;
  /** A whole number in [low, high]. */
  between(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
  /** One of the names, with the probability of its weight. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name;
}

export function randomOf(seed: number): RandomSource {
  const random = seededRandom(seed);
  // The first numbers of neighbouring seeds are alike, so a few are skipped.
  for (let count = 0; count < 5; count += 1) random.next();
  const between = (low: number, high: number): number => low + Math.floor(random.next() * (high - low + 1));
  return {
    next: () => random.next(),
    chance: (probability) => random.next() < probability,
    between,
    pick: <T>(items: readonly T[]) => items[between(0, items.length - 1)] as T,
    weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
      const entries = Object.entries(weights) as [Name, number][];
      let left = random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of entries) if ((left -= weight) < 0) return name;
      return (entries.at(-1) as [Name, number])[0];
    },
  };
}
