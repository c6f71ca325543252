import { expect, test } from "vitest";
import { databaseErrorOf } from "./database-failure.ts";

const codeOf = (code?: string): string => databaseErrorOf(Object.assign(new Error("no"), { code })).code;

test("a refusal keeps its SQLSTATE", () => {
  expect(["23505", "42P01", "40001", "25P02"].map(codeOf)).toEqual(["23505", "42P01", "40001", "25P02"]);
});

test("a server that is away, starting, stopping or full is unavailable", () => {
  const codes = ["ECONNREFUSED", "EPIPE", "08006", "57P01", "57P03", "53300", undefined];
  expect(new Set(codes.map(codeOf))).toEqual(new Set(["unavailable"]));
});
