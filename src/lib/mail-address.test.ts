import { expect, test } from "vitest";
import { isMailAddress, mailDomainOf } from "./mail-address.ts";

test.each([
  "a@b.example",
  "first.last+tag@mail.example.com",
  "o'brien@example.com",
  "用户@例子.公司",
  "jörg@müller.example",
  "root@localhost",
  `${"a".repeat(64)}@example.com`,
])("%s is an address", (text) => expect(isMailAddress(text)).toBe(true));

test.each([
  "",
  "a",
  "@example.com",
  "a@",
  "a b@example.com",
  "a@b@example.com",
  "A <a@example.com>",
  "a@example.com,b@example.com",
  "a@example.com\r\nBcc: b@example.com",
  "a\u0000@example.com",
  "a\u202e@example.com",
  ".a@example.com",
  "a..b@example.com",
  "a.@example.com",
  "a@-b.example",
  "a@b..example",
  "a@127.0.0.1",
  "a@[127.0.0.1]",
  `${"a".repeat(65)}@example.com`,
  `a@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.${"f".repeat(60)}.com`,
])("%j is none", (text) => expect(isMailAddress(text)).toBe(false));

test("its domain in ASCII", () => expect(mailDomainOf("jörg@müller.example")).toBe("xn--mller-kva.example"));
