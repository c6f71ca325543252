import type { z } from "zod";
import type { ImportSchema } from "../http/api/imports/import-schema.ts";
import { english } from "../messages/english.ts";
import { askApi, type Api } from "./api.ts";
import { EXIT, type CliContext } from "./cli-context.ts";
import { parseCsv } from "./parse-csv.ts";
import { renderTable } from "./render-table.ts";
import { usage } from "./waba-commands.ts";

type Import = z.infer<typeof ImportSchema>;

/** Rows of one call: a body of the API holds 1 MB. */
const ROWS_A_CALL = 5000;
const ASK_EVERY_MS = 1000;

/**
 * Gives the rows of a file, in as many calls as they need, and waits until the import is over. A row that is
 * invalid is a failure.
 */
export async function runImport(api: Api, context: CliContext): Promise<number> {
  const { args, options, json, print } = context;
  if (args.length > 0) return usage(english("cli.usage.import"));
  const file = typeof options.csv === "string" ? parseCsv(context.readText(options.csv)) : null;
  if (file?.kind === "refused") {
    const why = english(`cli.csv.${file.why}`, { file: String(options.csv), line: file.line });
    context.warn(why);
    return EXIT.failed;
  }
  const rows = file?.rows ?? null;
  const terms = {
    dry_run: options["dry-run"] === true,
    ...(typeof options.mode === "string" && { mode: options.mode }),
  };
  let run = await askApi<Import>(api, "POST", "/imports", {
    ...terms,
    ...(rows !== null && { rows: rows.slice(0, ROWS_A_CALL), more: rows.length > ROWS_A_CALL }),
  });
  for (let from = ROWS_A_CALL; from < (rows?.length ?? 0); from += ROWS_A_CALL)
    run = await askApi<Import>(api, "POST", `/imports/${run.id}/rows`, {
      rows: rows?.slice(from, from + ROWS_A_CALL),
      more: from + ROWS_A_CALL < (rows?.length ?? 0),
    });
  while (run.ended_at === null) {
    await context.pause(ASK_EVERY_MS);
    run = await askApi<Import>(api, "GET", `/imports/${run.id}`);
  }
  print(json ? JSON.stringify(run) : renderImport(run, file?.lines ?? null));
  return run.state === "done" && run.totals.invalid === 0 ? EXIT.shared : EXIT.failed;
}

/** @param lines the line of the file on which each row begins */
function renderImport(run: Import, lines: readonly number[] | null): string {
  const totals = Object.entries(run.totals).map(([name, count]) => [name, String(count)]);
  const odd = run.data.filter(({ why }) => why !== null);
  const lineOf = (row: number | null): string => String(lines?.[(row ?? 0) - 1] ?? "");
  const rows = odd.map(({ row, waba_id, result, message }) => [lineOf(row), waba_id, result, message ?? ""]);
  return [
    ...(run.dry_run ? [english("cli.dry_run")] : []),
    ...(run.failure === null ? [] : [english("cli.import_failed", { failure: run.failure })]),
    ...(run.rows === null ? [] : [english("cli.rows_read", run.rows)]),
    renderTable(english("cli.totals_head").split("|"), totals),
    ...(rows.length > 0 ? ["", renderTable(english("cli.rows_head").split("|"), rows)] : []),
  ].join("\n");
}
