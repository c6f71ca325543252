import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { clientAddressBehind } from "../../lib/client-address.ts";
import { UNKNOWN_BYTES, UNKNOWN_BYTES_OF_ONE, UnknownBytes } from "./unknown-bytes.ts";

const PROXY = "10.0.0.9";
const MIB = 1024 * 1024;

/** How many MiB in bodies of 1 MiB each caller gets, one after the other. */
function heldBy(callers: string[], remoteAddress = PROXY): number[] {
  const bytes = new UnknownBytes(clientAddressBehind([PROXY]));
  return callers.map((address) => {
    const request = {
      headers: { "x-forwarded-for": address },
      socket: { remoteAddress } as IncomingMessage["socket"],
    };
    let held = 0;
    while (bytes.open(request).take(MIB)) held += 1;
    return held;
  });
}

const ONE = UNKNOWN_BYTES_OF_ONE / MIB;
const ALL = UNKNOWN_BYTES / MIB;

describe("S14: one sender can use only a part of the memory", () => {
  test.each([
    [
      "four senders fill it, a fifth gets none",
      ["1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4", "5.5.5.5"],
      [ONE, ONE, ONE, ONE, 0],
    ],
    ["the same one again", ["1.1.1.1", "1.1.1.1"], [ONE, 0]],
    [
      "the addresses of one IPv6 network",
      ["2001:db8::1", "2001:0db8:0:0:ffff::2", "2001:db8:0:1::1"],
      [ONE, 0, ONE],
    ],
  ])("%s", (_, callers, expected) => expect(heldBy(callers)).toEqual(expected));

  test("an unnamed proxy counts as one sender; on this machine only the total limit applies", () => {
    expect(heldBy(["1.1.1.1", "2.2.2.2"], "10.9.9.9")).toEqual([ONE, 0]);
    expect(heldBy(["1.1.1.1", "2.2.2.2"], "127.0.0.1")).toEqual([ALL, 0]);
  });

  test("released bytes are free again, once", () => {
    const bytes = new UnknownBytes(clientAddressBehind([]));
    const request = { headers: {}, socket: { remoteAddress: "1.1.1.1" } as IncomingMessage["socket"] };
    const held = bytes.open(request);
    expect([held.take(UNKNOWN_BYTES_OF_ONE), held.take(1)]).toEqual([true, false]);
    held.giveBack();
    held.giveBack();
    expect([bytes.open(request).take(UNKNOWN_BYTES_OF_ONE), held.take(1)]).toEqual([true, false]);
  });
});
