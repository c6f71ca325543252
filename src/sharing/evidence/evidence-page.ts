import { CLIENT_EVIDENCE } from "./client-evidence.ts";
import { EVIDENCE } from "./evidence.ts";
import { PARTNER_MODELS } from "../model/partner-model.ts";

/** docs/reference/evidence.md: what each answer of Meta's proves, in the order in which the rows are tried. Pure. */
export function renderEvidence(): string {
  const rows = EVIDENCE.map(
    ({ what, source, means }, index) =>
      `| ${index + 1} | ${what} | ${MEANINGS[means.finding](means)} | ${source} |`,
  );
  return `${HEAD}\n${rows.join("\n")}\n${TAIL}\n${renderClientEvidence()}\n${renderPartnerModels()}`;
}

const APP = {
  true: "`AppInstalled` True",
  app_uninstalled: "`AppInstalled` False, `app_uninstalled`",
  none: "nothing about the app",
} as const;
const TOKEN = {
  true: "`TokenValid` True",
  provider_token_invalid: "`TokenValid` False, `provider_token_invalid`",
  none: "nothing about the token",
} as const;

function renderClientEvidence(): string {
  const rows = CLIENT_EVIDENCE.map(
    ({ what, source, app, token }, index) =>
      `| C${index + 1} | ${what} | ${APP[app]}; ${TOKEN[token]} | ${source} |`,
  );
  return `${CLIENT_HEAD}\n${rows.join("\n")}\n${CLIENT_TAIL}`;
}

function renderPartnerModels(): string {
  const rows = PARTNER_MODELS.map(
    ({ name, what, requires, proof, listing, wayBack, mark, source }) =>
      `| \`${name}\` | ${what} | ${requires.map((condition) => `\`${condition}\``).join(", ")} | ${proof.Shared} | ` +
      `${proof.FullControl} | ${listing === null ? "none" : `\`${listing}\``} | ${wayBack} | ${mark}: ${source} |`,
  );
  return `${MODELS_HEAD}\n${rows.join("\n")}\n${MODELS_TAIL}`;
}

type Means = (typeof EVIDENCE)[number]["means"];

const MEANINGS: Record<Means["finding"], (means: Means) => string> = {
  out_of_reach: () => "the client's share or its rights are gone: one bad look",
  locked: () => "the account is locked; the share stands",
  nothing: (means) =>
    means.finding === "nothing"
      ? `nothing about the client: \`${means.reason}\`, ${means.ours ? "ours to repair" : "not ours"}`
      : "",
};

const HEAD = `# What each answer of Meta's proves

This page is made from the table in \`src/sharing/evidence/evidence.ts\`. The first row that matches an answer decides what it is worth; an answer
that no row knows proves nothing. A removal is never read from an unknown code.

| # | the answer | what it proves | source |
|---|---|---|---|`;

const TAIL = `
A success proves what was asked for: a read of the WABA's \`id\` alone proves \`Shared\`, a passed write of MANAGE proves \`FullControl\`.

Everything else (name, owner, payment, health, numbers) is asked beside the proof. When Meta refuses such a call, each group of fields is
asked for by itself. A refused field is "not known". It changes nothing of the share, is left out of the next probes, and is asked for
alone after 5 s, then after longer pauses, up to an hour; a person's check asks for it at once. A refused list of system users is
answered by the write. Which fields these are stands in \`src/sharing/probe/probe-fields.ts\`; \`sharekeeper doctor\` names those that Meta refuses.

One bad look is not a loss yet. "Out of reach" counts only when a read of our own portfolio with the same token succeeded in the same
look; for a failed write, only when the same write passes on another WABA, or our own system user reads back as ADMIN. Without a
closing hint of Meta's, two bad looks in a row are needed. The whole rules: "Hints and proofs", 6 and 7.
`;

const CLIENT_HEAD = `## The client's own token

Where a token of the client is held, each look asks \`debug_token\` about it with our system user's token, and only when that does not show
that all is well, reads the WABA with the client's token itself. This table is made from \`src/sharing/evidence/client-evidence.ts\`; the first
row that matches wins. \`TokenValid\` is about the token we send with: the client's where the WABA sends with it, else our system user's.

| # | what was seen | what it proves | source |
|---|---|---|---|`;

const CLIENT_TAIL = `
A token that is dead or missing where we send with it is asked for again first, once a look (\`system_user_access_tokens\` with
\`fetch_only\`); one that Meta gives and that stands for the WABA takes its place, and the timeline says so.
`;

const MODELS_HEAD = `## Partner models

How a WABA is ours to use, and what that asks of it. \`AppInstalled\` is required of every WABA that sends with the client's own token. Made
from \`src/sharing/model/partner-model.ts\`; "inferred" marks what no page of Meta's says.

| model | what it is | requires | what proves \`Shared\` | what proves \`FullControl\` | Meta's list | the way back | source |
|---|---|---|---|---|---|---|---|`;

const MODELS_TAIL = `
A system user whose role is EMPLOYEE reaches only what it was given: when Meta does not show us a WABA, our own role is read too, and an
employee's refusal is \`provider_token_invalid\`, and ours to repair, whatever the model.

While a WABA is only observed nothing is written: there the read of \`assigned_users\` stands for the write
([decision 0004](../decisions/0004-observing-writes-nothing.md)).
`;
