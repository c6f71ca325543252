import type { Sql } from "../database/database.ts";
import type { Keyring } from "../lib/keyring.ts";
import { totpContextOf } from "./sealed-totp.ts";

/** Keeps a secret that is not in force yet, in place of an earlier one that is not either. */
export async function saveTotpSecret(
  sql: Sql,
  keyring: Keyring,
  personId: string,
  secret: string,
): Promise<void> {
  const { dataKeyId, sealed } = keyring.seal(totpContextOf(personId), Buffer.from(secret));
  await sql.query(
    `update person set totp_data_key_id = $2, totp_sealed = $3, totp_step = null
     where id = $1 and totp_confirmed_at is null`,
    [personId, dataKeyId, sealed],
  );
}

/** The person's secret, in force or not; undefined when there is none. */
export async function findTotpSecret(
  sql: Sql,
  keyring: Keyring,
  personId: string,
): Promise<string | undefined> {
  const [row] = await sql.query<{ totp_data_key_id: string; totp_sealed: Buffer }>(
    "select totp_data_key_id, totp_sealed from person where id = $1 and totp_sealed is not null",
    [personId],
  );
  if (row === undefined) return undefined;
  const of = { dataKeyId: row.totp_data_key_id, sealed: row.totp_sealed };
  return (await keyring.open(sql, totpContextOf(personId), of)).toString();
}

/** Puts the secret in force. `step`: that of the code that confirmed it. */
export async function confirmTotp(
  sql: Sql,
  personId: string,
  { step, recoveryHashes, at }: { step: number; recoveryHashes: readonly Buffer[]; at: number },
): Promise<void> {
  await sql.query(
    `update person set totp_confirmed_at = $2, totp_step = $3, recovery_code_hashes = $4 where id = $1`,
    [personId, new Date(at), step, recoveryHashes],
  );
}

/**
 * Uses up the code of a time step. False when it, or a later one, was used before. A step beyond `latest`,
 * the last that can be right now, was used before the clock was set back: it says nothing.
 */
export async function claimTotpStep(
  sql: Sql,
  personId: string,
  step: number,
  latest: number,
): Promise<boolean> {
  const rows = await sql.query(
    `update person set totp_step = $2
     where id = $1 and (totp_step is null or totp_step < $2 or totp_step > $3) returning id`,
    [personId, step, latest],
  );
  return rows.length > 0;
}

/** Uses up a recovery code. False when there is none of this hash. */
export async function claimRecoveryCode(sql: Sql, personId: string, hash: Buffer): Promise<boolean> {
  const rows = await sql.query(
    `update person set recovery_code_hashes = array_remove(recovery_code_hashes, $2)
     where id = $1 and $2 = any (recovery_code_hashes) returning id`,
    [personId, hash],
  );
  return rows.length > 0;
}

export async function deleteTotp(sql: Sql, personId: string): Promise<void> {
  await sql.query(
    `update person set totp_data_key_id = null, totp_sealed = null, totp_confirmed_at = null,
       totp_step = null, recovery_code_hashes = '{}'
     where id = $1`,
    [personId],
  );
}
