import { z } from "zod";

/** What one may do; each may what those before it may. */
const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];
export const roleShape = z.enum(ROLES);

/** Who does something: a key, or the person who signed in with it. `id` stands in journal and audit lines. */
export interface Actor {
  id: string;
  name: string;
  role: Role;
}

/** The holder of ADMIN_API_KEY. */
export const ADMIN_KEY_ACTOR: Actor = { id: "key_admin", name: "Admin key", role: "admin" };

/** Whether `actor` has the role `needed`, or a higher one. */
export function mayAct(actor: Actor, needed: Role): boolean {
  return ROLES.indexOf(actor.role) >= ROLES.indexOf(needed);
}
