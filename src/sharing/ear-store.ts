import type { Sql } from "../database/database.ts";
import type { Ear, EarCheck, EarOutcome } from "./ears.ts";

interface Row {
  connection_id: string;
  check_name: EarCheck;
  outcome: EarOutcome;
  detail: Record<string, string>;
  at: Date;
  mended_at: Date | null;
}

/** The last word of every check, by connection. */
export async function readEars(sql: Sql): Promise<Map<string, Ear[]>> {
  const rows = await sql.query<Row>("select * from ear order by connection_id, check_name");
  const ears = new Map<string, Ear[]>();
  for (const row of rows) {
    const { check_name: check, outcome, detail } = row;
    const ear = { check, outcome, detail, at: row.at.getTime(), mendedAt: row.mended_at?.getTime() ?? null };
    ears.set(row.connection_id, [...(ears.get(row.connection_id) ?? []), ear]);
  }
  return ears;
}

/** A check that mended nothing keeps the instant of the last mend. */
export async function saveEar(sql: Sql, connectionId: string, ear: Ear): Promise<void> {
  await sql.query(
    `insert into ear (connection_id, check_name, outcome, detail, at, mended_at) values ($1, $2, $3, $4::jsonb, $5, $6)
     on conflict (connection_id, check_name) do update
     set outcome = $3, detail = $4::jsonb, at = $5, mended_at = coalesce($6, ear.mended_at)`,
    [
      connectionId,
      ear.check,
      ear.outcome,
      JSON.stringify(ear.detail),
      new Date(ear.at),
      ear.mendedAt === null ? null : new Date(ear.mendedAt),
    ],
  );
}
