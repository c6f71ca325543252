import { expect, test } from "vitest";
import { parseExactJson, parseExactJsonBytes } from "./exact-json.ts";

test("a whole number of 16 digits or more keeps its digits", () => {
  expect(parseExactJson('{"id":12345678901234567890,"n":7}')).toEqual({ id: "12345678901234567890", n: 7 });
});

test("escapes that stand for no character become U+FFFD, in names and texts, so that every value can be stored", () => {
  const text = String.raw`{"a\u0000b":["\ud800x","\uDC00",{"k":"\u0000"}],
    "pair":"\ud83d\ude00","plain":"a\\u0000"}`;
  expect(parseExactJson(text)).toEqual({
    "a\uFFFDb": ["\uFFFDx", "\uFFFD", { k: "\uFFFD" }],
    pair: "\u{1F600}",
    plain: String.raw`a\u0000`,
  });
});

test("what is no JSON, or nested beyond reason, is undefined", () => {
  expect(parseExactJsonBytes(Buffer.from("{"))).toBeUndefined();
  expect(parseExactJsonBytes(Buffer.from("[".repeat(200) + "]".repeat(200)))).toBeUndefined();
});
