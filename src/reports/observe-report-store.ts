import type { Sql } from "../database/database.ts";
import { STATUS_ROWS } from "../sharing/status/status.ts";

/** One gate that would have closed or opened in observe mode. Read from the journal. */
export interface ObservedStep {
  seq: string;
  at: Date;
  wabaId: string;
  name: string;
  clientId: string;
  clientName: string;
  /** The mode now, whatever it was then. */
  mode: "enforce" | "observe";
  /** Of a number with a problem of its own. */
  numberId: string | null;
  decision: "close" | "open";
  status: string;
  reason: string | null;
  /** Of a closing: when it would have opened again; null while it lasts. */
  endedAt: Date | null;
  /** Of a closing: messages of the WABA that Meta accepted, and refused, while it lasted. */
  accepted: number;
  refused: number;
  /** Of a closing: the next proof refuted its notice. */
  isRefuted: boolean;
}

/** Gate lines of the WABA, and of a number alone. The journal has both, whether or not they were enforced. */
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

const DECISION = `case when coalesce(own.number->>'gate', journal.data->'state'->>'gate') = 'open'
  then 'open' else 'close' end`;

/**
 * Each line with its step, and since when the gate is in that state (a number's own problem has a time of its
 * own).
 */
const STEPS = `
  select journal.seq, journal.at, journal.asset_id, waba.meta_id as waba_id, asset.name, asset.client_id,
    journal.number_id, ${DECISION} as decision,
    journal.data->'state'->>'status' as status,
    coalesce(own.number->>'reason', journal.data->'state'->>'reason') as reason,
    least(
      journal.at,
      to_timestamp(coalesce(own.number->>'since', journal.data->'state'->>'since')::double precision / 1000)
    ) as since
  ${OBSERVED}`;

/**
 * The outcome of a closing: the next opening of the same gate, Meta's answers meanwhile, and whether a probe
 * refuted it.
 */
const OUTCOME = `
  left join lateral (
    select min(later.at) as ended_at from journal later
    where later.asset_id = step.asset_id and later.seq > step.seq and step.decision = 'close'
      and (case when step.number_id is null then later.type = 'waba.gate.opened'
           else later.type = 'number.changed' and later.number_id = step.number_id
             and later.data->'changed' ? 'gate'
             and exists (select 1 from jsonb_array_elements(later.data->'state'->'numbers') number
                         where number->>'numberId' = step.number_id and number->>'gate' = 'open') end)
  ) outcome on true
  left join lateral (
    select coalesce(sum(accepted), 0)::int as accepted, coalesce(sum(refused), 0)::int as refused
    from observed_message
    where step.decision = 'close' and asset_id = step.asset_id and closed_at >= step.since
      and (outcome.ended_at is null or closed_at < outcome.ended_at)
  ) message on true
  left join lateral (
    select exists (select 1 from episode where step.decision = 'close' and step.number_id is null
      and episode.asset_id = step.asset_id and episode.closed_at = step.at
        and episode.outcome = 'refuted') as is_refuted
  ) proof on true`;

/** A closing that may have been a false alarm: Meta still accepted messages, or the next proof refuted it. */
const DOUBTFUL = "(message.accepted > 0 or proof.is_refuted)";

interface StepRow {
  seq: string;
  at: Date;
  waba_id: string;
  name: string;
  client_id: string;
  client_name: string;
  mode: "enforce" | "observe";
  number_id: string | null;
  decision: "close" | "open";
  status: string;
  reason: string | null;
  ended_at: Date | null;
  accepted: number;
  refused: number;
  is_refuted: boolean;
}

export interface StepsQuery {
  since: Date;
  /** The end of the page before. */
  beforeSeq: string | null;
  limit: number;
  decision?: "close" | "open" | undefined;
  doubtful?: boolean | undefined;
  clientId?: string | undefined;
}

/** Newest first. */
export async function readObservedSteps(sql: Sql, query: StepsQuery): Promise<ObservedStep[]> {
  const { since, beforeSeq, limit, decision = null, doubtful = false, clientId = null } = query;
  const rows = await sql.query<StepRow>(
    `select step.*, client.name as client_name, coalesce(asset.mode, client.mode, connection.mode) as mode,
       outcome.ended_at, message.accepted, message.refused, proof.is_refuted
     from (${STEPS} and ($2::bigint is null or journal.seq < $2) and ($3::text is null or ${DECISION} = $3)
       and ($4::text is null or asset.client_id = $4)) step
     join asset on asset.id = step.asset_id
     join client on client.id = asset.client_id
     join connection on connection.id = asset.connection_id
     ${OUTCOME} where (not $5::boolean or ${DOUBTFUL}) order by step.seq desc limit $6`,
    [since, beforeSeq, decision, clientId, doubtful, limit],
  );
  return rows.map((row) => ({
    seq: row.seq,
    at: row.at,
    wabaId: row.waba_id,
    name: row.name,
    clientId: row.client_id,
    clientName: row.client_name,
    mode: row.mode,
    numberId: row.number_id,
    decision: row.decision,
    status: row.status,
    reason: row.reason,
    endedAt: row.ended_at,
    accepted: row.accepted,
    refused: row.refused,
    isRefuted: row.is_refuted,
  }));
}

export interface ObservedFigures {
  observed: number;
  closedNow: number;
  wouldHaveClosed: number;
  wouldHaveOpened: number;
  acceptedByMeta: number;
  refusedByMeta: number;
  doubtful: number;
}

/** Statuses in which messages of the whole WABA would be refused. */
const CLOSED_STATUSES = STATUS_ROWS.filter((row) => row.gate === "closed").map((row) => row.status);

/** Adopted WABAs that are in observe mode now; `$1`: the closed statuses. */
const FLEET = `
  from share
  join asset on asset.id = share.asset_id
  join client on client.id = asset.client_id
  join connection on connection.id = asset.connection_id
  where coalesce(asset.mode, client.mode, connection.mode) = 'observe'
    and share.status not in ('discovered', 'offboarded')`;

export async function readObservedFigures(sql: Sql, since: Date): Promise<ObservedFigures> {
  const [fleet] = await sql.query<{ observed: string; closed: string }>(
    `select count(*) as observed, count(*) filter (where share.status = any($1)) as closed ${FLEET}`,
    [CLOSED_STATUSES],
  );
  const steps = await sql.query<{ decision: "close" | "open"; count: string; doubtful: string }>(
    `select decision, count(*) as count, count(*) filter (where ${DOUBTFUL}) as doubtful
      from (${STEPS}) step ${OUTCOME} group by 1`,
    [since],
  );
  const [messages] = await sql.query<{ accepted: string; refused: string }>(
    `select coalesce(sum(accepted), 0) as accepted, coalesce(sum(refused), 0) as refused
     from observed_message where closed_at >= $1`,
    [since],
  );
  const closings = steps.find((row) => row.decision === "close");
  return {
    observed: Number(fleet?.observed ?? 0),
    closedNow: Number(fleet?.closed ?? 0),
    wouldHaveClosed: Number(closings?.count ?? 0),
    wouldHaveOpened: Number(steps.find((row) => row.decision === "open")?.count ?? 0),
    acceptedByMeta: Number(messages?.accepted ?? 0),
    refusedByMeta: Number(messages?.refused ?? 0),
    doubtful: Number(closings?.doubtful ?? 0),
  };
}

/** The observed WABAs of one client, which people switch together. */
export interface ObservedCohort {
  clientId: string;
  clientName: string;
  observed: number;
  closedNow: number;
  wouldHaveClosed: number;
  doubtful: number;
}

/** Where a page of cohorts ended. */
export interface CohortCursor {
  closedNow: number;
  wouldHaveClosed: number;
  clientId: string;
}

/** The cohorts with the most WABAs that would close now come first. */
export async function readObservedCohorts(
  sql: Sql,
  { since, after, limit }: { since: Date; after: CohortCursor | null; limit: number },
): Promise<ObservedCohort[]> {
  const rows = await sql.query<Record<"client_id" | "client_name", string> & Record<CohortCount, number>>(
    `select fleet.client_id, client.name as client_name, fleet.observed, fleet.closed_now,
       coalesce(steps.closings, 0) as closings, coalesce(steps.doubtful, 0) as doubtful
     from (select asset.client_id, count(*)::int as observed,
             count(*) filter (where share.status = any($2))::int as closed_now ${FLEET} group by 1) fleet
     join client on client.id = fleet.client_id
     left join (select client_id, count(*)::int as closings,
       count(*) filter (where ${DOUBTFUL})::int as doubtful
                from (${STEPS}) step ${OUTCOME} where decision = 'close' group by 1) steps
                  on steps.client_id = fleet.client_id
     where $3::int is null or (-fleet.closed_now, -coalesce(steps.closings, 0), fleet.client_id) > (-$3::int,
       -$4::int, $5::text)
     order by fleet.closed_now desc, closings desc, fleet.client_id limit $6`,
    [
      since,
      CLOSED_STATUSES,
      after?.closedNow ?? null,
      after?.wouldHaveClosed ?? null,
      after?.clientId ?? null,
      limit,
    ],
  );
  return rows.map((row) => ({
    clientId: row.client_id,
    clientName: row.client_name,
    observed: row.observed,
    closedNow: row.closed_now,
    wouldHaveClosed: row.closings,
    doubtful: row.doubtful,
  }));
}

type CohortCount = "observed" | "closed_now" | "closings" | "doubtful";
