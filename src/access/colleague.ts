import type { Person } from "./person-store.ts";

/** Whether this person may be on a WABA or look after a client: one of the provider's who can sign in. */
export function isColleague({ state, role }: Pick<Person, "state" | "role">): boolean {
  return state === "active" && role !== "client";
}
