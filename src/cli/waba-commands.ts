import type { z } from "zod";
import type { WabaSchema } from "../http/api/wabas/waba-schema.ts";
import { UsageError } from "../lib/start-error.ts";
import { english } from "../messages/english.ts";
import { askApi, type Api } from "./api.ts";
import { EXIT, type CliContext } from "./cli-context.ts";
import { renderTable } from "./render-table.ts";

type Waba = z.infer<typeof WabaSchema>;
interface Page {
  data: Waba[];
  has_more: boolean;
  next_cursor: string | null;
}

interface Link {
  id: string;
  url: string;
  expires_at: string;
}

/** Options of `list` that narrow it, as the API calls them. */
const FILTERS = ["q", "status", "reason", "kind", "who_must_act", "broken", "sort"] as const;
const DEFAULT_LIMIT = 50;
const PAGE = 100;

export async function runList(api: Api, { options, json, print }: CliContext): Promise<number> {
  const limit = Number(options.limit ?? DEFAULT_LIMIT);
  const given = FILTERS.flatMap((name): [string, string][] => {
    const value = options[name.replaceAll("_", "-")];
    return typeof value === "string" ? [[name, value]] : [];
  });
  const wabas: Waba[] = [];
  let cursor: string | null = null;
  do {
    const size = Math.min(PAGE, limit - wabas.length);
    const query = new URLSearchParams([
      ...given,
      ["limit", String(size)] satisfies [string, string],
      ...(cursor ? [["cursor", cursor] satisfies [string, string]] : []),
    ]);
    const page: Page = await askApi(api, "GET", `/wabas?${query.toString()}`);
    wabas.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null && wabas.length < limit);
  if (json) print(JSON.stringify({ data: wabas, has_more: cursor !== null, next_cursor: cursor }));
  else {
    const rows = wabas.map((waba) => [
      ...[waba.id, waba.status_line, waba.reason ?? "", waba.who_must_act],
      ...[waba.since, waba.name, waba.client.name],
    ]);
    print(renderTable(english("cli.list_head").split("|"), rows));
    if (cursor !== null) print(english("cli.there_is_more"));
  }
  return EXIT.shared;
}

export async function runShow(api: Api, context: CliContext): Promise<number> {
  return printOne(api, context, "GET", "", renderWaba);
}

export async function runCheck(api: Api, context: CliContext): Promise<number> {
  return printOne(api, context, "POST", "/check", renderWaba);
}

export async function runWhy(api: Api, context: CliContext): Promise<number> {
  return printOne(api, context, "GET", "", renderWhy);
}

async function printOne(
  api: Api,
  { args, json, print }: CliContext,
  method: "GET" | "POST",
  command: string,
  render: (waba: Waba) => string,
): Promise<number> {
  const [wabaId] = args;
  if (wabaId === undefined || args.length > 1) return usage(english("cli.usage.waba"));
  const body = method === "POST" ? {} : undefined;
  const waba = await askApi<Waba>(api, method, `/wabas/${encodeURIComponent(wabaId)}${command}`, body);
  print(json ? JSON.stringify(waba) : render(waba));
  return exitCodeOf(waba);
}

/** Shared with full control, not shared, or not known: by the conditions, whatever its setup issues. */
function exitCodeOf({ conditions }: Pick<Waba, "conditions">): number {
  const both = conditions.filter(({ type }) => type === "Shared" || type === "FullControl");
  if (both.some(({ status }) => status === "False")) return EXIT.notShared;
  return both.every(({ status }) => status === "True") ? EXIT.shared : EXIT.unknown;
}

function renderWaba(waba: Waba): string {
  const conditions = waba.conditions.map((each) => [
    each.type,
    each.status,
    each.reason,
    each.last_transition_at,
  ]);
  const numbers = waba.numbers.map((number) => [
    number.phone_number_id,
    number.display_phone_number ?? "",
    number.can_send ? english("cli.can_send") : english("cli.cannot_send"),
    number.reason ?? "",
  ]);
  return [
    `${waba.id}  ${waba.name}  (${waba.client.name})`,
    `${waba.status_line}: ${waba.summary}`,
    "",
    renderTable(english("cli.conditions_head").split("|"), conditions),
    ...(numbers.length > 0 ? ["", renderTable(english("cli.numbers_head").split("|"), numbers)] : []),
  ].join("\n");
}

function renderWhy(waba: Waba): string {
  const open = waba.conditions.filter(({ status, required }) => status !== "True" && required);
  const ways = waba.recovery.methods.filter(({ available }) => available);
  return [
    `${waba.status_line}: ${waba.summary}`,
    english("cli.since", { since: waba.since, who: waba.who_must_act }),
    ...open.map(({ type, status, message }) => `  ${type} ${status}: ${message}`),
    ...ways.flatMap(({ label, path, steps }) => [
      "",
      `${label}:`,
      ...(path === null ? [] : [`  ${path}`]),
      ...steps.map((step, index) => `${step.done ? "✓" : " "} ${index + 1}. ${renderStep(step)}`),
    ]),
  ].join("\n");
}

/** What is to be copied mostly stands in the sentence. */
function renderStep({ text, copy }: Waba["recovery"]["methods"][number]["steps"][number]): string {
  return copy === undefined || text.includes(copy) ? text : `${text} ${copy}`;
}

export async function runLink(api: Api, { args, options, json, print, warn }: CliContext): Promise<number> {
  const [wabaId] = args;
  if (wabaId === undefined || args.length > 1) return usage(english("cli.usage.waba"));
  const path = `/wabas/${encodeURIComponent(wabaId)}/reshare-links`;
  const rotate = options.rotate === true;
  const expires = options.expires === undefined ? {} : { expires_in_s: Number(options.expires) };
  // A valid link keeps its expiry: the person who asked for another one must know that.
  const known = "expires_in_s" in expires && !rotate ? await readLinkIds(api, path) : [];
  const link = await askApi<Link>(api, "POST", path, { rotate, ...expires });
  if (known.includes(link.id)) warn(english("cli.link_stands", { at: link.expires_at }));
  print(json ? JSON.stringify(link) : link.url);
  return EXIT.shared;
}

async function readLinkIds(api: Api, path: string): Promise<string[]> {
  const { data } = await askApi<{ data: { id: string }[] }>(api, "GET", path);
  return data.map(({ id }) => id);
}

export async function runSignup(api: Api, { args, options, json, print }: CliContext): Promise<number> {
  if (args.length > 0) return usage(english("cli.usage.signup"));
  const text = (name: string, as: string): object =>
    typeof options[name] === "string" ? { [as]: options[name] } : {};
  const signup = await askApi<{ url: string }>(api, "POST", "/signups", {
    ...text("waba", "waba_id"),
    ...text("external-id", "external_id"),
    ...text("flow", "flow"),
    ...text("language", "language"),
  });
  print(json ? JSON.stringify(signup) : signup.url);
  return EXIT.shared;
}

export function usage(sentence: string): never {
  throw new UsageError(sentence);
}
