import type { Database } from "../../database/database.ts";
import { sizeOf, type Bucket } from "./probe-budget.ts";

interface Row {
  waba_id: string;
  hourly: number;
  spent: number;
  at: Date;
  percent: number | null;
  percent_at: Date | null;
  strikes: number;
  closed_until: Date | null;
}

/** What all instances wrote about these WABAs; '' is the app itself. */
export async function findBuckets(
  db: Database,
  appId: string,
  wabaIds: readonly string[],
): Promise<Map<string, Bucket>> {
  const rows = await db.query<Row>("select * from probe_budget where app_id = $1 and waba_id = any($2)", [
    appId,
    wabaIds,
  ]);
  return new Map(rows.map((row) => [row.waba_id, toBucket(row)]));
}

function toBucket(row: Row): Bucket {
  const at = row.at.getTime();
  return {
    hourly: row.hourly,
    spent: row.spent,
    answered: 0,
    at,
    percent: row.percent,
    percentAt: row.percent_at?.getTime() ?? at,
    strikes: row.strikes,
    closedUntil: row.closed_until?.getTime() ?? 0,
  };
}

/**
 * Adds what one instance has spent to the rest of all that was written. The other columns take this
 * instance's newest values.
 */
export async function saveSpent(
  db: Database,
  key: { appId: string; wabaId: string },
  bucket: Bucket,
  now: number,
): Promise<void> {
  await db.query(
    `insert into probe_budget (app_id, waba_id, hourly, spent, at, percent, percent_at, strikes, closed_until)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (app_id, waba_id) do update set hourly = $3,
       spent = $4 + greatest(0, probe_budget.spent
         - $10 * greatest(0, extract(epoch from $5 - probe_budget.at)::double precision * 1000)),
       at = $5, percent = $6, percent_at = $7, strikes = $8, closed_until = $9`,
    [
      key.appId,
      key.wabaId,
      bucket.hourly,
      bucket.spent,
      new Date(now),
      bucket.percent === null ? null : Math.round(Math.min(bucket.percent, 1000)),
      bucket.percent === null ? null : new Date(bucket.percentAt),
      Math.min(bucket.strikes, 1000),
      bucket.closedUntil > now ? new Date(bucket.closedUntil) : null,
      sizeOf(bucket.hourly).perMs,
    ],
  );
}

/** Calls older than an hour no longer count. */
export async function forgetOldBuckets(db: Database, before: number): Promise<void> {
  await db.query("delete from probe_budget where at < $1 and (closed_until is null or closed_until < $1)", [
    new Date(before),
  ]);
}

export interface BudgetFigures {
  /** By app: the last usage that Meta reported, in percent. */
  apps: { appId: string; percent: number }[];
  /** WABAs that have used three quarters of Meta's limit or more. */
  nearLimit: number;
  /** WABAs and apps that are closed because Meta refused. */
  closed: number;
}

export async function readBudgetFigures(db: Database, now: number): Promise<BudgetFigures> {
  const rows = await db.query<Row & { app_id: string }>("select * from probe_budget where at > $1", [
    new Date(now - 3_600_000),
  ]);
  const wabas = rows.filter((row) => row.waba_id !== "").map(toBucket);
  return {
    apps: rows
      .filter((row) => row.waba_id === "")
      .map((row) => ({ appId: row.app_id, percent: row.percent ?? 0 })),
    nearLimit: wabas.filter((bucket) => isNear(bucket, now)).length,
    closed: rows.filter((row) => (row.closed_until?.getTime() ?? 0) > now).length,
  };
}

function isNear(bucket: Bucket, now: number): boolean {
  const { holds, perMs } = sizeOf(bucket.hourly);
  const spent = bucket.spent - perMs * Math.max(0, now - bucket.at);
  return (bucket.percent ?? 0) >= 75 || (bucket.hourly > 0 && spent >= 0.75 * holds);
}

/** After the clock was set back: calls with a future time would count for ever. */
export async function forgetLaterBuckets(db: Database, now: number): Promise<void> {
  await db.query("delete from probe_budget where at > $1 or closed_until > $1", [new Date(now)]);
}
