import { ROLES, SCOPES, STAFF_ROLES } from "../../access/actor.ts";
import type { Route } from "../kit/route.ts";
import { confinementOf, type Confinement } from "./confine.ts";

const CONFINED: Readonly<Record<Confinement, string>> = {
  waba: "its WABAs",
  number: "its numbers",
  client: "itself",
  signup: "its signups",
  caller: "its own",
  nothing: "no client's data",
  all: "refused",
};

const INTRODUCTION = [
  "# Roles",
  "",
  "Made from the table of routes; do not edit.",
  "",
  `Roles, least first: ${STAFF_ROLES.join(", ")}. Each role may do what the roles before it may.`,
  `A key with scopes (${SCOPES.join(", ")}) may only make the calls of its scopes that its role allows.`,
  "A call that is not allowed is answered with `not_permitted` or `scope_missing` (403).",
  "A call without a key is answered with `unauthenticated` (401).",
  "",
  "The last column is for a key or person limited to one client or connection: what the call is about then.",
  "Another client's WABA, number or signup is answered as an unknown id is (404).",
  "Refused: the call is about all clients (403, `client_limited`).",
  "",
];

/** The manual page of all routes and who may call them (docs/reference/roles.md). */
export function renderRoles(routes: readonly Route[]): string {
  const head = ["call", "no key", ...STAFF_ROLES, "scope", "limited to one client"];
  const rows = routes.map((route) => [
    `${route.method} ${route.path}`,
    markOf(route.who === "anyone"),
    ...STAFF_ROLES.map((role) =>
      markOf(route.who === "anyone" || ROLES.indexOf(role) >= ROLES.indexOf(route.who)),
    ),
    route.scope ?? "",
    route.who === "anyone" ? "needs no key" : CONFINED[confinementOf(route)],
  ]);
  const table = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return [...INTRODUCTION, ...table, ""].join("\n");
}

const markOf = (isAllowed: boolean): string => (isAllowed ? "yes" : "");
