/** P10, L11: numbers as people dictate and paste them. */
import { expect, test } from "vitest";
import { isNamedBy, numberTermsOf } from "./search-terms.ts";

test.each([
  ["+49 150 0000001", "491500000001"],
  ["0150 0000001", "1500000001"],
  ["+49 (0) 150 0000001", "491500000001"],
  ["0049 150 0000001", "491500000001"],
  ["tel:+15550100005", "15550100005"],
  ["(555) 010-0005", "5550100005"],
  ["+1-555-010-0005", "15550100005"],
  ["please call +1 555 010 0005, thanks", "15550100005"],
  ["0006", "0006"],
  ["0100006", "0100006"],
])("%s", (q, digits) => {
  expect(numberTermsOf(q)).toEqual({ phones: [digits], ids: [] });
});

test("an address of Meta Business Suite names its ids", () => {
  const address =
    "https://business.facebook.com/latest/settings/whatsapp_account?business_id=510000000000003&selected_asset_id=100000000000004";
  expect(numberTermsOf(address)).toEqual({ phones: [], ids: ["510000000000003", "100000000000004"] });
});

test("words without a number contain none", () => {
  for (const q of ["Atlas Cycles", "Studio 54", "a1b2", ""])
    expect(numberTermsOf(q)).toEqual({ phones: [], ids: [] });
});

test("a search names a number as the list finds it, and not its sibling", () => {
  const known = (end: string) => ({
    id: `num_${end}`,
    phone_number_id: `2000000000000${end}`,
    display_phone_number: `+1 555 010 00${end}`,
    verified_name: `Branch ${end}`,
  });
  const [sibling, meant] = [known("14"), known("15")];
  for (const q of [
    "+1 (0) 555 010 0015",
    "0555 010 0015",
    "order 4711 from +1 555 010 0015",
    "https://business.facebook.com/wa/manage/phone-numbers/?waba_id=100000000000004&phone=200000000000015",
    "200000000000015",
    "num_15",
    "branch 15",
  ]) {
    expect(isNamedBy(q, meant), q).toBe(true);
    expect(isNamedBy(q, sibling), q).toBe(false);
  }
  expect(isNamedBy("Atlas Cycles", meant)).toBe(false);
  expect(isNamedBy("  ", meant)).toBe(false);
});
