import type { Person } from "../access/person-store.ts";

/** Whether this person may be on a WABA: somebody of the provider's who can sign in. */
export function isColleague({ state, role }: Pick<Person, "state" | "role">): boolean {
  return state === "active" && role !== "client";
}
