import type { AuditTarget } from "../../access/audit-line.ts";

/** What the first parameter of a path names. One vocabulary for all lines. */
const TYPES: Readonly<Record<string, string>> = {
  wabas: "waba",
  numbers: "number",
  clients: "client",
  signups: "signup",
  imports: "import",
  users: "person",
  "api-keys": "api_key",
  sessions: "session",
  connections: "connection",
};

/** What the call is about, by its path: "/api/v1/wabas/{waba_id}/check" is about a WABA. */
export function targetOfPath(path: string, params: Readonly<Record<string, string>>): AuditTarget | null {
  const [, collection, name] = /^\/api\/v1\/([\w-]+)\/\{(\w+)\}/.exec(path) ?? [];
  const id = name === undefined ? undefined : params[name];
  if (collection === undefined || id === undefined) return null;
  const type = TYPES[collection] ?? collection.replace(/s$/, "").replaceAll("-", "_");
  return { type, id, wabaId: type === "waba" ? id : null };
}
