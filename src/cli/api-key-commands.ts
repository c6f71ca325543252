import type { ApiKeyJson, NewApiKeyJson } from "../http/api/api-keys/api-keys.ts";
import { UsageError } from "../lib/start-error.ts";
import { english } from "../messages/english.ts";
import { askApi, type Api } from "./api.ts";
import { EXIT, type CliContext } from "./cli-context.ts";
import { renderTable } from "./render-table.ts";
import { usage } from "./waba-commands.ts";

type Run = (api: Api, context: CliContext) => Promise<void>;

const ACTS: Readonly<Record<string, Run>> = { list, create, rotate, revoke };

/** The API keys: `list` them, `create`, `rotate` or `revoke` one. A new key is all that goes to stdout. */
export async function runApiKeys(api: Api, context: CliContext): Promise<number> {
  const [name = "list", ...args] = context.args;
  const run = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
  if (run === undefined) return usage(english("cli.usage.api_keys"));
  await run(api, { ...context, args });
  return EXIT.shared;
}

async function list(api: Api, { args, options, json, print, warn, now }: CliContext): Promise<void> {
  checkGiven({ args, options }, ["prefix"], 0);
  const { prefix } = options;
  const query = typeof prefix === "string" ? `?prefix=${encodeURIComponent(prefixOf(prefix))}` : "";
  const keys = await askApi<{ data: ApiKeyJson[] }>(api, "GET", `/api-keys${query}`);
  if (json) return print(JSON.stringify(keys));
  if (keys.data.length === 0 && query === "") return warn(english("cli.no_api_keys"));
  const rows = keys.data.map((key) => [
    ...[key.id, key.prefix, key.name, key.role, key.scopes?.join(",") ?? english("cli.every_scope")],
    ...[key.client_id ?? key.connection_id ?? "", key.last_used_at ?? english("cli.never")],
    stateOf(key, now()),
  ]);
  print(renderTable(english("cli.api_keys_head").split("|"), rows));
}

/** Of a whole key that somebody pastes, only its prefix leaves this machine: addresses stand in logs. */
const prefixOf = (text: string): string => text.trim().split("_").slice(0, 2).join("_");

function stateOf(key: ApiKeyJson, now: number): string {
  if (key.revoked_at !== undefined) return english("cli.key_revoked", { at: key.revoked_at });
  if (key.expires_at === null) return english("cli.key_valid");
  const isOver = Date.parse(key.expires_at) <= now;
  return english(isOver ? "cli.key_expired" : "cli.key_expires", { at: key.expires_at });
}

async function create(api: Api, context: CliContext): Promise<void> {
  const { options } = context;
  checkGiven(context, ["name", "role", "scopes", "client", "connection", "expires"], 0);
  const { name, role, scopes, client, connection, expires } = options;
  if (typeof name !== "string" || typeof role !== "string")
    throw new UsageError(english("cli.usage.api_keys_create"));
  if (typeof expires === "string" && Number.isNaN(Date.parse(expires)))
    throw new UsageError(english("cli.usage.expires", { expires }));
  const made = await askApi<NewApiKeyJson>(api, "POST", "/api-keys", {
    ...{ name, role },
    ...(typeof scopes === "string" && { scopes: scopes.split(",") }),
    ...(typeof client === "string" && { client_id: client }),
    ...(typeof connection === "string" && { connection_id: connection }),
    ...(typeof expires === "string" && { expires_at: new Date(expires).toISOString() }),
  });
  show(made, context);
}

async function rotate(api: Api, context: CliContext): Promise<void> {
  const { overlap } = context.options;
  const id = checkGiven(context, ["overlap"], 1);
  const body = typeof overlap === "string" ? { overlap_s: Number(overlap) } : {};
  const made = await askApi<NewApiKeyJson>(api, "POST", `/api-keys/${encodeURIComponent(id)}/rotate`, body);
  show(made, context);
}

function show(made: NewApiKeyJson, { json, print, warn }: CliContext): void {
  print(json ? JSON.stringify(made) : made.key);
  const { id, name, previous_until: until } = made;
  warn(english("cli.key_shown_once", { id, name }));
  if (until !== undefined) warn(english("cli.key_before", { until }));
}

async function revoke(api: Api, context: CliContext): Promise<void> {
  const id = checkGiven(context, [], 1);
  await askApi<null>(api, "DELETE", `/api-keys/${encodeURIComponent(id)}`);
  context.print(context.json ? JSON.stringify({ id, revoked: true }) : english("cli.key_is_revoked", { id }));
}

/** Options of one of the acts, beside those of every command. */
const OWN = ["prefix", "name", "role", "scopes", "client", "connection", "expires", "overlap"];

/**
 * The key that is named, if one is to be named.
 *
 * @throws UsageError for an option of another act, or another count of keys
 */
function checkGiven(
  { args, options }: Pick<CliContext, "args" | "options">,
  taken: readonly string[],
  count: 0 | 1,
): string {
  const foreign = OWN.find((name) => options[name] !== undefined && !taken.includes(name));
  if (foreign !== undefined || args.length !== count) return usage(english("cli.usage.api_keys"));
  return args[0] ?? "";
}
