import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Sql } from "../database/database.ts";
import { StartError } from "../lib/start-error.ts";
import { EVERY_LINE, readAudit, type HashedRow } from "./audit-store.ts";

const BATCH = 1_000;

/** Every line of the database, in the order of the chain, some at a time. */
export async function* readAuditLines(sql: Sql): AsyncGenerator<HashedRow> {
  for (let from = 0; ;) {
    const rows = await readAudit(sql, EVERY_LINE, { order: "oldest", from, limit: BATCH });
    yield* rows;
    from = rows.at(-1)?.id ?? from;
    if (rows.length < BATCH) return;
  }
}

const Fields = z.record(z.string(), z.unknown());

/** A line as GET /api/v1/audit exports it. */
const Exported = z.object({
  id: z.coerce.number().int(),
  at: z.string(),
  actor: z.string(),
  actor_name: z.string().nullish(),
  action: z.string(),
  target: z.object({ type: z.string(), id: z.string(), waba_id: z.string().nullish() }).nullish(),
  connection_id: z.string().nullish(),
  outcome: z.enum(["done", "refused", "failed"]),
  problem: z.string().nullish(),
  before: Fields.nullish(),
  after: Fields.nullish(),
  detail: Fields,
  address: z.string().nullish(),
  request_id: z.string().nullish(),
  hash: z.string(),
});

/** @throws StartError that names the first line that is not one of the export */
export async function* readAuditFile(path: string): AsyncGenerator<HashedRow> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  let count = 0;
  for await (const text of lines) {
    count += 1;
    if (text.trim() !== "") yield rowOf(parseExported(text, path, count));
  }
}

function parseExported(text: string, path: string, line: number): z.output<typeof Exported> {
  try {
    return Exported.parse(JSON.parse(text));
  } catch (cause) {
    throw new StartError(
      `Line ${line} of ${path} is not a line of the audit. Use a whole export: GET /api/v1/audit with ` +
        `Accept: application/x-ndjson, or Export on the Hub's page Settings, Audit.`,
      { cause },
    );
  }
}

function rowOf(line: z.output<typeof Exported>): HashedRow {
  return {
    id: line.id,
    at: line.at,
    connection_id: line.connection_id ?? null,
    actor: line.actor,
    actor_name: line.actor_name ?? null,
    action: line.action,
    target_type: line.target?.type ?? null,
    target_id: line.target?.id ?? null,
    waba_id: line.target?.waba_id ?? null,
    outcome: line.outcome,
    problem: line.problem ?? null,
    before: line.before ?? null,
    after: line.after ?? null,
    detail: line.detail,
    address: line.address ?? null,
    request_id: line.request_id ?? null,
    hash: Buffer.from(line.hash, "hex"),
  };
}
