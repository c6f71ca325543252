import type { Sql } from "../database/database.ts";

/** A sign-in under way that waits for the browser. Instants: ms since the epoch. */
export interface SignInAttempt {
  kind: "oidc" | "passkey" | "new_passkey";
  /** SHA-256 of the state or the challenge. */
  hash: Buffer;
  /** Whose, where that is known beforehand. */
  personId: string | null;
  detail: Record<string, unknown>;
  expiresAt: number;
}

/** More than this many at once come from a flood. The oldest go first. */
const MOST_ATTEMPTS = 10_000;

/** Keeps an attempt, and forgets those that are over at `now`. */
export async function saveAttempt(sql: Sql, attempt: SignInAttempt, now: number): Promise<void> {
  await sql.query(
    `with surplus as (
       select hash from sign_in_attempt where kind = $2 order by expires_at desc offset ${MOST_ATTEMPTS - 1}
     ), gone as (
       delete from sign_in_attempt where expires_at <= $6 or hash in (select hash from surplus)
     )
     insert into sign_in_attempt (hash, kind, person_id, detail, expires_at)
     values ($1, $2, $3, $4::jsonb, $5)`,
    [
      ...[attempt.hash, attempt.kind, attempt.personId, JSON.stringify(attempt.detail)],
      ...[new Date(attempt.expiresAt), new Date(now)],
    ],
  );
}

/**
 * The attempt of this hash, which counts once: it is gone afterwards. Undefined: unknown, used or too old.
 */
export async function takeAttempt(
  sql: Sql,
  kind: SignInAttempt["kind"],
  hash: Buffer,
  now: number,
): Promise<Pick<SignInAttempt, "personId" | "detail"> | undefined> {
  const [row] = await sql.query<{
    person_id: string | null;
    detail: Record<string, unknown>;
    expires_at: Date;
  }>("delete from sign_in_attempt where hash = $1 and kind = $2 returning person_id, detail, expires_at", [
    hash,
    kind,
  ]);
  if (row === undefined || row.expires_at.getTime() <= now) return undefined;
  return { personId: row.person_id, detail: row.detail };
}

/**
 * Notes that the token of this hash was used: a hand-over, or a logout token. False: it was used before. It
 * is forgotten at `expiresAt`.
 */
export async function saveUsedToken(
  sql: Sql,
  { hash, expiresAt }: Pick<SignInAttempt, "hash" | "expiresAt">,
  now: number,
): Promise<boolean> {
  const rows = await sql.query(
    `with gone as (delete from sign_in_attempt where expires_at <= $3 and hash <> $1)
     insert into sign_in_attempt (hash, kind, expires_at) values ($1, 'hand_over', $2)
     on conflict do nothing returning 1`,
    [hash, new Date(expiresAt), new Date(now)],
  );
  return rows.length > 0;
}
