import { expect, test } from "vitest";
import { verifySignature } from "./signature.ts";

const SECRET = "test_app_secret";
const OFFBOARDED =
  '{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","time":1743451903,"changes":[{"value":{"event":"ACCOUNT_OFFBOARDED","note":"caf\\u00e9"},"field":"account_update"}]}]}';
const OFFBOARDED_SIGNATURE = "5547eead976fa82da9e82d8ebae1b3e66b0af1e1ef26fad31203cdb17a2dc570";

const isSigned = (body: string, hex: string, secrets = [SECRET]): boolean =>
  verifySignature(Buffer.from(body), `sha256=${hex}`, secrets);

test.each([
  [
    '{"object":"whatsapp_business_account","entry":[]}',
    "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
  ],
  [
    '{"object": "whatsapp_business_account", "entry": []}',
    "56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a",
  ],
  [OFFBOARDED, OFFBOARDED_SIGNATURE],
  [OFFBOARDED.replace("\\u00e9", "é"), "6ece508e9fcb29f8ff7291415979bdff884539a4bc1396d69d891a34d2f988d9"],
])("the exact bytes of %s are signed", (body, hex) => {
  expect(isSigned(body, hex)).toBe(true);
  expect(isSigned(body, hex.toUpperCase())).toBe(true);
});

test("the same JSON in other bytes is not signed: what was parsed and written again is rejected", () => {
  expect(isSigned(OFFBOARDED.replace("\\u00e9", "é"), OFFBOARDED_SIGNATURE)).toBe(false);
  expect(isSigned(`${OFFBOARDED} `, OFFBOARDED_SIGNATURE)).toBe(false);
});

test("during a rotation either secret may have signed", () => {
  expect(isSigned(OFFBOARDED, OFFBOARDED_SIGNATURE, ["the new secret", SECRET])).toBe(true);
  expect(isSigned(OFFBOARDED, OFFBOARDED_SIGNATURE, [SECRET, "the old secret"])).toBe(true);
  expect(isSigned(OFFBOARDED, OFFBOARDED_SIGNATURE, ["the new secret"])).toBe(false);
  expect(isSigned(OFFBOARDED, OFFBOARDED_SIGNATURE, [])).toBe(false);
});

test.each([
  undefined,
  "",
  "sha256=",
  OFFBOARDED_SIGNATURE,
  `sha1=${OFFBOARDED_SIGNATURE}`,
  `sha256=${OFFBOARDED_SIGNATURE}00`,
  `sha256=${"z".repeat(64)}`,
])("the header %j is no signature", (header) => {
  expect(verifySignature(Buffer.from(OFFBOARDED), header, [SECRET])).toBe(false);
});
