import { z } from "zod";
import type { Sql } from "../database/database.ts";
import type { AlertFigures, SignalFigure } from "./alert-figures.ts";
import { SIGNAL_ENDS } from "./signal.ts";

const Detail = z.record(z.string(), z.union([z.string(), z.number()]));

const Row = z.object({
  alert_id: z.string(),
  signals: z.number(),
  holding: z.number(),
  wabas: z.number(),
  clients: z.number(),
  holding_clients: z.number(),
  ended_why: z.enum(SIGNAL_ENDS).nullable(),
  first_at: z.date(),
  first_client: z.string().nullable(),
  first_detail: Detail,
  held_at: z.date(),
  held_client: z.string().nullable(),
  held_detail: Detail,
  last_at: z.date(),
  last_client: z.string().nullable(),
  last_detail: Detail,
});

/** One signal of an alert, with the client of its WABA. */
const oneBy = (order: string): string => `
  select signal.began_at, signal.detail, client.name from alert_signal signal
  left join asset on asset.id = signal.asset_id
  left join client on client.id = asset.client_id
  where signal.alert_id = counted.alert_id
  order by ${order} limit 1`;

/** The figures of these alerts, by alert. */
export async function readAlertFigures(
  sql: Sql,
  alertIds: readonly string[],
): Promise<Map<string, AlertFigures>> {
  const rows = await sql.query(
    `with counted as (
       select signal.alert_id, count(distinct signal.subject)::int as signals,
         (count(distinct signal.subject) filter (where signal.ended_at is null))::int as holding,
         count(distinct signal.asset_id)::int as wabas, count(distinct asset.client_id)::int as clients,
         (count(distinct asset.client_id) filter (where signal.ended_at is null))::int as holding_clients,
         case when count(*) = count(signal.ended_why) and min(signal.ended_why) = max(signal.ended_why)
           then min(signal.ended_why) end as ended_why
       from alert_signal signal left join asset on asset.id = signal.asset_id
       where signal.alert_id = any($1) group by signal.alert_id
     )
     select counted.*, first.began_at as first_at, first.name as first_client, first.detail as first_detail,
       held.began_at as held_at, held.name as held_client, held.detail as held_detail,
       last.began_at as last_at, last.name as last_client, last.detail as last_detail
     from counted cross join lateral (${oneBy("signal.began_at, signal.id")}) first
     cross join lateral (${oneBy("signal.ended_at is not null, signal.began_at, signal.id")}) held
     cross join lateral (${oneBy("signal.began_at desc, signal.id desc")}) last`,
    [alertIds],
  );
  return new Map(rows.map((row) => figuresOf(Row.parse(row))));
}

function figuresOf(row: z.output<typeof Row>): [string, AlertFigures] {
  const first: SignalFigure = {
    ...{ at: row.first_at.getTime(), clientName: row.first_client, detail: row.first_detail },
  };
  const firstHolding: SignalFigure = {
    ...{ at: row.held_at.getTime(), clientName: row.held_client, detail: row.held_detail },
  };
  const last: SignalFigure = {
    ...{ at: row.last_at.getTime(), clientName: row.last_client, detail: row.last_detail },
  };
  const counts = { signalCount: row.signals, holdingCount: row.holding, wabaCount: row.wabas };
  const clients = { clientCount: row.clients, holdingClientCount: row.holding_clients };
  return [row.alert_id, { ...counts, ...clients, first, firstHolding, last, endedWhy: row.ended_why }];
}

/** A WABA of an alert, by Meta's id. */
export interface AlertWaba {
  alertId: string;
  wabaId: string;
  name: string;
}

/** The WABAs of these alerts, at most `limit` of each: first those still affected, then the newest. */
export async function readAlertWabas(
  sql: Sql,
  alertIds: readonly string[],
  limit: number,
): Promise<AlertWaba[]> {
  return sql.query<AlertWaba>(
    `select alert.id as "alertId", waba.meta_id as "wabaId", waba.name from unnest($1::text[]) as alert (id)
     cross join lateral (
       select meta_id.meta_id, asset.name, bool_or(signal.ended_at is null) as holds,
         max(signal.began_at) as began_at
       from alert_signal signal
       join asset on asset.id = signal.asset_id
       join meta_id on meta_id.owner_id = asset.id and meta_id.type = 'waba' and meta_id.valid_until is null
       where signal.alert_id = alert.id group by asset.id, meta_id.meta_id, asset.name
       order by holds desc, began_at desc, meta_id.meta_id limit $2
     ) waba`,
    [alertIds, limit],
  );
}
