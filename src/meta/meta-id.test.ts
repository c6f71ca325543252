import { expect, it } from "vitest";
import { parseMetaId } from "./meta-id.ts";

it.each(["12345", "100000000000001", "12345678901234567890", 100000000000001])(
  "%j is an id of Meta's",
  (id) => {
    expect(parseMetaId(id)).toBe(String(id));
  },
);

it.each([
  "",
  "0",
  "1234",
  "123456789012345678901",
  " 12345",
  "12345\n",
  "1e10",
  "-12345",
  "१२३४५",
  1.5,
  2 ** 60,
  null,
  undefined,
  {},
])("%j is none", (id) => {
  expect(parseMetaId(id)).toBeNull();
});
