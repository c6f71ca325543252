/** Graph versions and when they end. Source: Meta's list of versions, read after 29 July 2026. */
const VERSIONS: readonly [version: string, endsAt: string | null][] = [
  ["v20.0", "2026-09-24"],
  ["v21.0", "2027-01-21"],
  ["v22.0", "2027-05-20"],
  ["v23.0", "2027-10-08"],
  ["v24.0", "2028-02-18"],
  ["v25.0", "2028-07-29"],
  ["v26.0", null],
];

/**
 * What the answer is made by: a call of a version that has ended is silently raised to the oldest that lives.
 */
export function answeringVersionOf(asked: string, now: number): string {
  const living = VERSIONS.filter(([, endsAt]) => endsAt === null || Date.parse(endsAt) > now);
  const oldest = living[0]?.[0] ?? asked;
  return numberOf(asked) < numberOf(oldest) ? oldest : asked;
}

/** Older ones are raised; one that Meta has not shipped is no part of a path. */
export function isKnownVersion(asked: string): boolean {
  return numberOf(asked) <= numberOf(VERSIONS.at(-1)?.[0] ?? asked);
}

function numberOf(version: string): number {
  return Number(version.slice(1));
}
