import type { Sql } from "../database/database.ts";

/** One repair of webhook health: done, failed, or a loss. */
export interface Repair {
  /** Sorts within one instant. */
  key: string;
  at: Date;
  connectionId: string | null;
  /** A title of the timeline, or an action of the audit. */
  what: string;
  /** Meta's text, or the callback it is about. */
  detail: string | null;
  /** The finding before it; only for the app's subscription. */
  found: string | null;
  wabaId: string | null;
  name: string | null;
}

interface Row {
  key: string;
  at: Date;
  connection_id: string | null;
  what: string;
  detail: string | null;
  found: string | null;
  waba_id: string | null;
  name: string | null;
}

const OBSERVATION_KEY = "'obs_' || lpad(observation.id::text, 19, '0')";
const AUDIT_KEY = "'aud_' || lpad(audit.id::text, 19, '0')";

/** Each branch reads its own partial index from the newest row on. The literals are those of the indexes. */
const REPAIRS = `
  select * from (
    (select ${OBSERVATION_KEY} as key, observation.at, observation.connection_id, observation.title as what,
      observation.detail,
       null as found, waba.meta_id as waba_id, asset.name
     from observation
     join asset on asset.id = observation.asset_id
     left join meta_id waba on waba.owner_id = asset.id and waba.type = 'waba' and waba.valid_until is null
     where observation.title in
         ('subscription.repaired', 'subscription.repair_failed', 'subscription.override_restored',
           'subscription.override_lost')
       and ($1::timestamptz is null or (observation.at <= $1 and (observation.at, ${OBSERVATION_KEY}) < ($1,
         $2)))
     order by observation.at desc, observation.id desc limit $3)
    union all
    (select ${AUDIT_KEY}, at, connection_id, action, detail ->> 'metaMessage', detail ->> 'found', null, null
     from audit
     where action in ('app_subscription.repaired', 'app_subscription.repair_failed')
       and ($1::timestamptz is null or (at <= $1 and (at, ${AUDIT_KEY}) < ($1, $2)))
     order by at desc, id desc limit $3)
  ) repair
  order by at desc, key desc limit $3`;

/** Newest first, after the end of the previous page. */
export async function readRepairs(
  sql: Sql,
  after: { at: Date; key: string } | null,
  limit: number,
): Promise<Repair[]> {
  const rows = await sql.query<Row>(REPAIRS, [after?.at ?? null, after?.key ?? "", limit]);
  return rows.map(({ connection_id, waba_id, ...row }) => ({
    ...row,
    connectionId: connection_id,
    wabaId: waba_id,
  }));
}
