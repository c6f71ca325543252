import { afterAll, beforeAll, expect, test } from "vitest";
import { openSandbox, type TestSandbox } from "../../../../test/support/sandbox.ts";

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox?.stop());

const WABA = "100000000000001";

async function askedOfMeta(): Promise<number> {
  const { data } = (await sandbox.emulator("GET", "/journal?kind=requests")).body;
  return data.filter(({ path }: { path: string }) => path.endsWith("/whatsapp_commerce_settings")).length;
}

test("S12: 200 reads of a WABA's commerce settings ask Meta once for each number", async () => {
  const before = await askedOfMeta();
  const first = await sandbox.api("GET", `/wabas/${WABA}/commerce-settings`);
  expect(first.status).toBe(200);
  const asked = (await askedOfMeta()) - before;
  expect(asked).toBeGreaterThan(0);
  for (let n = 0; n < 20; n += 1)
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        expect((await sandbox.api("GET", `/wabas/${WABA}/commerce-settings`)).body).toEqual(first.body);
      }),
    );
  expect((await askedOfMeta()) - before).toBe(asked);
});
