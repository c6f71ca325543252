/** P15: the size of a list on the wire, and the export of exactly its rows. */
import { gunzipSync } from "node:zlib";
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, OURS, type TestApp } from "../../../../test/support/create-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

interface Wire {
  headers: Record<string, unknown>;
  bytes: Buffer;
}

/** The answer's bytes on the wire: `fetch` would decompress them. */
function wire(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const asked = request(app.url + path, { method, headers: { ...OURS, ...headers } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => void chunks.push(chunk));
      answer.on("end", () => resolve({ headers: answer.headers, bytes: Buffer.concat(chunks) }));
    });
    asked.on("error", reject);
    asked.end(method === "POST" ? "{}" : undefined);
  });
}

const ZIPPED = { "Accept-Encoding": "gzip, br" };

test("P15: a list is compressed when the client accepts it, with the same content", async () => {
  const plain = await wire("/api/v1/wabas?limit=100");
  const zipped = await wire("/api/v1/wabas?limit=100", ZIPPED);
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect(zipped.headers["content-encoding"]).toBe("gzip");
  expect(zipped.headers["vary"]).toContain("Accept-Encoding");
  expect(JSON.parse(gunzipSync(zipped.bytes).toString())).toEqual(JSON.parse(plain.bytes.toString()));
  expect(zipped.bytes.length).toBeLessThan(plain.bytes.length / 3);
});

test("P15: a short answer, a write and the event stream are not compressed", async () => {
  expect((await wire("/api/v1/session", ZIPPED)).headers["content-encoding"]).toBeUndefined();
  const check = { ...ZIPPED, "Content-Type": "application/json" };
  const checked = await wire("/api/v1/wabas/100000000000001/check", check, "POST");
  expect(checked.headers["content-encoding"]).toBeUndefined();
  expect(checked.bytes.length).toBeGreaterThan(1024);
  const ending = new AbortController();
  const stream = await fetch(`${app.url}/api/v1/events/stream`, {
    headers: { ...OURS, ...ZIPPED },
    signal: ending.signal,
  });
  expect(stream.headers.get("content-encoding")).toBeNull();
  ending.abort();
});

test("P15: a row of a list is the short form of the WABA, without evidence and steps", async () => {
  const { data } = (await app.ask("GET", "/api/v1/wabas?limit=100")).body;
  for (const row of data as Record<string, unknown>[]) {
    const whole = (await app.ask("GET", `/api/v1/wabas/${String(row["id"])}`)).body;
    const { numbers, has_recovery, matched_number_ids, ...same } = row;
    expect(matched_number_ids).toEqual([]);
    expect(whole).toMatchObject(same);
    expect(whole.numbers).toMatchObject(numbers as object[]);
    const methods = whole.recovery.methods as { available: boolean; steps: unknown[] }[];
    expect(has_recovery).toBe(methods.some((method) => method.available && method.steps.length > 0));
    for (const left of ["conditions", "recovery", "setup_checks"]) expect(row).not.toHaveProperty(left);
    expect(JSON.stringify(row).length).toBeLessThan(JSON.stringify(whole).length / 2);
  }
});

const csvOf = (query: string) => wire(`/api/v1/wabas${query}`, { Accept: "text/csv" });
const linesOf = ({ bytes }: Wire): string[] => bytes.toString().split("\r\n").slice(0, -1);

test("the CSV holds exactly the filtered rows in order; its first line and its file name hold the filter", async () => {
  const answer = await csvOf("?q=northwind&sort=name&limit=1");
  expect(answer.headers["content-type"]).toContain("text/csv");
  expect(answer.headers["content-disposition"]).toMatch(
    /^attachment; filename="wabas_q-northwind_sort-name_\d{4}-\d\d-\d\d\.csv"$/,
  );
  const [comment, head, ...rows] = linesOf(answer);
  expect(comment).toMatch(/^\ufeff# Sharekeeper, 2 WABAs, .*, filter: q=northwind&sort=name$/);
  expect(head).toMatch(/^State,Client,WABA,WABA id,Numbers/);
  const listed = (await app.ask("GET", "/api/v1/wabas?q=northwind&sort=name")).body.data;
  expect(rows.map((row) => row.split(",")[3])).toEqual(listed.map((row: { id: string }) => row.id));
  expect(rows[0]).toContain("🟢LIVE");
  const [all, , ...every] = linesOf(await csvOf(""));
  expect(all).toContain(`${every.length} WABAs,`);
  expect(all).toMatch(/filter: none$/);
  expect(every).toHaveLength((await app.ask("GET", "/api/v1/wabas?limit=100")).body.data.length);
});

test("neither a name nor a filter can become a formula", async () => {
  const name = '=HYPERLINK("http://x","a"),\nb';
  await app.database.db.query(
    "update asset set name = $1 where id in (select owner_id from meta_id where meta_id = $2)",
    [name, "100000000000008"],
  );
  const [, , row] = linesOf(await csvOf("?q=100000000000008"));
  expect(row).toContain(`"'=HYPERLINK(""http://x"",""a""),\nb"`);
  const [comment] = linesOf(await csvOf(`?q=${encodeURIComponent("x,=1+1\r\n=2")}`));
  expect(comment).toMatch(/filter: q=x%2C%3D1%2B1%0D%0A%3D2$/);
});

test("the file's name is ours: a filter adds letters, digits and signs that end nothing", async () => {
  for (const q of [`"; filename="x.exe`, "a\r\nSet-Cookie: b=1", "../../etc/passwd", "x".repeat(90)]) {
    const { headers } = await csvOf(`?q=${encodeURIComponent(q)}`);
    expect(headers["content-disposition"]).toMatch(/^attachment; filename="wabas[\w.-]*\.csv"$/);
    expect(headers["set-cookie"]).toBeUndefined();
  }
});
