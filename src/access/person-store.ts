import type { Sql } from "../database/database.ts";
import { assert } from "../lib/assert.ts";
import { ACCESS_NOTICE } from "./api-key-store.ts";
import { roleShape, type Role } from "./actor.ts";

export const PERSON_STATES = ["invited", "active", "suspended"] as const;

/** Somebody who signs in. Instants: ms since the epoch. */
export interface Person {
  id: string;
  email: string;
  name: string;
  role: Role;
  /** With the role client, and only then: whose WABAs this person sees. */
  clientId: string | null;
  state: (typeof PERSON_STATES)[number];
  /** argon2id in PHC form; null: this person signs in by another way. */
  passwordHash: string | null;
  /** Raised with the password or the second factor: the sessions that were opened before are over. */
  credentialVersion: number;
  hasTotp: boolean;
  /** How many are left. */
  recoveryCodeCount: number;
  passkeyCount: number;
  oidc: { issuer: string; subject: string } | null;
  createdAt: number;
  lastSeenAt: number | null;
}

interface Row {
  id: string;
  email: string;
  name: string;
  role: string;
  client_id: string | null;
  state: Person["state"];
  password_hash: string | null;
  credential_version: number;
  has_totp: boolean;
  recovery_code_count: number;
  passkey_count: number;
  oidc_issuer: string | null;
  oidc_subject: string | null;
  created_at: Date;
  last_seen_at: Date | null;
}

const PEOPLE = `
  select id, email, name, role, client_id, state, password_hash, credential_version,
    totp_confirmed_at is not null as has_totp,
    cardinality(recovery_code_hashes) as recovery_code_count,
    (select count(*)::int from passkey where passkey.person_id = person.id) as passkey_count,
    oidc_issuer, oidc_subject, created_at, last_seen_at
  from person`;

export async function insertPerson(
  sql: Sql,
  person: Pick<Person, "id" | "email" | "name" | "role" | "clientId" | "state" | "createdAt">,
): Promise<void> {
  await sql.query(
    `insert into person (id, email, name, role, client_id, state, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      ...[person.id, person.email, person.name, person.role, person.clientId, person.state],
      new Date(person.createdAt),
    ],
  );
}

export async function findPerson(sql: Sql, id: string): Promise<Person | undefined> {
  const [row] = await sql.query<Row>(`${PEOPLE} where id = $1`, [id]);
  return row && personOf(row);
}

export async function findPeople(sql: Sql, ids: readonly string[]): Promise<Person[]> {
  if (ids.length === 0) return [];
  return (await sql.query<Row>(`${PEOPLE} where id = any($1::text[])`, [ids])).map(personOf);
}

export async function findPersonByEmail(sql: Sql, email: string): Promise<Person | undefined> {
  const [row] = await sql.query<Row>(`${PEOPLE} where lower(email) = lower($1)`, [email.trim()]);
  return row && personOf(row);
}

/** Everybody, by name. */
export async function readPeople(sql: Sql): Promise<Person[]> {
  const rows = await sql.query<Row>(`${PEOPLE} order by lower(name), id`);
  return rows.map(personOf);
}

/** Saves what an administrator may change. */
export async function savePerson(
  sql: Sql,
  { id, name, role, clientId, state }: Pick<Person, "id" | "name" | "role" | "clientId" | "state">,
): Promise<void> {
  await sql.query("update person set name = $2, role = $3, client_id = $4, state = $5 where id = $1", [
    ...[id, name, role, clientId, state],
  ]);
}

/** Keeps the hash of a password; null: none. */
export async function savePasswordHash(sql: Sql, id: string, hash: string | null): Promise<void> {
  await sql.query("update person set password_hash = $2 where id = $1", [id, hash]);
}

/** Ends every session that was opened before. Returns the new version. */
export async function raiseCredentialVersion(sql: Sql, id: string): Promise<number> {
  const [row] = await sql.query<{ credential_version: number }>(
    "update person set credential_version = credential_version + 1 where id = $1 returning credential_version",
    [id],
  );
  assert(row, `the person ${id} is there`);
  return row.credential_version;
}

export async function deletePasskeysOf(sql: Sql, personId: string): Promise<void> {
  await sql.query("delete from passkey where person_id = $1", [personId]);
}

/** With the sessions, passkeys and links of this person. */
export async function deletePerson(sql: Sql, id: string): Promise<void> {
  await sql.query("delete from person where id = $1", [id]);
}

/** How many active administrators have a way to sign in. `passwords`: whether a password is one. */
export async function countAdmins(sql: Sql, passwords: boolean): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `select count(*)::int as count from person
     where role = 'admin' and state = 'active'
       and (($1 and password_hash is not null) or oidc_subject is not null
         or exists (select from passkey where passkey.person_id = person.id))`,
    [passwords],
  );
  return row?.count ?? 0;
}

/** Tells every instance that what this person's sessions rest on has changed. */
export async function announcePerson(sql: Sql, id: string): Promise<void> {
  await sql.query("select pg_notify($1, $2)", [ACCESS_NOTICE, id]);
}

function personOf(row: Row): Person {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: roleShape.parse(row.role),
    clientId: row.client_id,
    state: row.state,
    passwordHash: row.password_hash,
    credentialVersion: row.credential_version,
    hasTotp: row.has_totp,
    recoveryCodeCount: row.recovery_code_count,
    passkeyCount: row.passkey_count,
    oidc:
      row.oidc_issuer === null || row.oidc_subject === null
        ? null
        : { issuer: row.oidc_issuer, subject: row.oidc_subject },
    createdAt: row.created_at.getTime(),
    lastSeenAt: row.last_seen_at?.getTime() ?? null,
  };
}
