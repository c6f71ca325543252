import { expect, test } from "vitest";
import { fillText } from "./fill-text.ts";

test("a value that ends its own sentence gets no second full stop", () => {
  expect(fillText("Meta refuses: {words}.", { words: "Your app is not live." })).toBe(
    "Meta refuses: Your app is not live.",
  );
  expect(fillText("Meta refuses: {words}. Look.", { words: "Why?" })).toBe("Meta refuses: Why? Look.");
  expect(fillText("Tell {partner}.", { partner: "Acme" })).toBe("Tell Acme.");
});

test("a value that is missing is a defect", () => {
  expect(() => fillText("{partner}")).toThrow("no value for {partner}");
});
