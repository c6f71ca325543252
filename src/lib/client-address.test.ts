import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { clientAddressBehind } from "./client-address.ts";

const seen = (proxies: string[], remoteAddress: string, forwarded?: string): string =>
  clientAddressBehind(proxies)({
    headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
    socket: { remoteAddress } as IncomingMessage["socket"],
  });

test.each([
  ["nobody is trusted: a header is a claim", [], "10.0.0.9", "1.2.3.4", "10.0.0.9"],
  ["one proxy", ["10.0.0.0/8"], "10.0.0.9", "1.2.3.4", "1.2.3.4"],
  ["a claim before a proxy", ["10.0.0.0/8"], "10.0.0.9", "9.9.9.9, 1.2.3.4", "1.2.3.4"],
  ["two proxies", ["10.0.0.0/8", "127.0.0.1"], "::ffff:127.0.0.1", "9.9.9.9, 1.2.3.4, 10.0.0.9", "1.2.3.4"],
  ["a proxy that says nothing", ["10.0.0.9"], "10.0.0.9", undefined, "10.0.0.9"],
  ["IPv6", ["fd00::/8"], "fd00::1", "2001:db8::7", "2001:db8::7"],
])("S6: %s", (_, proxies, remote, forwarded, expected) =>
  expect(seen(proxies, remote, forwarded)).toBe(expected),
);
