import { expect, test } from "vitest";
import { cutText } from "./cut-text.ts";

test("a cut falls before a pair, never into it", () => {
  expect(cutText("ab", 3)).toBe("ab");
  expect(cutText("abcd", 3)).toBe("abc");
  expect(cutText("ab\u{1F480}", 3)).toBe("ab");
  expect(cutText("a\u{1F480}b", 3)).toBe("a\u{1F480}");
});

test("unpaired surrogates of the input are no characters", () => {
  expect(cutText("a\ud800", 10)).toBe("a\ufffd");
});
