import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.stop());

test.each([
  [{}, null],
  [{ contact_name: " ", contact_email: "", language: "es" }, null],
  [
    { contact_name: " Lucía ", contact_email: "lucia@client.example", language: "es" },
    { name: "Lucía", email: "lucia@client.example", phone: null, language: "es" },
  ],
  [
    { contact_phone: "+15550190001" },
    { name: "+15550190001", email: null, phone: "+15550190001", language: null },
  ],
  [{ contact_name: "Lucía" }, "invalid"],
  [{ contact_email: "lucia" }, "invalid"],
  [{ contact_phone: "0555 190" }, "invalid"],
  [{ contact_email: "lucia@client.example", language: "tlh" }, "invalid"],
])("the contact of a row with %j", async (given, contact) => {
  const rows = [{ waba_id: "100000000000004", ...given }];
  const { status, body } = await app.ask("POST", "/api/v1/imports", { rows, more: true });
  expect(status).toBe(200);
  const kept = await app.database.db.query("select contact from waba_import_row where import_id = $1", [
    body.id,
  ]);
  expect(kept).toEqual([{ contact }]);
});
