import type { Sql } from "../database/database.ts";
import { ACCESS_NOTICE } from "./api-key-store.ts";
import type { Role } from "./actor.ts";
import type { LoggedOut } from "./open-oidc-provider.ts";

/** The id of the person whom this provider knows by `subject`. */
export async function findOidcPersonId(
  sql: Sql,
  { issuer, subject }: { issuer: string; subject: string },
): Promise<string | undefined> {
  const [row] = await sql.query<{ id: string }>(
    "select id from person where oidc_issuer = $1 and oidc_subject = $2",
    [issuer, subject],
  );
  return row?.id;
}

/** Binds a person to what the provider calls it. Whoever was invited is active from now on. */
export async function linkOidc(
  sql: Sql,
  personId: string,
  { issuer, subject }: { issuer: string; subject: string },
): Promise<void> {
  await sql.query(
    `update person set oidc_issuer = $2, oidc_subject = $3,
       state = case state when 'invited' then 'active' else state end
     where id = $1`,
    [personId, issuer, subject],
  );
}

/** Gives a person its role; every instance hears of it. */
export async function saveClaimedRole(sql: Sql, personId: string, role: Role): Promise<void> {
  await sql.query(
    "with changed as (update person set role = $2 where id = $1 returning id) select pg_notify($3, id) from changed",
    [personId, role, ACCESS_NOTICE],
  );
}

/** Ends every session of a person; every instance hears of it. Returns how many there were. */
export async function deletePersonSessions(sql: Sql, personId: string): Promise<number> {
  const rows = await sql.query(
    "with ended as (delete from session where person_id = $1 returning id) select pg_notify($2, id) from ended",
    [personId, ACCESS_NOTICE],
  );
  return rows.length;
}

/**
 * Ends the sessions that rest on a session of the provider: of this `sid`, or without one all that its
 * subject opened with the provider. Every instance hears of it. Returns how many there were.
 */
export async function deleteOidcSessions(
  sql: Sql,
  issuer: string,
  { subject, session }: Pick<LoggedOut, "subject" | "session">,
): Promise<number> {
  const rows = await sql.query(
    `with ended as (
       delete from session using person
       where person.id = session.person_id and session.opened_with = 'oidc' and person.oidc_issuer = $1
         and ($2::text is null or person.oidc_subject = $2)
         and ($3::text is null or session.oidc_session = $3)
       returning session.id
     ) select pg_notify($4, id) from ended`,
    [issuer, subject, session, ACCESS_NOTICE],
  );
  return rows.length;
}

/** Keeps the ID token of a session for signing out at the provider. It opens nothing. */
export async function saveIdToken(sql: Sql, sessionId: string, idToken: string): Promise<void> {
  await sql.query("update session set oidc_id_token = $2 where id = $1", [sessionId, idToken]);
}

/** The provider that the session of this hash was opened at; undefined when it was opened otherwise. */
export async function findOidcOfSession(
  sql: Sql,
  hash: Buffer,
): Promise<{ issuer: string | null; idToken: string | null } | undefined> {
  const [row] = await sql.query<{ issuer: string | null; idToken: string | null }>(
    `select oidc_issuer as issuer, oidc_id_token as "idToken"
     from session join person on person.id = session.person_id
     where session.hash = $1 and opened_with = 'oidc'`,
    [hash],
  );
  return row;
}
