import type { Database, Sql, Tx } from "../../database/database.ts";

/** The row of a key: keys belong to the actor who sends them. */
export interface KeyPlace {
  actorId: string;
  /** SHA-256 of the header. */
  keyHash: Buffer;
}

/** What was asked and, later, what was answered; sealed. */
export interface SealedRequest {
  dataKeyId: string;
  sealed: Buffer;
}

/** The right to change the row. Instants: ms since the epoch. */
export interface Claim {
  token: Buffer;
  until: number;
}

/** What is known of a key that was sent before. */
export interface KnownRequest extends SealedRequest {
  /** Null: the request is over. */
  claimedUntil: number | null;
  hasActed: boolean;
  hasAnswer: boolean;
}

/** Keeps a key that is new, or older than `forgottenBefore`. Returns false when it is known. */
export async function insertKey(
  tx: Tx,
  place: KeyPlace,
  row: { claim: Claim; request: SealedRequest; now: number; forgottenBefore: number },
): Promise<boolean> {
  const { claim, request, now, forgottenBefore } = row;
  const rows = await tx.query(
    `insert into idempotency_key as known
       (actor, key_hash, claim, claimed_until, data_key_id, sealed, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (actor, key_hash) do update
       set claim = excluded.claim, claimed_until = excluded.claimed_until, has_acted = false,
         has_answer = false, data_key_id = excluded.data_key_id, sealed = excluded.sealed,
         created_at = excluded.created_at
       where known.created_at <= $8
     returning 1`,
    [
      ...[place.actorId, place.keyHash, claim.token, new Date(claim.until)],
      ...[request.dataKeyId, request.sealed, new Date(now), new Date(forgottenBefore)],
    ],
  );
  return rows.length > 0;
}

/** Undefined when the key was released meanwhile. */
export async function lockKey(tx: Tx, place: KeyPlace): Promise<KnownRequest | undefined> {
  const [row] = await tx.query<{
    claimed_until: Date | null;
    has_acted: boolean;
    has_answer: boolean;
    data_key_id: string;
    sealed: Buffer;
  }>(
    `select claimed_until, has_acted, has_answer, data_key_id, sealed from idempotency_key
     where actor = $1 and key_hash = $2 for update`,
    [place.actorId, place.keyHash],
  );
  return (
    row && {
      claimedUntil: row.claimed_until?.getTime() ?? null,
      hasActed: row.has_acted,
      hasAnswer: row.has_answer,
      dataKeyId: row.data_key_id,
      sealed: row.sealed,
    }
  );
}

/** Takes the key over from a request whose claim has ended. */
export async function claimKey(tx: Tx, place: KeyPlace, claim: Claim): Promise<void> {
  await tx.query(
    "update idempotency_key set claim = $3, claimed_until = $4 where actor = $1 and key_hash = $2",
    [place.actorId, place.keyHash, claim.token, new Date(claim.until)],
  );
}

/** Notes that the request has begun to act. Returns false when another request has taken the key over. */
export async function saveActed(tx: Tx, place: KeyPlace, token: Buffer): Promise<boolean> {
  const rows = await tx.query(
    `update idempotency_key set has_acted = true where actor = $1 and key_hash = $2 and claim = $3
     returning 1`,
    [place.actorId, place.keyHash, token],
  );
  return rows.length > 0;
}

/** The request is over. `answer`: what was asked and answered; null when the answer is not kept. */
export async function saveAnswer(
  sql: Sql,
  place: KeyPlace,
  token: Buffer,
  answer: SealedRequest | null,
): Promise<void> {
  await sql.query(
    `update idempotency_key
     set claimed_until = null, has_acted = true, has_answer = $4,
       data_key_id = coalesce($5, data_key_id), sealed = coalesce($6, sealed)
     where actor = $1 and key_hash = $2 and claim = $3`,
    [
      ...[place.actorId, place.keyHash, token],
      ...[answer !== null, answer?.dataKeyId ?? null, answer?.sealed ?? null],
    ],
  );
}

/** Forgets a request that may be sent again. `unlessActed`: only if it has not acted. */
export async function releaseKey(
  sql: Sql,
  place: KeyPlace,
  token: Buffer,
  unlessActed = false,
): Promise<void> {
  await sql.query(
    `delete from idempotency_key
     where actor = $1 and key_hash = $2 and claim = $3 and not ($4 and has_acted)`,
    [place.actorId, place.keyHash, token, unlessActed],
  );
}

/** So many rows go with one statement, so that locks stay short. */
const BATCH = 5_000;

/** Drops the keys that were first sent before `olderThan`. Returns how many. */
export async function dropOldIdempotencyKeys({ db }: { db: Database }, olderThan: number): Promise<number> {
  let total = 0;
  for (let count = BATCH; count === BATCH; total += count) count = await deleteBatch(db, olderThan);
  return total;
}

async function deleteBatch(db: Database, olderThan: number): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `with gone as (
       delete from idempotency_key where (actor, key_hash) in (
         select actor, key_hash from idempotency_key where created_at <= $1 limit $2
       ) returning 1
     ) select count(*)::int as count from gone`,
    [new Date(olderThan), BATCH],
  );
  return row?.count ?? 0;
}
