import type { Sql, Tx } from "../database/database.ts";
import {
  COUNTED_STATUSES,
  DUE_SOON_AFTER,
  OVERDUE_AFTER,
  type Confirmation,
  type AppActivity,
  type AppActivityState,
} from "./app-activity.ts";

interface Row {
  number_id: string;
  connection_id: string;
  asset_id: string;
  counted_from: Date;
  confirmed_at: Date | null;
  confirmed_by: Confirmation | null;
  announced: AppActivityState;
}

const toAppActivity = (row: Row): AppActivity => ({
  numberId: row.number_id,
  connectionId: row.connection_id,
  assetId: row.asset_id,
  countedFrom: row.counted_from.getTime(),
  confirmedAt: row.confirmed_at?.getTime() ?? null,
  confirmedBy: row.confirmed_by,
  announced: row.announced,
});

const COLUMNS = "number_id, connection_id, asset_id, counted_from, confirmed_at, confirmed_by, announced";

export async function findAppActivities(sql: Sql, assetIds: readonly string[]): Promise<AppActivity[]> {
  const rows = await sql.query<Row>(`select ${COLUMNS} from app_activity where asset_id = any($1)`, [
    assetIds,
  ]);
  return rows.map(toAppActivity);
}

/** Locked until the transaction ends. Lock the share before it, to avoid deadlocks. */
export async function lockAppActivity(tx: Tx, numberId: string): Promise<AppActivity | undefined> {
  const rows = await tx.query<Row>(`select ${COLUMNS} from app_activity where number_id = $1 for update`, [
    numberId,
  ]);
  return rows[0] && toAppActivity(rows[0]);
}

/** Begins the count. A number that is already counted keeps its count. */
export async function insertAppActivity(
  tx: Tx,
  of: Pick<AppActivity, "numberId" | "connectionId" | "assetId">,
  countedFrom: number,
): Promise<void> {
  await tx.query(
    `insert into app_activity (number_id, connection_id, asset_id, counted_from, announced)
      values ($1, $2, $3, $4, 'fresh')
     on conflict do nothing`,
    [of.numberId, of.connectionId, of.assetId, new Date(countedFrom)],
  );
}

export async function saveConfirmed(
  tx: Tx,
  numberId: string,
  confirmed: { at: number; by: Confirmation; announced: AppActivityState },
): Promise<void> {
  await tx.query(
    `update app_activity set counted_from = $2, confirmed_at = $2, confirmed_by = $3, announced = $4
      where number_id = $1`,
    [numberId, new Date(confirmed.at), confirmed.by, confirmed.announced],
  );
}

export async function saveAnnouncedActivity(
  tx: Tx,
  numberId: string,
  announced: AppActivityState,
): Promise<void> {
  await tx.query("update app_activity set announced = $2 where number_id = $1", [numberId, announced]);
}

/** A state holds when nothing was confirmed since this instant. */
const before = (now: number, age: number): Date => new Date(now - age);

/** Numbers whose reminder is due and not yet announced, the oldest confirmation first. */
export async function readUnannounced(
  sql: Sql,
  now: number,
  limit: number,
): Promise<Pick<AppActivity, "assetId" | "numberId">[]> {
  const rows = await sql.query<{ asset_id: string; number_id: string }>(
    // Each part is a range of one index; an "or" of both would read all of it.
    `select asset_id, number_id
      from (${unannouncedOf("fresh", 1)} union all ${unannouncedOf("due_soon", 2)}) due
     order by counted_from limit $4`,
    [before(now, DUE_SOON_AFTER), before(now, OVERDUE_AFTER), [...COUNTED_STATUSES], limit],
  );
  return rows.map((row) => ({ assetId: row.asset_id, numberId: row.number_id }));
}

const unannouncedOf = (announced: AppActivityState, since: number): string =>
  `(select app_activity.asset_id, app_activity.number_id, app_activity.counted_from from app_activity
     join share on share.asset_id = app_activity.asset_id
   where app_activity.announced = '${announced}' and app_activity.counted_from <= $${since}
     and share.status = any($3)
   order by app_activity.counted_from limit $4)`;

/** A clock that was set back makes an announcement untrue: it is announced again. */
export async function saveUnannounced(sql: Sql, now: number): Promise<void> {
  await sql.query(
    "update app_activity set announced = 'fresh' where announced <> 'fresh' and counted_from > $1",
    [before(now, DUE_SOON_AFTER)],
  );
}

/** When the next future reminder is due; null when there is none. */
export async function findNextReminderAt(sql: Sql, now: number): Promise<number | null> {
  const [row] = await sql.query<{ soon: Date | null; over: Date | null }>(
    `select (select min(counted_from) from app_activity
      where announced = 'fresh' and counted_from > $1) as soon,
       (select min(counted_from) from app_activity
       where announced = 'due_soon' and counted_from > $2) as over`,
    [before(now, DUE_SOON_AFTER), before(now, OVERDUE_AFTER)],
  );
  const ahead = [
    ...(row?.soon ? [row.soon.getTime() + DUE_SOON_AFTER] : []),
    ...(row?.over ? [row.over.getTime() + OVERDUE_AFTER] : []),
  ];
  return ahead.length === 0 ? null : Math.min(...ahead);
}

/** Numbers of the app that are not counted yet: left by an older version. */
export async function insertMissingAppActivity(sql: Sql, countedFrom: number): Promise<void> {
  await sql.query(
    `insert into app_activity (number_id, connection_id, asset_id, counted_from, announced)
     select number.id, share.connection_id, share.asset_id, $1, 'fresh' from share
       join number on number.asset_id = share.asset_id
     where share.kind = 'coexistence'
       and (share.record #> array['numbers', number.id, 'coexistence'])::boolean
       and not exists (select 1 from app_activity where app_activity.asset_id = share.asset_id)
     on conflict do nothing`,
    [new Date(countedFrom)],
  );
}

/**
 * A condition on `share` for lists: any of its numbers is in one of these states. `put` binds a value and
 * returns its placeholder.
 */
export function appActivityConditionOf(
  states: readonly AppActivityState[],
  now: number,
  put: (value: unknown) => string,
): string {
  const soon = (): string => put(before(now, DUE_SOON_AFTER));
  const over = (): string => put(before(now, OVERDUE_AFTER));
  const ranges: Record<AppActivityState, () => string> = {
    fresh: () => `app_activity.counted_from > ${soon()}`,
    due_soon: () => `app_activity.counted_from <= ${soon()} and app_activity.counted_from > ${over()}`,
    overdue: () => `app_activity.counted_from <= ${over()}`,
  };
  const any = `(${states.map((state) => `(${ranges[state]()})`).join(" or ")})`;
  const counted = `share.status = any(${put([...COUNTED_STATUSES])}::text[])`;
  // Few numbers need a reminder, and a planner that searches the list for them in its order reads all of it.
  // So they are gathered first. Nearly all are fresh, so a search for those ends soon.
  return states.includes("fresh")
    ? `${counted} and exists (select 1 from app_activity where app_activity.asset_id = share.asset_id
      and ${any})`
    : `${counted} and share.asset_id = any(array(select app_activity.asset_id from app_activity
      where ${any}))`;
}
