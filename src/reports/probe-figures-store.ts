import type { Sql } from "../database/database.ts";
import { BUDGET, flowOff, newBucket, sizeOf } from "../sharing/budget/probe-budget.ts";

/** A WABA that has used much of Meta's hourly limit, by the records of all instances. */
export interface BusyWaba {
  wabaId: string;
  name: string | null;
  hourly: number;
  /** Calls that still count. */
  spent: number;
  percent: number | null;
  closedUntil: number | null;
}

interface Row {
  waba_id: string;
  name: string | null;
  hourly: number;
  spent: number;
  at: Date;
  percent: number | null;
  percent_at: Date | null;
  closed_until: Date | null;
}

/** The WABAs of an app that are nearest to their limit, those that are closed first. */
export async function readBusyWabas(
  sql: Sql,
  { appId, now, limit }: { appId: string; now: number; limit: number },
): Promise<BusyWaba[]> {
  const rows = await sql.query<Row>(
    `select budget.waba_id, asset.name, budget.hourly, budget.spent, budget.at, budget.percent,
      budget.percent_at, budget.closed_until
     from probe_budget budget
     left join meta_id waba on waba.type = 'waba' and waba.meta_id = budget.waba_id
       and waba.valid_until is null
     left join asset on asset.id = waba.owner_id
     where budget.app_id = $1 and budget.waba_id <> '' and (budget.at > $2 or budget.closed_until > $3)`,
    [appId, new Date(now - 3_600_000), new Date(now)],
  );
  const busy = rows.map((row) => toBusy(row, now)).filter(isWorthTelling);
  return busy.sort((a, b) => weightOf(b) - weightOf(a)).slice(0, limit);
}

function toBusy(row: Row, now: number): BusyWaba {
  const at = row.at.getTime();
  const bucket = flowOff(
    {
      ...newBucket(row.hourly, at),
      spent: row.spent,
      percent: row.percent,
      percentAt: row.percent_at?.getTime() ?? at,
      closedUntil: row.closed_until?.getTime() ?? 0,
    },
    now,
  );
  return {
    wabaId: row.waba_id,
    name: row.name,
    hourly: row.hourly,
    spent: bucket.spent,
    percent: bucket.percent,
    closedUntil: bucket.closedUntil > now ? bucket.closedUntil : null,
  };
}

const isWorthTelling = ({ spent, hourly, percent, closedUntil }: BusyWaba): boolean =>
  closedUntil !== null || (percent ?? 0) >= 50 || spent >= sizeOf(hourly).holds * BUDGET.notable;

/** The used part of the limit; a closed one comes above a full one. */
const weightOf = ({ spent, hourly, percent, closedUntil }: BusyWaba): number =>
  (closedUntil === null ? 0 : 10) + Math.max(spent / Math.max(1, sizeOf(hourly).holds), (percent ?? 0) / 100);

/** The due probe that has waited longest, ms since the epoch; null when none is scheduled. */
export async function findLongestDue(sql: Sql): Promise<number | null> {
  const rows = await sql.query<{ due: Date | null }>("select min(next_probe_at) as due from share");
  return rows[0]?.due?.getTime() ?? null;
}
