import { expect, test } from "vitest";
import { parseCsv } from "./parse-csv.ts";

/** "2: 100 crm-1 A client", or "refused quote_not_closed at 3". */
function read(text: string): string[] {
  const file = parseCsv(text);
  if (file.kind === "refused") return [`refused ${file.why} at ${file.line}`];
  return file.rows.map(
    ({ waba_id, external_id = "-", client_name = "-" }, index) =>
      `${file.lines[index]}: ${waba_id} ${external_id} ${client_name}`,
  );
}

test("field case 7: a quote within a cell swallows no row", () => {
  const file =
    '\uFEFFwaba_id,client_name\n100000000000008,5" Pizza Books\n100000000000009,Two\n100000000000011,Three\n';
  expect(read(file)).toEqual([
    '2: 100000000000008 - 5" Pizza Books',
    "3: 100000000000009 - Two",
    "4: 100000000000011 - Three",
  ]);
});

test.each([
  [
    "quoted cells, doubled quotes, a line break within",
    '100,"a ""b"",\nc",x\n200,,y',
    ['1: 100 a "b",\nc x', "3: 200 - y"],
  ],
  [
    "line feeds and carriage returns of three kinds",
    "waba_id\r100\r200\r\n300\n",
    ["2: 100 - -", "3: 200 - -", "4: 300 - -"],
  ],
  ["a separator that is named", "sep=|\nwaba_id|client_name\n100|a, b; c", ["3: 100 - a, b; c"]],
  [
    "semicolons, with commas in the names",
    'client_name;waba_id\n"Meadow, Pets";100\n',
    ["2: 100 - Meadow, Pets"],
  ],
  ["tabs, and spaces around", "waba_id\texternal_id\n 100 \t crm-1 ", ["2: 100 crm-1 -"]],
  ["headings as people write them", "Client Name,WABA ID,External-Id,Note\nA,100,crm,x", ["2: 100 crm A"]],
  ["no headings", "100,crm-1,A client\n200", ["1: 100 crm-1 A client", "2: 200 - -"]],
  [
    "empty lines and cells at the end",
    "waba_id,client_name,\n\n100,A,\n,,\n200,B\n",
    ["3: 100 - A", "5: 200 - B"],
  ],
])("%s", (_what, text, rows) => expect(read(text)).toEqual(rows));

test.each([
  ["a quote that is never closed", 'waba_id,client_name\n100,"A\n200,B\n', "quote_not_closed at 2"],
  ["a NUL", "waba_id\n100\n2\u00000", "nul at 3"],
  ["no row", "", "no_rows at 1"],
  ["headings alone", "waba_id,client_name\n", "no_rows at 1"],
  ["no column with the ids", "client,external_id\nA,1\n", "no_waba_id at 1"],
  ["after sep=, the lines of the file count", "sep=;\nclient;name\nA;1\n", "no_waba_id at 2"],
])("field case 7: %s is refused with its line", (_what, text, why) =>
  expect(read(text)).toEqual([`refused ${why}`]),
);

test("every line is a row: 5,000 of them, none lost", () => {
  const lines = Array.from(
    { length: 5000 },
    (_, index) => `${100_000 + index},crm-${index},"Client ""${index}"" 5"`,
  );
  const file = parseCsv(["waba_id,external_id,client_name", ...lines].join("\r\n"));
  expect(file).toMatchObject({ kind: "rows", rows: { length: 5000 } });
});

test("contacts are read under their headings alone", () => {
  const file = parseCsv(
    "WABA ID;Contact name;contact_email;language;Contact-Phone\n100;Lucía;l@client.example;es;+1555\n",
  );
  expect(file.kind === "rows" && file.rows).toEqual([
    {
      ...{ waba_id: "100", contact_name: "Lucía", contact_email: "l@client.example" },
      ...{ contact_phone: "+1555", language: "es" },
    },
  ]);
  const bare = parseCsv("100,crm-1,A client,Lucía,l@client.example");
  expect(bare.kind === "rows" && bare.rows).toEqual([
    { waba_id: "100", external_id: "crm-1", client_name: "A client" },
  ]);
});
