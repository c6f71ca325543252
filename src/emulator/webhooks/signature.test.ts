import { describe, expect, test } from "vitest";
import { escapedJsonOf, signatureOf } from "./signature.ts";

const SECRET = "test_app_secret";
const OFFBOARDED = {
  object: "whatsapp_business_account",
  entry: [
    {
      id: "102290129340398",
      time: 1743451903,
      changes: [{ value: { event: "ACCOUNT_OFFBOARDED", note: "café" }, field: "account_update" }],
    },
  ],
};

describe("signature vectors of the webhook fact sheet, section 1.3", () => {
  test.each([
    [
      '{"object":"whatsapp_business_account","entry":[]}',
      "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
    ],
    [
      '{"object": "whatsapp_business_account", "entry": []}',
      "56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a",
    ],
    [escapedJsonOf(OFFBOARDED), "5547eead976fa82da9e82d8ebae1b3e66b0af1e1ef26fad31203cdb17a2dc570"],
    [JSON.stringify(OFFBOARDED), "6ece508e9fcb29f8ff7291415979bdff884539a4bc1396d69d891a34d2f988d9"],
  ])("%s", (body, hex) => {
    expect(signatureOf(body, SECRET)).toBe(`sha256=${hex}`);
  });

  test("the escaped body has 188 bytes, as the sheet says", () => {
    expect(Buffer.byteLength(escapedJsonOf(OFFBOARDED))).toBe(188);
  });
});

test("escapes are lowercase, astral characters are two, slashes carry a backslash", () => {
  expect(escapedJsonOf({ text: "Ünï 🙂 a/b" })).toBe('{"text":"\\u00dcn\\u00ef \\ud83d\\ude42 a\\/b"}');
  expect(JSON.parse(escapedJsonOf({ text: "Ünï 🙂 a/b" }))).toEqual({ text: "Ünï 🙂 a/b" });
});
