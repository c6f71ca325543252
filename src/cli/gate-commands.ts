import type { z } from "zod";
import type { CanSendJson } from "../http/api/wabas/number-schema.ts";
import type { WabaSchema } from "../http/api/wabas/waba-schema.ts";
import { english } from "../messages/english.ts";
import { askApi, type Api } from "./api.ts";
import { EXIT, type CliContext } from "./cli-context.ts";
import { renderTable } from "./render-table.ts";
import { usage } from "./waba-commands.ts";

type Waba = z.infer<typeof WabaSchema>;

/** Whether messages of these numbers would pass. Exit code 0: all of them, 3: at least one would not. */
export async function runCanSend(api: Api, { args, json, print, warn }: CliContext): Promise<number> {
  if (args.length === 0) return usage(english("cli.usage.can_send"));
  const answer = await askApi<{ data: CanSendJson[]; not_found: string[] }>(api, "POST", "/can-send", {
    numbers: args,
  });
  if (json) print(JSON.stringify(answer));
  else {
    const rows = answer.data.map((row) => [
      ...[row.phone_number_id, row.can_send ? english("cli.can_send") : english("cli.cannot_send")],
      ...[row.reason ?? "", row.since, row.as_of],
    ]);
    print(renderTable(english("cli.can_send_head").split("|"), rows));
  }
  for (const id of answer.not_found) warn(english("cli.no_number", { id }));
  if (answer.not_found.length > 0) return EXIT.failed;
  return answer.data.every((row) => row.can_send) ? EXIT.shared : EXIT.notShared;
}

export async function runClose(api: Api, { args, options, json, print }: CliContext): Promise<number> {
  const { reason, until } = options;
  if (args.length !== 1 || typeof reason !== "string") return usage(english("cli.usage.close"));
  if (typeof until === "string" && Number.isNaN(Date.parse(until)))
    return usage(english("cli.usage.until", { until }));
  const body = { reason, ...(typeof until === "string" && { until: new Date(until).toISOString() }) };
  return command(api, `/wabas/${encodeURIComponent(args[0] ?? "")}/close`, body, { json, print });
}

export async function runReopen(api: Api, { args, json, print }: CliContext): Promise<number> {
  if (args.length !== 1) return usage(english("cli.usage.waba"));
  return command(api, `/wabas/${encodeURIComponent(args[0] ?? "")}/reopen`, {}, { json, print });
}

async function command(
  api: Api,
  path: string,
  body: object,
  { json, print }: Pick<CliContext, "json" | "print">,
): Promise<number> {
  const waba = await askApi<Waba>(api, "POST", path, body);
  print(json ? JSON.stringify(waba) : `${waba.status_line}: ${waba.summary}`);
  return EXIT.shared;
}
