import { expect, test } from "vitest";
import { openAllowedNetworks } from "./allowed-networks.ts";

const none = openAllowedNetworks([]);
const some = openAllowedNetworks(["10.1.2.0/24", "127.0.0.1", "fd00:1::/32"]);

test.each([
  ...["127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"],
  ...[
    "100.64.0.1",
    "192.0.2.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
  ],
  ...[
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "example.com",
  ],
])("%s is no public address", (address) => {
  expect(none.admits(address)).toBe(false);
});

test.each(["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])("%s is public", (address) => {
  expect(none.admits(address)).toBe(true);
});

test("an allowed network is open, and nothing beside it", () => {
  for (const address of ["10.1.2.3", "127.0.0.1", "fd00:1::5", "::ffff:10.1.2.3"])
    expect([address, some.admits(address)]).toEqual([address, true]);
  for (const address of ["10.1.3.1", "127.0.0.2", "fd01::1"])
    expect([address, some.admits(address)]).toEqual([address, false]);
});

test.each([
  ["https://example.com/hook", null, null],
  ["https://8.8.8.8/hook", null, null],
  ["https://169.254.169.254/latest", "no public address", "no public address"],
  ["https://2130706433/", "no public address", null],
  ["https://0x7f.1/", "no public address", null],
  ["https://[::ffff:7f00:1]/", "no public address", null],
  ["http://example.com/hook", "plain http", null],
  ["http://8.8.8.8/", "no public address", "no public address"],
  ["http://127.0.0.1:8080/", "no public address", null],
])("%s: %s without networks, %s with some", (url, without, withSome) => {
  const faults = [none, some].map((networks) => networks.faultOf(new URL(url)));
  for (const [nth, expected] of [without, withSome].entries())
    if (expected === null) expect(faults[nth]).toBeNull();
    else expect(faults[nth]).toContain(expected);
});
