import { expect, test } from "vitest";
import { formatPhoneNumber } from "./phone-number.ts";

test.each([
  ["+4915123456789", "+49 1512 3456789"],
  ["4915123456789", "+49 1512 3456789"],
  ["+5511987654321", "+55 11 98765 4321"],
  ["+62 812-3456-7890", "+62 812 3456 7890"],
  ["+1 555 010 0005", "+1 555 010 0005"],
  ["+15550100941", "+1 555 010 0941"],
])("P9: %s reads %s", (sent, shown) => expect(formatPhoneNumber(sent)).toBe(shown));

test.each(["", "-", "WhatsApp", "+1", "12", "+49 x"])("P9: %j is no number and stays as it is", (text) =>
  expect(formatPhoneNumber(text)).toBe(text),
);
