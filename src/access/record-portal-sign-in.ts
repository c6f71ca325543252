import type { Database, Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import { Act } from "./act.ts";
import { appendAudit } from "./audit-store.ts";
import { openSession, type SignIn } from "./open-session.ts";
import { findPerson, findPersonByEmail, insertPerson, type Person } from "./person-store.ts";

export interface PortalSignIn {
  client: { id: string; name: string };
  name: string | null;
  email: string | null;
  how: "hand_over" | "mail_link";
  address: string | null;
  agent: string | null;
  requestId: string;
}

interface Deps {
  db: Database;
  clock: Clock;
  random: Random;
  sessionMs: number;
}

/**
 * Opens a session for somebody of this client. "suspended": the provider has closed this person's access.
 */
export async function recordPortalSignIn(
  deps: Deps,
  signIn: PortalSignIn,
): Promise<{ token: string } | "suspended"> {
  const { address, agent, requestId, how, client } = signIn;
  const person = await deps.db.transaction((tx) => findOrMake(tx, deps, signIn));
  if (person.state === "suspended") return "suspended";
  const act = new Act({
    ...{ action: "session.opened", requestId, address, now: () => deps.clock.now() },
    detail: { how, client_id: client.id, ...(signIn.email && { email: signIn.email }) },
  });
  act.by(person);
  const signedIn: SignIn = {
    ...{ address, agent },
    credential: { with: "link", personId: person.id, personVersion: person.credentialVersion },
  };
  const { token } = await openSession({ ...deps, db: act.over(deps.db) }, signedIn, act);
  return { token };
}

type Found = Pick<Person, "id" | "name" | "state" | "credentialVersion">;

/**
 * The person of this address, where the address is nobody else's: an address of another client or of the
 * provider's people gives nobody their rights. Then, and without an address, all of the client are one
 * person.
 */
async function findOrMake(tx: Tx, deps: Deps, signIn: PortalSignIn): Promise<Found> {
  const { client } = signIn;
  // Two who come at the same time are one person.
  await tx.query("select 1 from client where id = $1 for update", [client.id]);
  const shared = { email: `${client.id}@portal.invalid`, name: client.name };
  const named = signIn.email === null ? shared : { email: signIn.email, name: signIn.name ?? signIn.email };
  const known = await findPersonByEmail(tx, named.email);
  if (known === undefined) return makePerson(tx, deps, signIn, named);
  if (isOf(known, client.id)) return activate(tx, known);
  const common = await findPersonByEmail(tx, shared.email);
  return common === undefined ? makePerson(tx, deps, signIn, shared) : common;
}

const isOf = (person: Person, clientId: string): boolean =>
  person.role === "client" && person.clientId === clientId;

/** Somebody who was invited needs no invitation any more, unless suspended meanwhile. */
async function activate(tx: Tx, person: Person): Promise<Found> {
  if (person.state !== "invited") return person;
  await tx.query("update person set state = 'active' where id = $1 and state = 'invited'", [person.id]);
  return (await findPerson(tx, person.id)) ?? person;
}

async function makePerson(
  tx: Tx,
  { random, clock }: Deps,
  { client, address, requestId }: PortalSignIn,
  { email, name }: { email: string; name: string },
): Promise<Found> {
  const id = newId("usr", random);
  const at = clock.now();
  const made = { role: "client", clientId: client.id, state: "active" } as const;
  await insertPerson(tx, { id, email, name, ...made, createdAt: at });
  await appendAudit(tx, {
    ...{ at, actor: id, actorName: name, action: "person.created", address, requestId },
    target: { type: "person", id },
    after: { email, name, role: made.role, client_id: client.id, state: made.state },
  });
  return { id, name, state: made.state, credentialVersion: 1 };
}
