import { expect, test } from "vitest";
import { hostNamesOf, isOwnHost } from "./host-names.ts";

const OWN = hostNamesOf("127.0.0.1", ["share.example.com", "share.internal:3600"]);

test.each([
  undefined,
  "127.0.0.1:3600",
  "localhost",
  "LocalHost:3600",
  "[::1]:3600",
  "share.example.com",
  "share.example.com:8443",
  "Share.Internal:3600",
])("S9: Host %s is ours", (host) => expect(isOwnHost(OWN, host)).toBe(true));

test.each([
  "",
  "rebind.evil.example",
  "rebind.evil.example:3600",
  "share.example.com.evil.example",
  "share.internal",
  "share.internal:3601",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "192.168.0.7:3600",
  "[::1",
])("S9: Host %j is not", (host) => expect(isOwnHost(OWN, host)).toBe(false));

test("S9: a server that listens on every address answers under each address, and still under no name", () => {
  const all = hostNamesOf("0.0.0.0", []);
  expect(isOwnHost(all, "192.168.0.7:3600")).toBe(true);
  expect(isOwnHost(all, "[fd00::7]:3600")).toBe(true);
  expect(isOwnHost(all, "rebind.evil.example:3600")).toBe(false);
});
