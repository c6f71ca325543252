import type { Sql, Tx } from "../../database/database.ts";
import { REGISTRATION_WINDOW_MS, type RegistrationTry } from "./registration-limit.ts";

/** The tries that still may count, oldest first. */
export async function readRegistrationTries(
  sql: Sql,
  numberId: string,
  now: number,
): Promise<RegistrationTry[]> {
  const rows = await sql.query<{ at: Date; code: number | null }>(
    "select at, code from registration_try where number_id = $1 and at > $2 order by at",
    [numberId, new Date(now - REGISTRATION_WINDOW_MS)],
  );
  return rows.map(({ at, code }) => ({ at: at.getTime(), code }));
}

/**
 * Stored before Meta is asked, because a lost answer counts as well. Old tries are deleted. @returns its id
 */
export async function insertRegistrationTry(tx: Tx, numberId: string, at: number): Promise<string> {
  await tx.query("delete from registration_try where number_id = $1 and at <= $2", [
    numberId,
    new Date(at - REGISTRATION_WINDOW_MS),
  ]);
  const [row] = await tx.query<{ id: string }>(
    "insert into registration_try (number_id, at) values ($1, $2) returning id::text",
    [numberId, new Date(at)],
  );
  if (row === undefined) throw new Error("Broken assumption: an insert returns its row");
  return row.id;
}

export async function saveRegistrationCode(sql: Sql, id: string, code: number): Promise<void> {
  await sql.query("update registration_try set code = $2 where id = $1", [id, code]);
}

/** Meta did not process it: it does not count. */
export async function deleteRegistrationTry(sql: Sql, id: string): Promise<void> {
  await sql.query("delete from registration_try where id = $1", [id]);
}

/** The open registration is tried now instead of after its pause. */
export async function hastenRegistration(sql: Sql, signupId: string, now: number): Promise<void> {
  await sql.query(
    `update signup set next_step_at = $2, steps = case when steps #> '{register,againAt}' is null then steps
       else jsonb_set(steps, '{register,againAt}', $3::jsonb) end
     where id = $1 and state <> 'abandoned'`,
    [signupId, new Date(now), JSON.stringify(now)],
  );
}

/** A WABA whose newest signup has numbers that Meta refused to register. */
export interface RegistrationLeft {
  signupId: string;
  /** The numbers' state when the registration was tried. */
  seen: unknown;
  /** Their state by the newest probe. */
  now: unknown;
}

/** Signups whose registration waits, with Meta's state of the numbers then and now. */
export async function readRegistrationsLeft(
  sql: Sql,
  now: number,
  afterId: string,
  limit: number,
): Promise<RegistrationLeft[]> {
  const rows = await sql.query<{ id: string; seen: unknown; now: unknown }>(
    `select signup.id, signup.steps #> '{register,seen}' as seen,
      share.record #> '{setup,numbers,byId}' as now
     from signup join share on share.asset_id = signup.asset_id
     where signup.steps #>> '{register,againAt}' is not null and signup.next_step_at > $1 and signup.id > $2
     order by signup.id limit $3`,
    [new Date(now), afterId, limit],
  );
  return rows.map(({ id, ...row }) => ({ signupId: id, ...row }));
}
