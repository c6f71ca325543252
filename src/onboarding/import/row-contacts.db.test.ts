import { beforeAll, beforeEach, expect, test } from "vitest";
import { countOf, deps, named, openDeps, run, startMeta, wabaId } from "../../../test/support/import-app.ts";
import { findContacts } from "../../directory/client-details-store.ts";
import { findKnownWabas, readOutcomes } from "./import-store.ts";

beforeAll(startMeta);
beforeEach(openDeps);

const LUCIA = { name: "Lucía", email: "lucia@client.example", phone: null, language: "es" };
const BEN = { name: "Ben", email: null, phone: "+15550190001", language: null };

/** The contacts of the client of the fleet's WABA. */
async function contactsOf(index: number): Promise<unknown[]> {
  const known = await findKnownWabas(deps.db, "default", [wabaId(index)]);
  return findContacts(deps.db, known.get(wabaId(index))?.clientId ?? "");
}

test("rows bring contacts: each is added once, none is overwritten, and a wrong one is said of its row", async () => {
  const tried = await run({ rows: [named(0, { contact: LUCIA })], dryRun: true });
  expect(tried.totals.imported).toBe(1);
  expect(await countOf("client where contacts <> '[]'")).toBe(0);

  const rows = [
    named(0, { contact: LUCIA }),
    named(100, { contact: BEN }),
    named(200, { contact: "invalid" }),
  ];
  const first = await run({ rows });
  expect(first.totals).toMatchObject({ imported: 3, invalid: 0 });
  expect((await readOutcomes(deps.db, first.id, null, 10)).map(({ why }) => why)).toEqual([
    ...[null, null, "not_a_contact"],
  ]);
  expect([await contactsOf(0), await contactsOf(100), await contactsOf(200)]).toEqual([[LUCIA], [BEN], []]);

  const again = await run({
    rows: [
      named(0, { contact: { ...LUCIA, name: "L.", email: "Lucia@Client.example", language: "pt" } }),
      named(100),
      named(200, { contact: LUCIA }),
    ],
  });
  expect((await readOutcomes(deps.db, again.id, null, 10)).map(({ why }) => why)).toEqual([null, null, null]);
  expect([await contactsOf(0), await contactsOf(100), await contactsOf(200)]).toEqual([
    ...[[LUCIA], [BEN], [LUCIA]],
  ]);
  expect(await countOf("waba_import_row where contact is not null")).toBe(0);
});
