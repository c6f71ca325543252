import { expect, test } from "vitest";
import { ConfigError, parseConfig, parseValidConfig } from "./parse-config.ts";

/** What the start says, and what doctor says: it must be the same. */
function faultsOf(env: Record<string, string>): readonly string[] {
  const { faults } = parseValidConfig(env, "sandbox");
  try {
    parseConfig(env, "sandbox");
    expect(faults).toEqual([]);
  } catch (error) {
    expect(error instanceof ConfigError && error.faults).toEqual(faults);
  }
  return faults;
}

const FROM = { MAIL_FROM: "us@example.com" };
const serverOf = (SMTP_URL: string) => parseConfig({ SMTP_URL, ...FROM }, "sandbox").smtpServer;

test.each([
  [
    "smtp://mail.example.com",
    { host: "mail.example.com", port: 587, isTls: false, user: null, password: null },
  ],
  [
    "smtps://mail.example.com/",
    { host: "mail.example.com", port: 465, isTls: true, user: null, password: null },
  ],
  [
    "smtp://a%40b.example:p%2Fw%3A@mail.example.com:2525",
    { port: 2525, user: "a@b.example", password: "p/w:" },
  ],
  ["smtps://[::1]:1465", { host: "::1", port: 1465 }],
  ["smtp://mail.müller.example", { host: "mail.xn--mller-kva.example" }],
])("SMTP_URL %s", (url, server) => expect(serverOf(url)).toMatchObject(server));

test.each([
  "mail.example.com",
  "https://mail.example.com",
  "smtp://",
  "smtp://user@mail.example.com",
  "smtp://:password@mail.example.com",
  "smtp://user:p%zz@mail.example.com",
  "smtp://user:p%0d%0aQUIT@mail.example.com",
  "smtp://mail.example.com/?pool=true",
  "smtp://mail.example.com/path",
  "smtp://mail.example.com:99999",
])("SMTP_URL %s is refused, and not shown", (SMTP_URL) => {
  const [fault, ...more] = faultsOf({ SMTP_URL, ...FROM });
  expect(fault).toMatch(/^SMTP_URL has a value that is not valid\. Set it to an address such as smtp:/);
  expect(more).toEqual([]);
});

test.each([
  ["us@example.com", { name: "", address: "us@example.com" }],
  ["Example WhatsApp <us@example.com>", { name: "Example WhatsApp", address: "us@example.com" }],
  ['"Example, Inc." <us@example.com>', { name: "Example, Inc.", address: "us@example.com" }],
  ["<us@例子.example>", { name: "", address: "us@例子.example" }],
])("MAIL_FROM %s", (MAIL_FROM, mailbox) =>
  expect(parseConfig({ MAIL_FROM, SMTP_URL: "smtp://mail.example.com" }, "sandbox").mailFrom).toEqual(
    mailbox,
  ),
);

test.each([
  "Example",
  "us@",
  "A <a@b.example> <c@d.example>",
  "A\r\nBcc: x <a@b.example>",
  'A"B <a@b.example>',
  "a@b.example, c@d.example",
])("MAIL_FROM %j is refused", (MAIL_FROM) => {
  const [fault] = faultsOf({ MAIL_FROM, SMTP_URL: "smtp://mail.example.com" });
  expect(fault).toMatch(/^MAIL_FROM is .* not valid/);
});

test("each of SMTP_URL and MAIL_FROM needs the other", () => {
  expect(faultsOf({})).toEqual([]);
  expect(faultsOf(FROM)).toEqual([
    "SMTP_URL is missing. MAIL_FROM needs it: set it too, or unset all of them.",
  ]);
  expect(faultsOf({ SMTP_URL: "smtp://mail.example.com" })).toEqual([
    "MAIL_FROM is missing. SMTP_URL needs it: set it too, or unset all of them.",
  ]);
});

test("a password does not go unencrypted beyond this machine", () => {
  const at = (SMTP_URL: string, SMTP_TLS: string) => faultsOf({ SMTP_URL, SMTP_TLS, ...FROM });
  for (const rule of ["if_offered", "off"]) {
    expect(at("smtp://user:password@mail.example.com", rule)).toEqual([
      `SMTP_TLS is ${rule}, and SMTP_URL has a password: others could read it on its way. ` +
        "Set SMTP_TLS to required, or leave it unset.",
    ]);
    expect(at("smtp://mail.example.com", rule)).toEqual([]);
    expect(at("smtp://user:password@127.0.0.1", rule)).toEqual([]);
    expect(at("smtps://user:password@mail.example.com", rule)).toEqual([]);
  }
  expect(at("smtp://user:password@mail.example.com", "required")).toEqual([]);
});

test("MAIL_REPLY_TO is one address", () => {
  expect(faultsOf({ MAIL_REPLY_TO: "a@b.example" })).toEqual([]);
  expect(faultsOf({ MAIL_REPLY_TO: "Desk <a@b.example>" })).toHaveLength(1);
});
