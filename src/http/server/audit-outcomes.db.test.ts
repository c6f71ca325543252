/** The audit says "done" of what was done, and of nothing else. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { readOperations, pathOf } from "../../../test/support/api-calls.ts";
import { createTestApp, type TestApp } from "../../../test/support/create-test-app.ts";
import { joinPerson, type Joined } from "../../../test/support/people.ts";
import { saveTestKey } from "../../../test/support/save-test-key.ts";
import type { Route } from "../kit/route.ts";

let app: TestApp;
let admin: Joined;
beforeAll(async () => {
  app = await createTestApp();
  admin = await joinPerson(app, "Root", "admin");
  const { db } = app.database;
  const [client] = await db.query<{ id: string }>("select id from client limit 1");
  await saveTestKey(db, "of-a-client", { clientId: client?.id ?? "" });
});
afterAll(() => app?.stop());

/** The outcomes of the lines that the audit has of one request. */
async function outcomesOf(requestId: string | null): Promise<string[]> {
  const rows = await app.database.db.query<{ outcome: string }>(
    "select outcome from audit where request_id = $1 order by id",
    [requestId],
  );
  return rows.map(({ outcome }) => outcome);
}

const CALLBACK = { uri: "https://hooks.example.com/", verify_token: "a token of the test" };

/** Bodies that fit, of the calls whose body may not be empty. */
const BODIES: Readonly<Record<string, object>> = {
  addNote: { text: "Called them." },
  updateWaba: { mode: "observe" },
  closeWaba: { reason: "Invoice 4711" },
  setWebhookOverride: CALLBACK,
  setNumberWebhookOverride: CALLBACK,
  registerNumber: { pin: "123456" },
  addImportRows: { rows: [{ waba_id: "100000000000009" }], more: false },
  sendClientMessage: { channel: "email" },
  recordSignupEvent: { type: "begun" },
  snoozeAlert: { until: "worse" },
  recoverWebhookEndpoint: { since: "2026-11-01T00:00:00.000Z", only: "failed" },
};

const hasTarget = ({ audit, path }: Route): boolean => audit !== null && path.includes("{");

/** Calls a route about what `ids` do not name. Says the problem's code, and each outcome of the audit. */
async function callUnknown(
  route: Route,
  ids: Record<string, string>,
  by: Joined["browser"],
): Promise<string> {
  const body = route.method === "DELETE" ? undefined : (BODIES[route.name] ?? {});
  const answer = await app.ask(route.method, pathOf(route, ids), body, by);
  return [answer.body.code, ...(await outcomesOf(answer.headers.get("request-id")))].join(" ");
}

test("no call about something unknown leaves a line that says it was done", async () => {
  const found: string[] = [];
  for (const route of (await readOperations(app)).filter(hasTarget)) {
    const by = route.who === "client" ? { "X-API-Key": "of-a-client" } : admin.browser;
    const said = await callUnknown(route, {}, by);
    // What is refused before anything is looked for would show nothing.
    if (!/^(\w+_)?not_found refused$/.test(said)) found.push(`${route.name} ${said}`);
  }
  expect(found).toEqual([]);
});

test.each([
  ["revokeKey", { numbers: "200000000000001" }, "key_not_found refused"],
  ["revokeReshareLink", { waba_id: "100000000000001" }, "link_not_found refused"],
])("%s of something known, about what is unknown within, is no act either", async (name, ids, said) => {
  const route = (await readOperations(app)).find((each) => each.name === name);
  expect(route && (await callUnknown(route, ids, admin.browser))).toBe(said);
});

test("the first sign-in with a key leaves the line of its session, not that of noting the use", async () => {
  const { db } = app.database;
  await saveTestKey(db, "new", { role: "viewer" });
  const opened = await app.ask("POST", "/api/v1/session", { api_key: "new" }, {});
  const lines = await db.query(
    "select actor, outcome, left(target_id, 4) as target, detail from audit where request_id = $1",
    [opened.headers.get("request-id")],
  );
  expect(lines).toEqual([{ actor: "key_new", outcome: "done", target: "ses_", detail: { with: "api_key" } }]);
});
