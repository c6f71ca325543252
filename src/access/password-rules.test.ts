import { expect, test } from "vitest";
import { passwordFaultOf } from "./password-rules.ts";

const OLGA = { email: "olga.petrova@provider.example", name: "Olga Petrova" };

test.each([
  ["violet tractor lamp", null],
  ["x7Kq9mPz2vLw", null],
  ["пять лиловых тракторов", null],
  ["too short", "too_short"],
  ["lamp".repeat(33), "too_long"],
  ["password1234", "common"],
  ["Passw0rd 1234", "common"],
  ["qwertyuiop12", "common"],
  ["123123123123", "common"],
  ["abababababab", "common"],
  ["sharekeeper2026!", "common"],
  ["WhatsApp1234", "common"],
  ["360dialog2026", "common"],
  ["olga.petrova@provider.example", "own"],
  ["PetrovaPetrova", "own"],
  ["Petrova-1985!", "own"],
  ["summer2026!!", "common"],
])("%s: %s", (password, fault) => {
  expect(passwordFaultOf(password, OLGA)).toBe(fault);
});

test("what is easy to guess of one person may be hard to guess of another", () => {
  const password = "jean-luc-picard-1985";
  expect(passwordFaultOf(password, { email: "jl@b.example", name: "Jean-Luc-Picard" })).toBe("own");
  expect(passwordFaultOf(password, OLGA)).toBeNull();
});
