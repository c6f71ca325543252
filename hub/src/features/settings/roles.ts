import { labelOf } from "../../labels.ts";

/** The roles of the provider's own people, least first. */
export const STAFF_ROLES = ["viewer", "support", "operator", "admin"] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

export const roleOptions = () => STAFF_ROLES.map((role) => ({ value: role, label: labelOf("role", role) }));

/** The role of this name; the least one for any other word. */
export const roleOf = (name: string): StaffRole => STAFF_ROLES.find((role) => role === name) ?? "viewer";
