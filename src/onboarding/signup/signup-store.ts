import type { Limits } from "../../access/actor.ts";
import { endLease, isFree, leaseFrom, type Lease } from "../../database/lease.ts";
import { lockNames } from "../../database/lock-names.ts";
import type { Database, Sql, Tx } from "../../database/database.ts";
import type { Signup, SignupStep, SignupStepId } from "./signup.ts";

interface Row {
  id: string;
  connection_id: string;
  expected_asset_id: string | null;
  asset_id: string | null;
  link_id: string | null;
  flow: Signup["flow"];
  client_chooses_flow: boolean;
  state: Signup["state"];
  steps: Signup["steps"];
  offered: Signup["offered"];
  external_id: string | null;
  metadata: Record<string, unknown>;
  return_urls: Signup["returnUrls"];
  language: string | null;
  created_by: string;
  created_at: Date;
  opened_at: Date | null;
  signed_at: Date | null;
  ready_at: Date | null;
  abandoned_at: Date | null;
  expires_at: Date;
}

const COLUMNS = `id, connection_id, expected_asset_id, asset_id, link_id, flow, state, steps, offered,
  external_id, metadata, return_urls, language, created_by, created_at, opened_at, signed_at, ready_at,
  abandoned_at, expires_at, client_chooses_flow`;

const toSignup = (row: Row): Signup => ({
  id: row.id,
  connectionId: row.connection_id,
  expectedAssetId: row.expected_asset_id,
  assetId: row.asset_id,
  linkId: row.link_id,
  flow: row.flow,
  clientChoosesFlow: row.client_chooses_flow,
  state: row.state,
  steps: row.steps,
  offered: row.offered,
  externalId: row.external_id,
  metadata: row.metadata,
  returnUrls: row.return_urls,
  language: row.language,
  createdBy: row.created_by,
  createdAt: row.created_at.getTime(),
  openedAt: row.opened_at?.getTime() ?? null,
  signedAt: row.signed_at?.getTime() ?? null,
  readyAt: row.ready_at?.getTime() ?? null,
  abandonedAt: row.abandoned_at?.getTime() ?? null,
  expiresAt: row.expires_at.getTime(),
});

const at = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

export async function insertSignup(sql: Sql, signup: Signup): Promise<void> {
  await sql.query(
    `insert into signup (${COLUMNS})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
    [
      signup.id,
      signup.connectionId,
      signup.expectedAssetId,
      signup.assetId,
      signup.linkId,
      signup.flow,
      signup.state,
      JSON.stringify(signup.steps),
      signup.offered && JSON.stringify(signup.offered),
      signup.externalId,
      JSON.stringify(signup.metadata),
      JSON.stringify(signup.returnUrls),
      signup.language,
      signup.createdBy,
      at(signup.createdAt),
      at(signup.openedAt),
      at(signup.signedAt),
      at(signup.readyAt),
      at(signup.abandonedAt),
      at(signup.expiresAt),
      signup.clientChoosesFlow,
    ],
  );
}

export async function findSignup(sql: Sql, id: string): Promise<Signup | undefined> {
  const rows = await sql.query<Row>(`select ${COLUMNS} from signup where id = $1`, [id]);
  return rows[0] && toSignup(rows[0]);
}

export async function lockSignup(tx: Tx, id: string): Promise<Signup | undefined> {
  const rows = await tx.query<Row>(`select ${COLUMNS} from signup where id = $1 for update`, [id]);
  return rows[0] && toSignup(rows[0]);
}

/** The newest signup of this link about this WABA that this actor began and that has not ended. */
export async function findOpenSignupOfLink(
  sql: Sql,
  { linkId, assetId, actor }: { linkId: string; assetId: string; actor: string },
): Promise<Signup | undefined> {
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from signup
     where expected_asset_id = $1 and link_id = $2 and created_by = $3
       and state in ('invited', 'opened', 'signed', 'proving')
     order by created_at desc limit 1`,
    [assetId, linkId, actor],
  );
  return rows[0] && toSignup(rows[0]);
}

/** Of each WABA of this link, the newest signup that has not ended, or whose number is not registered yet. */
export async function readOpenSignupsOfLink(sql: Sql, linkId: string): Promise<Signup[]> {
  const rows = await sql.query<Row>(
    `select distinct on (expected_asset_id) ${COLUMNS} from signup
     where link_id = $1
       and (state in ('invited', 'opened', 'signed', 'proving') or abandoned_at is null
         and (steps #>> '{register,againAt}' is not null or steps #>> '{register,status}' = 'waiting')
         and not exists (select 1 from signup newer
           where newer.asset_id = signup.asset_id and newer.signed_at > signup.signed_at))
     order by expected_asset_id, created_at desc`,
    [linkId],
  );
  return rows.map(toSignup);
}

export interface SignupFilter {
  state: Signup["state"][] | null;
  wabaAssetId: string | null;
  /** Created from then on. */
  since: Date | null;
  /**
   * Ids that begin with it; references, what was written to it, and the names of its WABA and client that
   * contain it.
   */
  q: string | null;
  /** What the reader may see: signups for or of a WABA of this client and connection. */
  within: Limits;
}

/** Newest first; after the given one. */
export async function readSignups(
  sql: Sql,
  filter: SignupFilter,
  after: { createdAt: Date; id: string } | null,
  limit: number,
): Promise<Signup[]> {
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from signup
     where ($1::text[] is null or state = any($1))
       and ($5::text is null or expected_asset_id = $5 or asset_id = $5)
       and ($2::timestamptz is null or (created_at, id) < ($2, $3))
       and ($6::timestamptz is null or created_at >= $6)
       and ($7::text is null or id like $7 || '%' or external_id ilike '%' || $7 || '%'
         or metadata::text ilike '%' || $7 || '%'
         or exists (select 1 from asset join client on client.id = asset.client_id
           where asset.id in (signup.expected_asset_id, signup.asset_id)
             and (asset.name_folded like '%' || folded($7) || '%'
               or client.name_folded like '%' || folded($7) || '%'
               or exists (select 1 from meta_id
               where meta_id.owner_id = asset.id and meta_id.meta_id like $7 || '%'))))
       and ($8::text is null and $9::text is null or exists (select 1 from asset
         where asset.id = coalesce(signup.asset_id, signup.expected_asset_id)
           and ($8::text is null or asset.client_id = $8)
           and ($9::text is null or asset.connection_id = $9)))
     order by created_at desc, id desc limit $4`,
    [
      filter.state,
      after?.createdAt ?? null,
      after?.id ?? "",
      limit,
      filter.wabaAssetId,
      filter.since,
      filter.q?.replace(/[\\%_]/g, "\\$&") ?? null,
      filter.within.clientId,
      filter.within.connectionId,
    ],
  );
  return rows.map(toSignup);
}

/** What a step changes. What is left out stays. */
export interface SignupChange {
  state?: Signup["state"];
  flow?: Signup["flow"];
  assetId?: string;
  offered?: Signup["offered"];
  openedAt?: number;
  signedAt?: number;
  readyAt?: number;
  abandonedAt?: number;
  steps?: Partial<Record<SignupStepId, SignupStep>>;
  /** When it continues by itself; null: it waits for a person. */
  nextStepAt?: number | null;
}

/** An abandoned signup stays abandoned, whatever was in progress. */
export async function saveSignup(sql: Sql, id: string, change: SignupChange): Promise<void> {
  await sql.query(
    `update signup set
       state = case when state = 'abandoned' then state else coalesce($2, state) end,
       asset_id = coalesce($3, asset_id),
       offered = case when $4 then $5::jsonb else offered end,
       opened_at = coalesce(opened_at, $6),
       signed_at = coalesce($7, signed_at),
       ready_at = coalesce($8, ready_at),
       abandoned_at = coalesce($9, abandoned_at),
       steps = steps || $10::jsonb,
       next_step_at = case when state = 'abandoned' then null when $11 then $12 else next_step_at end,
       flow = coalesce($13, flow)
     where id = $1`,
    [
      id,
      change.state ?? null,
      change.assetId ?? null,
      change.offered !== undefined,
      change.offered ? JSON.stringify(change.offered) : null,
      at(change.openedAt ?? null),
      at(change.signedAt ?? null),
      at(change.readyAt ?? null),
      at(change.abandonedAt ?? null),
      JSON.stringify(change.steps ?? {}),
      change.nextStepAt !== undefined,
      at(change.nextStepAt ?? null),
      change.flow ?? null,
    ],
  );
}

/**
 * Codes and tokens of attempts that are over. `all`: of those under way too, for the signup itself is over.
 */
export async function forgetAttemptSecrets(sql: Sql, signup: { id: string }, all = false): Promise<void> {
  await sql.query(
    `delete from secret using signup join signup_attempt attempt on attempt.signup_id = signup.id
     where signup.id = $1 and secret.connection_id = signup.connection_id and secret.owner_id = attempt.id
       and ($2 or attempt.outcome is not null)`,
    [signup.id, all],
  );
}

/** Signups about this WABA that have not ended. */
export async function readOpenSignupsOf(sql: Sql, assetId: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select id from signup
     where (expected_asset_id = $1 or asset_id = $1) and state in ('invited', 'opened', 'signed', 'proving')`,
    [assetId],
  );
  return rows.map((row) => row.id);
}

/** Whether a later signup brought this WABA: its steps continue instead of this one's. */
export async function hasNewerSignup(
  sql: Sql,
  { assetId, signedAt }: { assetId: string; signedAt: number },
): Promise<boolean> {
  const rows = await sql.query("select 1 from signup where asset_id = $1 and signed_at > $2 limit 1", [
    assetId,
    new Date(signedAt),
  ]);
  return rows.length > 0;
}

/** Steps begin anew from the first: another attempt brought another token. */
export async function clearSteps(sql: Sql, id: string): Promise<void> {
  await sql.query("update signup set steps = '{}' where id = $1", [id]);
}

/** Signups that can continue now without a person. */
export async function readDueSignups(
  sql: Sql,
  now: number,
  { limit, except }: { limit: number; except: readonly string[] },
): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select id from signup
     where next_step_at <= $1 and id <> all($4::text[])
       and ${isFree("leased_until", "$1", "$3")}
     order by next_step_at limit $2`,
    [new Date(now), limit, signupLease(now).latest, except],
  );
  return rows.map((row) => row.id);
}

/**
 * When the next one is due. A leased signup is not due before its lease ends, or the loop would spin until
 * then.
 */
export async function findNextSignupAt(sql: Sql, now: number): Promise<number | null> {
  const rows = await sql.query<{ at: Date | null }>(
    `select min(case when leased_until <= $2 then greatest(next_step_at, leased_until)
      else next_step_at end) as at
     from signup where next_step_at is not null and (next_step_at > $1 or leased_until > $1)`,
    [new Date(now), signupLease(now).latest],
  );
  return rows[0]?.at?.getTime() ?? null;
}

/** Longer than any step can take: then another instance continues for one that died. */
const LEASE_MS = 60_000;
const LEASED = { table: "signup", key: "id", column: "leased_until" };

export function signupLease(now: number): Lease {
  return leaseFrom(now, LEASE_MS);
}

/**
 * Takes the signup for this instance. Only one signup of a WABA is worked on at a time, so that two
 * simultaneous repairs do not register the same number twice.
 */
export async function claimSignup(db: Database, id: string, lease: Lease): Promise<boolean> {
  return db.transaction(async (tx) => {
    const signup = await lockSignup(tx, id);
    if (signup === undefined) return false;
    const assetId = signup.assetId ?? signup.expectedAssetId;
    if (assetId !== null) await lockNames(tx, `signup:${assetId}`);
    const rows = await tx.query(
      `update signup set leased_until = $3
       where id = $1 and ${isFree("leased_until", "$2", "$4")}
         and not exists (select 1 from signup other
           where other.id <> signup.id and other.leased_until > $2 and other.leased_until <= $4
             and coalesce(other.asset_id, other.expected_asset_id) = coalesce(signup.asset_id,
               signup.expected_asset_id))
       returning id`,
      [id, lease.now, lease.until, lease.latest],
    );
    return rows.length > 0;
  });
}

export function releaseSignup(db: Database, id: string, lease: Lease): Promise<void> {
  return endLease(db, LEASED, id, lease);
}

/** Meta caps how many clients may come in seven days. */
export async function countSignedSince(sql: Sql, connectionId: string, since: number): Promise<number> {
  const rows = await sql.query<{ count: number }>(
    `select count(*)::int as count from signup where connection_id = $1 and signed_at > $2
      and expected_asset_id is null`,
    [connectionId, new Date(since)],
  );
  return rows[0]?.count ?? 0;
}

/** Signups that nobody carried on with in their time. */
export async function readExpiredSignups(sql: Sql, now: number, limit: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select id from signup where state in ('invited', 'opened', 'signed', 'proving') and expires_at <= $1
      limit $2`,
    [new Date(now), limit],
  );
  return rows.map((row) => row.id);
}
