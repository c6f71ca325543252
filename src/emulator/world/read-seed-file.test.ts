import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSeedFile } from "./read-seed-file.ts";
import { startEmulator } from "../start-emulator.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sharekeeper-seed-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(content: string): string {
  const path = join(folder, "world.json");
  writeFileSync(path, content);
  return path;
}

const number = { id: "3", display_phone_number: "+1 555 010 0100" };
const shop = {
  business_id: "1",
  name: "Corner Shop",
  wabas: [{ id: "2", kind: "platform", numbers: [number] }],
};

test("an emulator begins with the world of the file", async () => {
  const losses = [{ action: "partner.reduce", waba_id: "2" }];
  const seed = readSeedFile(fileOf(JSON.stringify({ clients: [shop], losses })));
  const emulator = await startEmulator({
    port: 0,
    seed,
    partnerBusinessId: "734443296905665",
    partnerName: "360dialog",
    appId: "600000000000001",
    appSecret: "secret",
    systemUserId: "610000000000001",
    systemUserToken: "token",
    verifyToken: "verify",
    callbackUrl: null,
  });
  try {
    const url = `${emulator.url}/v25.0/2?fields=id,name`;
    const answer = await fetch(url, { headers: { authorization: "Bearer token" } });
    expect(await answer.json()).toEqual({ id: "2", name: "Corner Shop" });
  } finally {
    await emulator.stop();
  }
});

test.each([
  ["no JSON", "{", /cannot be read/],
  ["another shape", "[]", /is no seed: the file/],
  [
    "an id that is a number",
    JSON.stringify({ clients: [{ ...shop, business_id: 1 }] }),
    /clients\.0\.business_id/,
  ],
  ["a word nobody knows", JSON.stringify({ clients: [{ ...shop, colour: "red" }] }), /clients\.0: .*colour/],
])("%s is one clear line", (_what, content, line) => {
  expect(() => readSeedFile(fileOf(content))).toThrow(line);
});

test("a file that is not there is one clear line", () => {
  expect(() => readSeedFile(join(folder, "none.json"))).toThrow(/Give the path of a JSON file/);
});
