import { expect } from "vitest";
import type { Answer, TestApp } from "./create-test-app.ts";

export const PASSWORD = "violet tractor lamp";

/** Somebody with an account, and what the browser of their session sends along. */
export interface Joined {
  id: string;
  email: string;
  browser: Record<string, string>;
}

let count = 0;

/** Invites somebody, who accepts with PASSWORD. */
export async function joinPerson(app: TestApp, name: string, role = "operator"): Promise<Joined> {
  const email = `${name.toLowerCase().replaceAll(" ", ".")}.${(count += 1)}@provider.example`;
  const invited = await app.ask("POST", "/api/v1/users", { email, name, role });
  expect(invited.status).toBe(201);
  const token = new URL(invited.body.invitation.url).hash.replace("#invitation=", "");
  const joined = await app.ask("POST", "/api/v1/session/invitation", { token, password: PASSWORD }, {});
  expect(joined.status).toBe(200);
  return { id: invited.body.id, email, browser: browserOf(app, joined) };
}

/** What the browser that got this answer sends from now on. */
export const browserOf = (app: Pick<TestApp, "url">, { headers }: Answer): Record<string, string> => ({
  Cookie: (headers.get("set-cookie") ?? "").split(";")[0] ?? "",
  Origin: app.url,
  "Content-Type": "application/json",
});

/** The status of asking who is signed in: 200 while the session stands, 401 when it is over. */
export async function standingOf(app: TestApp, browser: Record<string, string>): Promise<number> {
  return (await app.ask("GET", "/api/v1/session", undefined, browser)).status;
}

/** The lines that the audit has of an action, oldest first: outcome and problem. */
export async function auditedOf(app: TestApp, action: string, targetId?: string): Promise<string[]> {
  const rows = await app.database.db.query<{ line: string }>(
    `select outcome || coalesce(' ' || problem, '') as line from audit
     where action = $1 and ($2::text is null or target_id = $2) order by id`,
    [action, targetId ?? null],
  );
  return rows.map(({ line }) => line);
}
