import { EVIDENCE } from "./evidence.ts";

/** docs/reference/evidence.md: what each answer of Meta's proves, in the order in which the rows are tried. Pure. */
export function renderEvidence(): string {
  const rows = EVIDENCE.map(
    ({ what, source, means }, index) =>
      `| ${index + 1} | ${what} | ${MEANINGS[means.finding](means)} | ${source} |`,
  );
  return `${HEAD}\n${rows.join("\n")}\n${TAIL}`;
}

type Means = (typeof EVIDENCE)[number]["means"];

const MEANINGS: Record<Means["finding"], (means: Means) => string> = {
  out_of_reach: () => "the client's share or its rights are gone: one bad look",
  locked: () => "the account is locked; the share stands",
  nothing: (means) =>
    means.finding === "nothing"
      ? `nothing about the client: \`${means.reason}\`, ${means.ours ? "ours to mend" : "Meta's"}`
      : "",
};

const HEAD = `# What each answer of Meta's proves

This page is made from the table in \`src/sharing/evidence.ts\`. The first row that matches an answer decides what it is worth; an answer
that no row knows proves nothing. A removal is never read from an unknown code.

| # | the answer | what it proves | source |
|---|---|---|---|`;

const TAIL = `
A success proves what was asked for: the node read proves \`Shared\`, a passed write of MANAGE proves \`FullControl\`.

One bad look is not a loss yet. "Out of reach" counts only when a read of our own portfolio with the same token succeeded in the same
look; for a failed write, only when the same write passes on another WABA, or our own system user reads back as ADMIN. Without a
closing hint of Meta's, two bad looks in a row are needed. The whole rules: "Hints and proofs", 6 and 7.
`;
