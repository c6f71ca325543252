import type { Sql } from "../database/database.ts";
import type { Ear, EarCheck, EarOutcome, KnownEar } from "./webhook-check.ts";

interface Row {
  connection_id: string;
  check_name: EarCheck;
  outcome: EarOutcome;
  detail: Record<string, string>;
  at: Date;
  mended_at: Date | null;
  since: Date;
}

/** The last word of every check, by connection. */
export async function readEars(sql: Sql): Promise<Map<string, KnownEar[]>> {
  const rows = await sql.query<Row>("select * from ear order by connection_id, check_name");
  const ears = new Map<string, KnownEar[]>();
  for (const row of rows) {
    const { check_name: check, outcome, detail } = row;
    const mendedAt = row.mended_at?.getTime() ?? null;
    const ear = { check, outcome, detail, at: row.at.getTime(), mendedAt, since: row.since.getTime() };
    ears.set(row.connection_id, [...(ears.get(row.connection_id) ?? []), ear]);
  }
  return ears;
}

/** A check that mended nothing keeps the instant of the last mend. */
export async function saveEar(sql: Sql, connectionId: string, ear: Ear): Promise<void> {
  await sql.query(
    `insert into ear (connection_id, check_name, outcome, detail, at, mended_at, since)
     values ($1, $2, $3, $4::jsonb, $5::timestamptz, $6::timestamptz, coalesce($6::timestamptz, $5::timestamptz))
     on conflict (connection_id, check_name) do update
     set outcome = $3, detail = $4::jsonb, at = $5, mended_at = coalesce($6, ear.mended_at),
       since = case when ear.outcome = $3 and $6 is null then ear.since else excluded.since end`,
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

/** After the clock was set back: no check was made, and nothing was repaired, in a time that has not come yet. */
export async function bringEarsToNow(db: Sql, now: number): Promise<void> {
  await db.query(
    "update ear set at = least(at, $1), since = least(since, $1), mended_at = least(mended_at, $1) where at > $1 or since > $1 or mended_at > $1",
    [new Date(now)],
  );
}
