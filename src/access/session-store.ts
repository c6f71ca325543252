import type { Sql } from "../database/database.ts";
import { ADMIN_KEY_ACTOR, roleShape, type Actor } from "./actor.ts";
import { ACCESS_NOTICE, actorOfKeyRow, isUsableKey, type KeyActorRow } from "./api-key-store.ts";

/**
 * What a session rests on. It is asked again at each use, so that a session never outlives or outranks its
 * credential.
 */
export type Credential =
  | { with: "api_key"; keyId: string; keyHash: Buffer }
  | { with: "password" | "link"; personId: string; personVersion: number }
  | { with: "passkey"; personId: string; personVersion: number; passkeyId: string }
  | { with: "oidc"; personId: string; personVersion: number; oidcSession: string | null };

/** Instants: ms since the epoch. The token itself is never kept, only its hash. */
export interface NewSession {
  id: string;
  hash: Buffer;
  credential: Credential;
  address: string | null;
  agent: string | null;
  at: number;
  expiresAt: number;
}

/** What each use of a session is judged by. */
export interface SessionRules {
  adminKeyHash: Buffer;
  /** How long a session may go unused, in ms. */
  idleMs: number;
  /** Whether one may sign in with a password: without, the sessions that rest on one are over. */
  passwords: boolean;
}

/** Whose session it is, and which one. */
export interface SessionActor {
  actor: Actor;
  sessionId: string;
  /** Whether it was opened with a password or a link by somebody without an authenticator app. */
  isSingleFactor: boolean;
}

export async function saveSession(sql: Sql, session: NewSession): Promise<void> {
  const { credential } = session;
  const isKey = credential.with === "api_key";
  await sql.query(
    `insert into session (id, hash, opened_with, person_id, person_version, passkey_id, api_key_id, key_hash,
       oidc_session, address, agent, created_at, last_used_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)`,
    [
      ...[session.id, session.hash, credential.with],
      ...(isKey ? [null, null] : [credential.personId, credential.personVersion]),
      credential.with === "passkey" ? credential.passkeyId : null,
      ...(isKey ? [credential.keyId, credential.keyHash] : [null, null]),
      credential.with === "oidc" ? credential.oidcSession : null,
      ...[session.address, session.agent, new Date(session.at), new Date(session.expiresAt)],
    ],
  );
}

/**
 * From and where of the sessions that stand at `$now`, with the person or key that each one rests on. The
 * link of an invitation sets a password; the link of a client to the portal does not.
 */
const STANDING_SESSIONS = `
  from session
  left join person on person.id = session.person_id and person.state = 'active'
    and person.credential_version = session.person_version
    and ($passwords or session.opened_with not in ('password', 'link')
      or (session.opened_with = 'link' and person.role = 'client'))
  left join api_key on api_key.id = session.api_key_id
    and ${isUsableKey("session.key_hash", "$now::timestamptz")}
  where session.expires_at > $now::timestamptz
    and session.last_used_at > $now::timestamptz - $idle_ms * interval '1 millisecond'
    and (person.id is not null or api_key.id is not null
      or (session.api_key_id = '${ADMIN_KEY_ACTOR.id}' and session.key_hash = $admin_hash))`;

/** The statement with its named parameters replaced by numbered ones. */
function withSessionRules(
  text: string,
  { adminKeyHash, idleMs, passwords }: SessionRules,
  now: number,
  values: readonly unknown[],
): [text: string, values: unknown[]] {
  const base = values.length;
  const numbered = text
    .replaceAll("$now", `$${base + 1}`)
    .replaceAll("$idle_ms", `$${base + 2}`)
    .replaceAll("$admin_hash", `$${base + 3}`)
    .replaceAll("$passwords", `$${base + 4}::boolean`);
  return [numbered, [...values, new Date(now), idleMs, adminKeyHash, passwords]];
}

/** What a session or a key gives its holder: the person or key it rests on; both null: ADMIN_API_KEY. */
interface HolderRow {
  person: { id: string; name: string; role: string; client_id: string | null } | null;
  api_key: KeyActorRow | null;
}

const PERSON_COLUMN = `case when person.id is not null then jsonb_build_object('id', person.id,
  'name', person.name, 'role', person.role, 'client_id', person.client_id) end as person`;
const KEY_COLUMN = `case when api_key.id is not null then jsonb_build_object('id', api_key.id,
  'name', api_key.name, 'role', api_key.role, 'scopes', api_key.scopes, 'client_id', api_key.client_id,
  'connection_id', api_key.connection_id) end as api_key`;

interface SessionRow extends HolderRow {
  session_id: string;
  is_single_factor: boolean;
  is_noted: boolean;
}

/** Who is signed in with the token of this hash at `now` (ms). With `notesUse`, notes it, to the minute. */
export async function findSessionActor(
  sql: Sql,
  rules: SessionRules,
  hash: Buffer,
  { now, notesUse }: { now: number; notesUse: boolean },
): Promise<SessionActor | undefined> {
  const [row] = await sql.query<SessionRow>(
    ...withSessionRules(
      `select session.id as session_id, ${PERSON_COLUMN}, ${KEY_COLUMN},
         session.opened_with in ('password', 'link') and person.totp_confirmed_at is null as is_single_factor,
         session.last_used_at > $now::timestamptz
           - least(interval '1 minute', $idle_ms * interval '1 millisecond' / 2) as is_noted
       ${STANDING_SESSIONS} and session.hash = $1`,
      rules,
      now,
      [hash],
    ),
  );
  if (row === undefined) return undefined;
  if (notesUse && !row.is_noted) await noteUse(sql, row, now);
  return { actor: actorOfHolder(row), sessionId: row.session_id, isSingleFactor: row.is_single_factor };
}

/**
 * Whose these sessions and keys are, by the hash of the token or key, in hex: of those that may be used at
 * `now` (ms). One query; no use is noted.
 */
export async function readStandingActors(
  sql: Sql,
  rules: SessionRules,
  hashes: readonly string[],
  now: number,
): Promise<Map<string, Actor>> {
  const rows = await sql.query<HolderRow & { hash: string }>(
    ...withSessionRules(
      `with shown as (select decode(hex, 'hex') as hash from unnest($1::text[]) as hex)
       select encode(session.hash, 'hex') as hash, ${PERSON_COLUMN}, ${KEY_COLUMN}
       ${STANDING_SESSIONS} and session.hash in (select hash from shown)
       union all
       select encode(shown.hash, 'hex'), null, ${KEY_COLUMN}
       from shown join api_key on ${isUsableKey("shown.hash", "$now::timestamptz")}`,
      rules,
      now,
      [hashes],
    ),
  );
  const adminKey = rules.adminKeyHash.toString("hex");
  const actors = new Map(rows.map((row) => [row.hash, actorOfHolder(row)]));
  return hashes.includes(adminKey) ? actors.set(adminKey, ADMIN_KEY_ACTOR) : actors;
}

/** The person first, as everybody who changes both does: so two of them never wait for each other. */
async function noteUse(sql: Sql, { session_id, person }: SessionRow, now: number): Promise<void> {
  const at = new Date(now);
  if (person !== null) await sql.query("update person set last_seen_at = $2 where id = $1", [person.id, at]);
  await sql.query("update session set last_used_at = $2 where id = $1", [session_id, at]);
}

function actorOfHolder({ person, api_key: key }: HolderRow): Actor {
  if (key !== null) return actorOfKeyRow(key);
  if (person === null) return ADMIN_KEY_ACTOR;
  return {
    id: person.id,
    name: person.name,
    role: roleShape.parse(person.role),
    scopes: null,
    clientId: person.client_id,
    connectionId: null,
  };
}

/** Signs out. */
export async function deleteSession(sql: Sql, hash: Buffer): Promise<void> {
  await sql.query(
    "with ended as (delete from session where hash = $1 returning id) select pg_notify($2, id) from ended",
    [hash, ACCESS_NOTICE],
  );
}

/**
 * After a change of a person's credentials: their one session that goes on, under a new token. All others of
 * theirs are forgotten.
 */
export async function renewSession(
  sql: Sql,
  own: { sessionId: string; personId: string; personVersion: number; hash: Buffer },
): Promise<void> {
  await sql.query(
    `with ended as (delete from session where person_id = $2 and id <> $1)
     update session set hash = $4, person_version = $3 where id = $1`,
    [own.sessionId, own.personId, own.personVersion, own.hash],
  );
}

/** The person who is signed in with a session, and since when (ms); undefined: it was opened with a key. */
export async function findPersonOfSession(
  sql: Sql,
  sessionId: string,
): Promise<{ personId: string; openedAt: number } | undefined> {
  const [row] = await sql.query<{ person_id: string; created_at: Date }>(
    "select person_id, created_at from session where id = $1 and person_id is not null",
    [sessionId],
  );
  return row && { personId: row.person_id, openedAt: row.created_at.getTime() };
}

/** A session as it is listed. Instants: ms since the epoch; `lastUsedAt` to the minute. */
export interface StandingSession {
  id: string;
  /** The person or key. */
  actorId: string;
  actorName: string;
  openedWith: Credential["with"];
  address: string | null;
  agent: string | null;
  createdAt: number;
  lastUsedAt: number;
  expiresAt: number;
}

/** The sessions that stand at `now`, of one person or key or (null) of all, last used first. */
export async function readSessions(
  sql: Sql,
  rules: SessionRules,
  now: number,
  actorId: string | null,
): Promise<StandingSession[]> {
  const rows = await sql.query<{
    id: string;
    actor_id: string;
    actor_name: string | null;
    opened_with: Credential["with"];
    address: string | null;
    agent: string | null;
    created_at: Date;
    last_used_at: Date;
    expires_at: Date;
  }>(
    ...withSessionRules(
      `select session.id, coalesce(session.person_id, session.api_key_id) as actor_id,
         coalesce(person.name, api_key.name) as actor_name, opened_with, address, agent,
         session.created_at, session.last_used_at, session.expires_at
       ${STANDING_SESSIONS} and ($1::text is null or $1 in (session.person_id, session.api_key_id))
       order by session.last_used_at desc, session.id`,
      rules,
      now,
      [actorId],
    ),
  );
  return rows.map((row) => ({
    id: row.id,
    actorId: row.actor_id,
    actorName: row.actor_name ?? ADMIN_KEY_ACTOR.name,
    openedWith: row.opened_with,
    address: row.address,
    agent: row.agent,
    createdAt: row.created_at.getTime(),
    lastUsedAt: row.last_used_at.getTime(),
    expiresAt: row.expires_at.getTime(),
  }));
}

/** Ends one session: of one person or key, or (null) of anybody. False when there is none. */
export async function endSession(sql: Sql, id: string, actorId: string | null): Promise<boolean> {
  return (
    (await endSessions(sql, "id = $2 and ($3::text is null or $3 in (person_id, api_key_id))", id, actorId)) >
    0
  );
}

/** Ends the sessions of one person or key, but for the one that stays (null: none stays). */
export function endOtherSessions(sql: Sql, actorId: string, staying: string | null): Promise<number> {
  return endSessions(sql, "$2 in (person_id, api_key_id) and id is distinct from $3::text", actorId, staying);
}

async function endSessions(sql: Sql, condition: string, ...values: (string | null)[]): Promise<number> {
  const rows = await sql.query(
    `with ended as (delete from session where ${condition} returning id)
     select pg_notify($1, id) from ended`,
    [ACCESS_NOTICE, ...values],
  );
  return rows.length;
}

/** Forgets the sessions that are over at `now`. */
export async function deleteExpiredSessions(sql: Sql, now: number): Promise<void> {
  await sql.query("delete from session where expires_at <= $1", [new Date(now)]);
}
