/** User finding P10: names are found without accents and with one typo. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";
import { foldText } from "../../../reports/search-terms.ts";

const NAMES: Record<string, string> = {
  "100000000000001": "Café Müller",
  "100000000000002": "Café Garnier",
  "100000000000003": "Straße & Søn A/S",
  "100000000000004": "Ёлка Маркет",
  "100000000000005": "Joe’s İstanbul Łódź",
  "100000000000006": "شركة الأمل",
};

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  for (const [wabaId, name] of Object.entries(NAMES)) {
    const of = "(select owner_id from meta_id where type = 'waba' and meta_id = $2)";
    await app.database.db.query(`update asset set name = $1 where id = ${of}`, [name, wabaId]);
  }
});
afterAll(() => app.stop());

async function found(q: string, more = ""): Promise<string[]> {
  const { body } = await app.ask("GET", `/api/v1/wabas?q=${encodeURIComponent(q)}${more}`);
  return (body.data as { name: string }[]).map(({ name }) => name).sort();
}

test.each([
  ["cafe muller", ["Café Müller"]],
  ["CAFÉ", ["Café Garnier", "Café Lumière", "Café Müller"]],
  ["garnier", ["Café Garnier"]],
  ["Cafe\u0301 Mu\u0308ller", ["Café Müller"]],
  ["strasse", ["Straße & Søn A/S"]],
  ["son a/s", ["Straße & Søn A/S"]],
  ["елка", ["Ёлка Маркет"]],
  ["joe's istanbul lodz", ["Joe’s İstanbul Łódź"]],
  ["الامل", ["شركة الأمل"]],
])("user finding P10: %s is found without accents", async (q, names) => {
  expect(await found(q)).toEqual(names);
});

test.each([
  ["caffe", ["Café Garnier", "Café Lumière", "Café Müller", "Copper Kettle Coffee"]],
  ["cafe mueller", ["Café Müller"]],
  ["cafe mulller", ["Café Müller"]],
  ["cafe muler", ["Café Müller"]],
  ["cafe mullre", ["Café Müller"]],
  ["cafe mukler", ["Café Müller"]],
  ["muller cafe", ["Café Müller"]],
  ["garneir", ["Café Garnier"]],
  ["маркит", ["Ёлка Маркет"]],
  ["muxxer", []],
  ["cxxe", []],
  ["soa", []],
  ["1555999", []],
])(
  "user finding P10: %s is found with one typo, never with two, and not when it is short",
  async (q, names) => {
    expect(await found(q)).toEqual(names);
  },
);

test("user finding P10: a typo is searched for only when nothing contains the exact text", async () => {
  const wabaId = "100000000000008";
  const rename = "update asset set name = $1 where id = (select owner_id from meta_id where meta_id = $2)";
  await app.database.db.query(rename, ["Caffe Roma", wabaId]);
  expect(await found("caffe")).toEqual(["Caffe Roma"]);
  // An exact match may be outside the filter: the filter narrows the answer, not the meaning of the search
  // text.
  expect(await found("caffe", "&broken=true")).toEqual([]);
  await app.database.db.query(rename, ["Roma", wabaId]);
});

test("user finding P10: the pages of a search with a typo hold each WABA once, in order", async () => {
  const pages: string[][] = [];
  let cursor = "";
  do {
    const { body } = await app.ask("GET", `/api/v1/wabas?q=caffe&sort=name&limit=1${cursor}`);
    pages.push((body.data as { name: string }[]).map(({ name }) => name));
    cursor = body.has_more ? `&cursor=${body.next_cursor}` : "";
  } while (cursor !== "");
  expect(pages).toEqual([["Café Garnier"], ["Café Lumière"], ["Café Müller"], ["Copper Kettle Coffee"]]);
});

test("the database folds names as the search folds words", async () => {
  const texts = [...Object.values(NAMES), "ﬁ Å ÆØŒÞ ıđħ ¾ Ａ—B", "ガード 한글 ञि 深圳", "a%_\\b", ""];
  const rows = await app.database.db.query<{ folded: string }>(
    "select folded(text) from unnest($1::text[]) as text",
    [texts],
  );
  expect(rows.map((row) => row.folded)).toEqual(texts.map(foldText));
});
