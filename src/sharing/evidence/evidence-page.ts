import { CLIENT_EVIDENCE } from "./client-evidence.ts";
import { EVIDENCE } from "./evidence-table.ts";
import { PARTNER_MODELS } from "../model/partner-model.ts";

/**
 * Renders docs/reference/evidence.md: what each answer of Meta proves, in the order in which the rows are
 * tried. Pure.
 */
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
      `| \`${name}\` | ${what} | ${requires.map((condition) => `\`${condition}\``).join(", ")} | ` +
      `${proof.Shared} | ${proof.FullControl} | ${listing === null ? "none" : `\`${listing}\``} | ` +
      `${wayBack} | ${mark}: ${source} |`,
  );
  return `${MODELS_HEAD}\n${rows.join("\n")}\n${MODELS_TAIL}`;
}

type Means = (typeof EVIDENCE)[number]["means"];

const MEANINGS: Record<Means["finding"], (means: Means) => string> = {
  out_of_reach: () => "the client's share or its rights are gone: one bad probe",
  locked: () => "the account is locked; the share is intact",
  nothing: (means) =>
    means.finding === "nothing"
      ? `nothing about the client: \`${means.reason}\`, ${means.ours ? "ours to repair" : "not ours"}`
      : "",
};

const HEAD = `# What each answer of Meta proves

This page is made from the table in \`src/sharing/evidence/evidence-table.ts\`. The first row that matches an
answer says what it proves. An answer without a row proves nothing, so an unknown code is never a removal.

| # | the answer | what it proves | source |
|---|---|---|---|`;

const TAIL = `
A success proves what was asked for: a read of the WABA's \`id\` alone proves \`Shared\`, a passed write of
MANAGE proves \`FullControl\`.

Everything else (name, owner, payment, health, numbers) is asked beside the proof. When Meta refuses such a
call, each group of fields is asked for by itself. A refused field is "not known". It says nothing about the
share and is left out of the next probes. It is asked for alone after 5 s, then after longer pauses, up to an
hour. A person's check asks for it at once. If the list of system users is refused, the write answers instead.
The fields stand in \`src/sharing/probe/probe-fields.ts\`; \`sharekeeper doctor\` names those that Meta
refuses.

One bad probe is not a loss yet. "Out of reach" counts only when a read of our own portfolio with the same
token succeeded in the same probe. A failed write counts only when the same write passes on another WABA, or
our own system user reads back as ADMIN. Without a closing hint by Meta, two bad probes in a row are needed.
See rules 6 and 7 in [rules.md](rules.md).
`;

const CLIENT_HEAD = `## The client's own token

Where we hold a token of the client, each probe asks \`debug_token\` about it with our system user's token.
Only when that does not prove the token, it reads the WABA with the client's token itself. This table is made
from \`src/sharing/evidence/client-evidence.ts\`; the first row that matches wins. \`TokenValid\` is about the
token we send with: the client's where the WABA sends with it, else our system user's.

| # | what was read | what it proves | source |
|---|---|---|---|`;

const CLIENT_TAIL = `
A token that we send with and that is dead or missing is first fetched again, once per probe
(\`system_user_access_tokens\` with \`fetch_only\`). If Meta gives one that is valid for the WABA, it replaces
the old one, and the timeline says so.
`;

const MODEL_COLUMNS =
  "| model | what it is | requires | what proves `Shared` | what proves `FullControl` | Meta's list | " +
  "recovery | source |";

const MODELS_HEAD = `## Partner models

How a WABA is ours to use, and what that requires. \`AppInstalled\` is required of every WABA that sends with
the client's own token. Made from \`src/sharing/model/partner-model.ts\`; "inferred" marks what no page of
Meta says.

${MODEL_COLUMNS}
|---|---|---|---|---|---|---|---|`;

const MODELS_TAIL = `
A system user whose role is EMPLOYEE reaches only what it was assigned. When Meta does not show us a WABA, our
own role is read too. An employee's refusal is \`provider_token_invalid\`, and ours to repair, whatever the
model.

In observe mode nothing is written. The read of \`assigned_users\` then stands for the write
([decision 0004](../decisions/0004-observing-writes-nothing.md)).
`;
