/**
 * When Meta ends what we rest on. `endsOn` is a day in UTC, null while Meta has named none. Sources:
 * "Platform versions" of the Graph API changelog, read after 29 July 2026; "Embedded Signup versions"
 * (2026-05-21), which says October 2026, with the day from Meta's blog of 14 May 2026 (quoted second-hand).
 */
interface CutOff {
  version: string;
  endsOn: string | null;
}

const GRAPH: readonly CutOff[] = [
  { version: "v20.0", endsOn: "2026-09-24" },
  { version: "v21.0", endsOn: "2027-01-21" },
  { version: "v22.0", endsOn: "2027-05-20" },
  { version: "v23.0", endsOn: "2027-10-08" },
  { version: "v24.0", endsOn: "2028-02-18" },
  { version: "v25.0", endsOn: "2028-07-29" },
  { version: "v26.0", endsOn: null },
];

const SIGNUP: readonly CutOff[] = [
  { version: "v2", endsOn: "2026-10-15" },
  { version: "v2-public-preview", endsOn: "2026-10-15" },
  { version: "v3", endsOn: "2026-10-15" },
  { version: "v3-public-preview", endsOn: "2026-10-15" },
  { version: "v4", endsOn: null },
  { version: "v4-public-preview", endsOn: null },
];

/** What a version stands on: the Graph API, or Embedded Signup. */
export type Subject = "graph" | "signup";

/**
 * `far`: more than the warning's time away, or no day named. `unknown`: not in the table, and not older than
 * all that is.
 */
export type CutOffState =
  | { kind: "unknown" }
  | { kind: "far"; endsAt: number | null }
  | { kind: "near"; endsAt: number; days: number }
  | { kind: "passed"; endsAt: number };

const DAY_MS = 86_400_000;
/** How long before the day people are warned. */
const WARNED_FOR_DAYS = 90;

/**
 * How a version stands at `now` (ms). A Graph version older than the table ended before its first row did.
 */
export function cutOffOf(subject: Subject, version: string, now: number): CutOffState {
  const table = subject === "graph" ? GRAPH : SIGNUP;
  const row = table.find((candidate) => candidate.version === version) ?? olderThanAll(subject, version);
  if (row === undefined) return { kind: "unknown" };
  if (row.endsOn === null) return { kind: "far", endsAt: null };
  const endsAt = Date.parse(row.endsOn);
  const days = Math.ceil((endsAt - now) / DAY_MS);
  if (now >= endsAt) return { kind: "passed", endsAt };
  return days <= WARNED_FOR_DAYS ? { kind: "near", endsAt, days } : { kind: "far", endsAt };
}

function olderThanAll(subject: Subject, version: string): CutOff | undefined {
  const first = GRAPH[0];
  if (subject !== "graph" || first === undefined) return undefined;
  return numberOf(version) < numberOf(first.version) ? first : undefined;
}

/** The newest version that has no end in sight: what to change to. */
export function newestOf(subject: Subject): string {
  const table = subject === "graph" ? GRAPH : SIGNUP.filter(({ version }) => !version.includes("-"));
  return table.at(-1)?.version ?? "";
}

const numberOf = (version: string): number => Number(version.slice(1));
