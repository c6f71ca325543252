import { z } from "zod";

/**
 * What one may do; each may what those before it may. A `client` sees the portal of its own WABAs and nothing
 * else.
 */
export const ROLES = ["client", "viewer", "support", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];
export const roleShape = z.enum(ROLES);

/** The roles that a key may have, and that a person may have who works for the provider. */
export const STAFF_ROLES = ["viewer", "support", "operator", "admin"] as const satisfies readonly Role[];

/** What a key of one purpose may call, whatever its role. */
export const SCOPES = ["can-send", "reshare", "onboarding", "keys", "messages"] as const;
export type Scope = (typeof SCOPES)[number];

/** Who does something: a key, or a person who signed in. `id` stands in journal and audit lines. */
export interface Actor {
  id: string;
  name: string;
  role: Role;
  /** Null: everything that the role may do. */
  scopes: readonly Scope[] | null;
  /** The one client whose WABAs it may see. Null: those of all clients. */
  clientId: string | null;
  /** The one connection whose WABAs it may see. Null: those of all connections. */
  connectionId: string | null;
}

/** An actor without limits besides its role. */
export function actorOf(id: string, name: string, role: Role): Actor {
  return { id, name, role, scopes: null, clientId: null, connectionId: null };
}

/** The holder of ADMIN_API_KEY. */
export const ADMIN_KEY_ACTOR: Actor = actorOf("key_admin", "Admin key", "admin");

/** Whether `actor` has the role `needed`, or a higher one. */
export function mayAct(actor: Pick<Actor, "role">, needed: Role): boolean {
  return ROLES.indexOf(actor.role) >= ROLES.indexOf(needed);
}

/** The limits of an actor who may see the WABAs of one client or connection only. */
export type Limits = Pick<Actor, "clientId" | "connectionId">;

export const isLimited = ({ clientId, connectionId }: Limits): boolean =>
  clientId !== null || connectionId !== null;

/** Whether a thing of this client and connection is within the limits. */
export function isWithin(limits: Limits, of: { clientId: string | null; connectionId: string }): boolean {
  return (
    (limits.clientId === null || limits.clientId === of.clientId) &&
    (limits.connectionId === null || limits.connectionId === of.connectionId)
  );
}
