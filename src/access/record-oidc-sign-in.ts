import type { Database, Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import type { Role } from "./actor.ts";
import type { AuditLine } from "./audit-line.ts";
import { appendAudit } from "./audit-store.ts";
import { lockPeople } from "./lock-people.ts";
import { deletePersonSessions, findOidcPersonId, linkOidc, saveClaimedRole } from "./oidc-store.ts";
import { roleOfClaims, type Claims, type OidcSettings } from "./oidc-settings.ts";
import { countAdmins, findPerson, findPersonByEmail, insertPerson, type Person } from "./person-store.ts";

/** Why somebody whom the provider vouches for does not come in. */
export type OidcRefusal = "no_role" | "suspended" | "email_missing" | "email_taken";

export type OidcSignIn = { person: Person } | { refused: OidcRefusal };

/** From where, for the audit. */
export interface SignInOrigin {
  address: string | null;
  requestId: string;
}

interface Deps {
  db: Database;
  clock: Clock;
  random: Random;
  /** Whether one may sign in with a password. */
  passwords: boolean;
}

/** What one sign-in is judged by. */
interface Visit extends SignInOrigin {
  settings: OidcSettings;
  identity: { issuer: string; subject: string };
  claims: Claims;
  role: Role | null;
  passwords: boolean;
  at: number;
}

/**
 * Who signs in with these verified claims. A person is known by issuer and subject; else by an address that
 * the provider has verified; else one is made. The role follows the claims each time; without a role all
 * sessions of the person end. The last admin who can sign in keeps the role whatever the claims say, so that
 * a wrong group locks nobody out. One transaction, its audit lines included.
 */
export async function recordOidcSignIn(
  { db, clock, random, passwords }: Deps,
  { settings, claims, ...origin }: SignInOrigin & { settings: OidcSettings; claims: Claims },
): Promise<OidcSignIn> {
  const identity = { issuer: settings.issuer, subject: String(claims["sub"]) };
  const visit = {
    ...origin,
    settings,
    identity,
    claims,
    role: roleOfClaims(settings, claims),
    passwords,
    at: clock.now(),
  };
  return db.transaction(async (tx) => {
    // First of all locks, as whoever changes or removes a person takes them.
    await lockPeople(tx);
    const lines: AuditLine[] = [];
    const outcome = await judge(tx, random, visit, lines);
    if ("refused" in outcome)
      lines.push(
        lineOf(visit, subjectOf(visit), "session.opened", { outcome: "refused", problem: outcome.refused }),
      );
    for (const line of lines) await appendAudit(tx, line);
    return outcome;
  });
}

async function judge(tx: Tx, random: Random, visit: Visit, lines: AuditLine[]): Promise<OidcSignIn> {
  const knownId = await findOidcPersonId(tx, visit.identity);
  const person = knownId === undefined ? undefined : await findPerson(tx, knownId);
  if (person !== undefined) return judgeKnown(tx, visit, person, lines);
  const email = typeof visit.claims["email"] === "string" ? visit.claims["email"].trim() : "";
  if (visit.role === null) return { refused: "no_role" };
  if (!email.includes("@")) return { refused: "email_missing" };
  const namesake = await findPersonByEmail(tx, email);
  return namesake === undefined
    ? createPerson(tx, random, visit, { email, role: visit.role }, lines)
    : linkPerson(tx, visit, namesake, lines);
}

async function judgeKnown(tx: Tx, visit: Visit, person: Person, lines: AuditLine[]): Promise<OidcSignIn> {
  if (person.state === "suspended") return { refused: "suspended" };
  if (person.role === visit.role) return { person };
  if (person.role === "admin" && (await countAdmins(tx, visit.passwords)) === 1) {
    lines.push(
      lineOf(visit, person, "person.role_kept", { detail: { claimed: visit.role, kept: person.role } }),
    );
    return { person };
  }
  if (visit.role === null) {
    const endedCount = await deletePersonSessions(tx, person.id);
    lines.push(lineOf(visit, person, "person.sessions_ended", { detail: { count: endedCount } }));
    return { refused: "no_role" };
  }
  await saveClaimedRole(tx, person.id, visit.role);
  const change = { before: { role: person.role }, after: { role: visit.role } };
  lines.push(lineOf(visit, person, "person.role_claimed", change));
  return { person: { ...person, role: visit.role } };
}

/** Only an address that the provider has verified leads to somebody else's person; never a client's own. */
async function linkPerson(tx: Tx, visit: Visit, person: Person, lines: AuditLine[]): Promise<OidcSignIn> {
  if (visit.claims["email_verified"] !== true || person.oidc !== null || person.role === "client")
    return { refused: "email_taken" };
  if (person.state === "suspended") return { refused: "suspended" };
  await linkOidc(tx, person.id, visit.identity);
  lines.push(lineOf(visit, person, "person.linked", { detail: visit.identity }));
  return judgeKnown(tx, visit, { ...person, state: "active", oidc: visit.identity }, lines);
}

async function createPerson(
  tx: Tx,
  random: Random,
  visit: Visit,
  { email, role }: { email: string; role: Role },
  lines: AuditLine[],
): Promise<OidcSignIn> {
  const id = newId("usr", random);
  const name = typeof visit.claims["name"] === "string" ? visit.claims["name"].slice(0, 200) : email;
  await insertPerson(tx, { id, email, name, role, clientId: null, state: "active", createdAt: visit.at });
  await linkOidc(tx, id, visit.identity);
  const person = await findPerson(tx, id);
  if (person === undefined) throw new Error("Broken assumption: the new person is not there");
  lines.push(lineOf(visit, person, "person.created", { after: { email, role }, detail: visit.identity }));
  return { person };
}

const subjectOf = ({ identity }: Visit): { id: string; name: string } => ({
  id: "oidc",
  name: identity.subject,
});

function lineOf(
  { at, address, requestId }: Visit,
  who: { id: string; name: string },
  action: string,
  more: Partial<AuditLine>,
): AuditLine {
  const target = who.id === "oidc" ? null : { type: "person", id: who.id };
  return { ...{ at, actor: who.id, actorName: who.name, action, target, address, requestId }, ...more };
}
