import { expect, test } from "vitest";
import { networkOf } from "./network-of.ts";

test.each([
  ["2001:db8::1:0:0:1", "2001:db8::2:0:0:1", true],
  ["2001:db8::1", "2001:0DB8:0:0:ffff:ffff:ffff:ffff", true],
  ["2001:db8:0:0:1::", "2001:db8::9:8:7:6", true],
  ["fe80::1%eth0", "fe80::2", true],
  ["2001:db8::1", "2001:db8:0:1::1", false],
  ["2001:db8:1::1", "2001:db8:2::1", false],
  ["::ffff:10.0.0.1", "::ffff:10.0.0.2", false],
  ["::ffff:a00:1", "::ffff:a00:2", false],
])("S6: %s and %s are one IPv6 network of 64 bits: %s", (one, other, isOne) =>
  expect(networkOf(one) === networkOf(other)).toBe(isOne),
);

test("S6: an address of IPv4, and what is no address, stay as they are", () => {
  for (const address of ["10.0.0.1", "unknown", "1:2"]) expect(networkOf(address)).toBe(address);
  expect(networkOf("2001:DB8::1:2:3:4")).toBe("2001:db8:0:0");
});
