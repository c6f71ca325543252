import { describe, expect, test } from "vitest";
import { seededRandom } from "../lib/random.ts";
import { recoveryCodesOf, recoveryHashOf, totpSecretOf, totpStepOf, totpUrlOf } from "./totp.ts";

/** "12345678901234567890", the secret of RFC 6238, appendix B. */
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
/** The code of RFC 6238 at 1111111109 s, its last six digits. */
const CODE = "081804";
const STEP = Math.floor(1_111_111_109 / 30);
const at = (step: number): number => step * 30_000;

describe("a code of the authenticator app", () => {
  test.each([
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_234_567_890, "005924"],
    [20_000_000_000, "353130"],
  ])("at %d s is the one of RFC 6238", (seconds, code) => {
    const step = Math.floor(seconds / 30);
    expect(totpStepOf(SECRET, code, seconds * 1000)).toEqual({ step, latest: step + 1 });
  });

  test("counts while a clock is off by one step, and no longer", () => {
    for (const off of [-1, 0, 1]) expect(totpStepOf(SECRET, CODE, at(STEP + off))?.step).toBe(STEP);
    for (const off of [-2, 2]) expect(totpStepOf(SECRET, CODE, at(STEP + off))).toBeNull();
    expect(totpStepOf(SECRET, CODE, at(STEP + 2) - 1)?.step).toBe(STEP);
    expect(totpStepOf(SECRET, CODE, at(STEP - 1) - 1)).toBeNull();
  });

  test("may hold spaces, and has six digits", () => {
    expect(totpStepOf(SECRET, " 081 804 ", at(STEP))?.step).toBe(STEP);
    for (const code of ["", "81804", "0081804", "08180x", "081804\u0661"])
      expect(totpStepOf(SECRET, code, at(STEP))).toBeNull();
  });
});

test("a secret has 160 bits, and its address names us, the person and the secret", () => {
  const secret = totpSecretOf(seededRandom(1));
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(totpSecretOf(seededRandom(2))).not.toBe(secret);
  const url = new URL(totpUrlOf(secret, "olga@provider.example"));
  expect(decodeURIComponent(url.pathname)).toContain("Sharekeeper:olga@provider.example");
  expect([url.searchParams.get("secret"), url.searchParams.get("issuer")]).toEqual([secret, "Sharekeeper"]);
});

test("ten recovery codes are all different, and are recognized however they are typed", () => {
  const codes = recoveryCodesOf(seededRandom(1));
  expect([codes.length, new Set(codes).size]).toEqual([10, 10]);
  const [code = ""] = codes;
  expect(code).toMatch(/^[a-z2-7]{6}(-[a-z2-7]{6}){3}$/);
  for (const typed of [code.toUpperCase(), code.replaceAll("-", " "), ` ${code} `, code.replaceAll("-", "")])
    expect(recoveryHashOf(typed)).toEqual(recoveryHashOf(code));
  expect(recoveryHashOf(codes[1] ?? "")).not.toEqual(recoveryHashOf(code));
});
