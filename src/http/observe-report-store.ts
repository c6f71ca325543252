import type { Sql } from "../database/database.ts";
import { STATUS_ROWS } from "../sharing/status.ts";

/** One gate that would have closed or opened while nothing was enforced. Read from the journal. */
export interface ObservedStep {
  seq: string;
  at: Date;
  wabaId: string;
  name: string;
  clientId: string;
  /** Of a number that ails by itself. */
  numberId: string | null;
  act: "close" | "open";
  status: string;
  reason: string | null;
}

/** Gate lines of the WABA, and of a number alone: both stand in the journal whether or not they were enforced. */
const OBSERVED = `
  from journal
  join asset on asset.id = journal.asset_id
  join meta_id waba on waba.owner_id = journal.asset_id and waba.type = 'waba' and waba.valid_until is null
  left join lateral (
    select number from jsonb_array_elements(journal.data->'state'->'numbers') number
    where number->>'numberId' = journal.number_id
  ) own on true
  where journal.data->>'mode' = 'observe' and journal.at >= $1
    and (journal.type in ('waba.gate.closed', 'waba.gate.opened')
      or (journal.type = 'number.changed' and journal.data->'changed' ? 'gate'))`;

const ACT = `case when coalesce(own.number->>'gate', journal.data->'state'->>'gate') = 'open' then 'open' else 'close' end`;

interface StepRow {
  seq: string;
  at: Date;
  waba_id: string;
  name: string;
  client_id: string;
  number_id: string | null;
  act: "close" | "open";
  status: string;
  reason: string | null;
}

/** Newest first, before `beforeSeq`. */
export async function readObservedSteps(
  sql: Sql,
  since: Date,
  beforeSeq: string | null,
  limit: number,
): Promise<ObservedStep[]> {
  const rows = await sql.query<StepRow>(
    `select journal.seq, journal.at, waba.meta_id as waba_id, asset.name, asset.client_id, journal.number_id, ${ACT} as act,
       journal.data->'state'->>'status' as status, coalesce(own.number->>'reason', journal.data->'state'->>'reason') as reason
     ${OBSERVED} and ($2::bigint is null or journal.seq < $2) order by journal.seq desc limit $3`,
    [since, beforeSeq, limit],
  );
  return rows.map((row) => ({
    seq: row.seq,
    at: row.at,
    wabaId: row.waba_id,
    name: row.name,
    clientId: row.client_id,
    numberId: row.number_id,
    act: row.act,
    status: row.status,
    reason: row.reason,
  }));
}

export interface ObservedFigures {
  observed: number;
  closedNow: number;
  wouldHaveClosed: number;
  wouldHaveOpened: number;
  acceptedByMeta: number;
  refusedByMeta: number;
}

/** Statuses in which messages of the whole WABA would be refused. */
const CLOSED_STATUSES = STATUS_ROWS.filter((row) => row.gate === "closed").map((row) => row.status);

export async function readObservedFigures(sql: Sql, since: Date): Promise<ObservedFigures> {
  const [fleet] = await sql.query<{ observed: string; closed: string }>(
    `select count(*) as observed, count(*) filter (where share.status = any($1)) as closed
     from share
     join asset on asset.id = share.asset_id
     join client on client.id = asset.client_id
     join connection on connection.id = asset.connection_id
     where coalesce(asset.mode, client.mode, connection.mode) = 'observe' and share.status not in ('discovered', 'offboarded')`,
    [CLOSED_STATUSES],
  );
  const steps = await sql.query<{ act: "close" | "open"; count: string }>(
    `select ${ACT} as act, count(*) as count ${OBSERVED} group by 1`,
    [since],
  );
  const [messages] = await sql.query<{ accepted: string; refused: string }>(
    `select coalesce(sum(accepted), 0) as accepted, coalesce(sum(refused), 0) as refused
     from observed_message where closed_at >= $1`,
    [since],
  );
  const stepsOf = (act: "close" | "open"): number => Number(steps.find((row) => row.act === act)?.count ?? 0);
  return {
    observed: Number(fleet?.observed ?? 0),
    closedNow: Number(fleet?.closed ?? 0),
    wouldHaveClosed: stepsOf("close"),
    wouldHaveOpened: stepsOf("open"),
    acceptedByMeta: Number(messages?.accepted ?? 0),
    refusedByMeta: Number(messages?.refused ?? 0),
  };
}
