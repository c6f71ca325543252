import { expect, test } from "vitest";
import { passkeySiteOf } from "./passkey-site.ts";

test.each([
  ["https://share.example.com", "other.example.com", "share.example.com", "https://share.example.com"],
  ["https://share.example.com:8443/base", null, "share.example.com", "https://share.example.com:8443"],
  ["http://127.0.0.1:3600", "localhost:3600", "localhost", "http://localhost:3600"],
  ["http://localhost:3600", "localhost:3600", "localhost", "http://localhost:3600"],
])("%s asked as %s keeps passkeys for %s", (baseUrl, host, rpId, origin) => {
  expect(passkeySiteOf(baseUrl, host)).toEqual({ rpId, origin });
});

test.each([
  ["http://127.0.0.1:3600", "127.0.0.1:3600", "http://localhost:3600"],
  ["http://[::1]:3600", "[::1]:3600", "http://localhost:3600"],
  ["http://127.0.0.1:3600", null, "http://localhost:3600"],
  ["https://203.0.113.9", "share.example.com", "the host name of this server"],
  ["https://[2001:db8::1]", null, "the host name of this server"],
])("%s asked as %s is an address: open %s", (baseUrl, host, url) => {
  expect(passkeySiteOf(baseUrl, host)).toMatchObject({ url });
});
