import type { Sql } from "../database/database.ts";
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
  passkey_count: number;
  oidc_issuer: string | null;
  oidc_subject: string | null;
  created_at: Date;
  last_seen_at: Date | null;
}

const PEOPLE = `
  select id, email, name, role, client_id, state, password_hash, credential_version,
    totp_confirmed_at is not null as has_totp,
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
    passkeyCount: row.passkey_count,
    oidc:
      row.oidc_issuer === null || row.oidc_subject === null
        ? null
        : { issuer: row.oidc_issuer, subject: row.oidc_subject },
    createdAt: row.created_at.getTime(),
    lastSeenAt: row.last_seen_at?.getTime() ?? null,
  };
}
