import { ACTIONS } from "../actions/act.ts";
import { GRAPH_ROUTES, ROOT_ROUTES } from "../graph/graph.ts";
import { knobsOf } from "../world/knobs.ts";
import { OVERRIDABLE_FIELDS } from "../webhooks/payloads.ts";
import { ACCOUNT_EVENTS, FIELD_TABLE } from "../webhooks/webhook-fields.ts";

/** The reference page of the emulator (docs/reference/emulator-routes.md), from its own tables. */
export function renderEmulatorReference(): string {
  return [
    "# The Meta emulator: routes, actions, webhooks, knobs",
    "",
    "Everything the emulator knows of Meta, each line with where it is known from. What is not here is answered as *not emulated*,",
    "with the nearest line that is. This page is made from the emulator's own tables.",
    "",
    "## Graph API",
    "",
    "Under any `/vN.N/…` and unversioned. *counted*: an answered call counts against the WABA's hour (200, or 5000 with a registered",
    "number).",
    "",
    table(["call", "source", ""], routeRows()),
    "",
    "## Actions",
    "",
    '`POST /_emulator/actions` with `{"action": …}`. *invented*: no source says what Meta sends.',
    "",
    table(["action", "on", "what happens", "what Meta sends"], actionRows()),
    "",
    "## Webhook fields",
    "",
    '`POST /_emulator/webhooks` with `{"field", "waba_id"}` (and `event` for `account_update`) sends the example, with a `value`',
    "exactly that. *seen*: the shape stands in a page of Meta's; *named*: only its name, or single keys.",
    "",
    table(["field", "shape", "envelope id", "time", "override"], fieldRows()),
    "",
    "## Events of `account_update`",
    "",
    table(
      ["event", "envelope id"],
      ACCOUNT_EVENTS.map((row) => [`\`${row.event}\``, idWords(row.entry)]),
    ),
    "",
    "## Knobs",
    "",
    "Where Meta's behaviour is undocumented or differs between reports. `GET` and `POST /_emulator/knobs`.",
    "",
    table(["knob", "default", "what it is"], knobRows()),
    "",
  ].join("\n");
}

function routeRows(): string[][] {
  const nodes = Object.entries(GRAPH_ROUTES).flatMap(([kind, routes]) =>
    routes.map(({ method, edge, source, counted }) => [
      `\`${method} /{${kind}}${edge && `/${edge}`}\``,
      source,
      counted ? "counted" : "",
    ]),
  );
  return [...ROOT_ROUTES.map(({ method, path, source }) => [`\`${method} ${path}\``, source, ""]), ...nodes];
}

function actionRows(): string[][] {
  const targets = { waba: "WABA", number: "number", app_number: "coexistence number", none: "" };
  return ACTIONS.map(({ name, target, summary, sends, invented }) => [
    `\`${name}\``,
    targets[target],
    summary,
    invented ? `${sends} (*invented*)` : sends,
  ]);
}

function fieldRows(): string[][] {
  return FIELD_TABLE.map(({ field, shape, entry, timed }) => [
    `\`${field}\``,
    shape,
    field === "account_update" ? "by event" : idWords(entry),
    timed ? "yes" : "no",
    OVERRIDABLE_FIELDS.includes(field) ? "yes" : "",
  ]);
}

function idWords(entry: "waba" | "portfolio"): string {
  return entry === "waba" ? "WABA" : "partner's portfolio";
}

function knobRows(): string[][] {
  return knobsOf().map(({ name, value, words }) => [`\`${name}\``, `\`${JSON.stringify(value)}\``, words]);
}

function table(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}
