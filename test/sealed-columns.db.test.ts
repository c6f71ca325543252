import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "./support/database.ts";
import { keyedColumnsOf } from "../src/database/sealed-column.ts";
import { SEALED_COLUMNS } from "../src/sealed-columns.ts";

const root = fileURLToPath(new URL("../src", import.meta.url));

/** Binary columns that no data key seals, each with what it is. */
const NOT_SEALED: Readonly<Record<string, string>> = {
  "data_key.wrapped": "wrapped with ENCRYPTION_KEY",
  "passkey.public_key": "public",
  "idempotency_key.claim": "random, and worth nothing beside the database",
};
const isHash = (name: string): boolean => /(^|_)hash(es)?$/.test(name.split(".")[1] ?? "");

/** Where the code seals: each file with the column of SEALED_COLUMNS that it writes. */
const SEALING: Readonly<Record<string, string>> = {
  "credentials/secret-store.ts": "secret.sealed",
  "access/totp-store.ts": "person.totp_sealed",
  "inbox/receive-webhook.ts": "inbox.sealed",
  "http/kit/idempotent-call.ts": "idempotency_key.sealed",
  "delivery/endpoint-store.ts": "webhook_endpoint.sealed",
  "alerting/channels/channel-store.ts": "alert_channel.sealed",
};
const RESEALS = join("credentials", "reseal-rows.ts");

let own: TestDatabase;
beforeAll(async () => {
  own = await testDatabase();
});
afterAll(() => own.drop());

async function columnsLike(condition: string): Promise<string[]> {
  const rows = await own.db.query<{ name: string }>(
    `select relname || '.' || attname as name
     from pg_attribute join pg_class on pg_class.oid = attrelid
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
       and attnum > 0 and not attisdropped and ${condition} order by 1`,
  );
  return rows.map(({ name }) => name);
}

const all = keyedColumnsOf(SEALED_COLUMNS);
const sealed = all.map((column) => `${column.table}.${column.sealed}`);

test("every binary column is in the table of sealed columns, a hash, or declared as not sealed", async () => {
  const binary = await columnsLike("atttypid in ('bytea'::regtype, 'bytea[]'::regtype)");
  const undeclared = binary.filter((name) => !isHash(name) && !Object.hasOwn(NOT_SEALED, name));
  expect(undeclared).toEqual(sealed.toSorted());
  for (const name of Object.keys(NOT_SEALED)) expect(binary).toContain(name);
});

test("every column that names a data key is in the table", async () => {
  const named = await columnsLike("attname like '%data\\_key\\_id'");
  expect(named).toEqual(all.map(({ table, dataKeyId }) => `${table}.${dataKeyId}`).toSorted());
});

test("the table names the primary keys as they are", async () => {
  for (const { table, key } of SEALED_COLUMNS.lasting) {
    const rows = await own.db.query<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, null) as type
       from pg_index cross join unnest(indkey::int2[]) with ordinality as of_key (attnum, place)
         join pg_attribute on pg_attribute.attrelid = indrelid and pg_attribute.attnum = of_key.attnum
       where indrelid = $1::regclass and indisprimary order by place`,
      [table],
    );
    const stored = key.map(({ name, type }) => ({
      name,
      type: type === "timestamptz" ? "timestamp with time zone" : type,
    }));
    expect([table, rows]).toEqual([table, stored]);
  }
});

test("the code seals nothing besides", () => {
  const sealing = globSync("**/*.ts", { cwd: root })
    .filter((path) => !path.includes(".test.") && path !== RESEALS)
    .filter((path) => /keyring\.seal\(/.test(readFileSync(join(root, path), "utf8")));
  expect(sealing.toSorted()).toEqual(
    Object.keys(SEALING)
      .map((path) => join(...path.split("/")))
      .toSorted(),
  );
  expect(Object.values(SEALING).toSorted()).toEqual(sealed.toSorted());
});
