import { expect, test } from "vitest";
import { systemRandom } from "../lib/random.ts";
import { createPasswordHasher } from "./create-password-hasher.ts";
import { passwordFaultOf } from "./password-rules.ts";

const hasher = createPasswordHasher({ random: systemRandom });
const PASSWORD = "  Violet tractor lamp, ½ of it  ";

test("a password is kept as argon2id with OWASP's parameters, and a salt of its own", async () => {
  const kept = [await hasher.hash(PASSWORD), await hasher.hash(PASSWORD)];
  for (const phc of kept)
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(new Set(kept).size).toBe(2);
});

test("it is compared as it was typed: whole, with its spaces and its case", async () => {
  const long = "a long sentence ".repeat(8).slice(0, 127);
  const phc = await hasher.hash(`${long}x`);
  expect(await hasher.isRight(`${long}x`, phc)).toBe(true);
  for (const other of [`${long}y`, long, `${long}X`, ` ${long}x`])
    expect([other, await hasher.isRight(other, phc)]).toEqual([other, false]);
  expect(passwordFaultOf(`${long}x`, { email: "a@b.example", name: "Ann" })).toBeNull();
});

test("the same letters typed on another keyboard are the same password", async () => {
  const phc = await hasher.hash("Café au lait, 3 times".normalize("NFC"));
  expect(await hasher.isRight("Café au lait, 3 times".normalize("NFD"), phc)).toBe(true);
});

test("who has no password is never right", async () => {
  expect(await hasher.isRight("", null)).toBe(false);
  expect(await hasher.isRight(PASSWORD, null)).toBe(false);
});
