import { expect, test } from "vitest";
import { messagesIn, textOf } from "./text.ts";

const text = textOf("en", {
  refused: "Meta refuses: {metaMessage}.",
  refused_twice: "Meta refuses: {metaMessage}. Look.",
  ask: "Ask {partner}.",
  seen: { numbers: "{count, plural, one {# number} other {# numbers}} of {partner}." },
  shown: "<b>Meta's</b> list",
});

test("a value that ends its own sentence gets no second full stop", () => {
  expect(text("refused", { metaMessage: "Your app is not live." })).toBe(
    "Meta refuses: Your app is not live.",
  );
  expect(text("refused_twice", { metaMessage: "Why?" })).toBe("Meta refuses: Why? Look.");
  expect(text("ask", { partner: "Acme" })).toBe("Ask Acme.");
});

test("a value that looks like a message, a tag or a format is only a value", () => {
  for (const value of ["{count}", "{count, plural, other {#}}", "<b>x</b>", "%s %n ${1}", "'{'", "#"])
    expect(text("ask", { partner: value })).toBe(`Ask ${value}.`);
});

test("a value that is missing is a defect", () => {
  expect(() => text("ask")).toThrow('"partner" was not provided');
});

test("a key that is missing is a defect, and can be asked for", () => {
  expect(() => textOf<{ ask: string }>("en", {} as { ask: string })("ask")).toThrow(
    "there is no message ask",
  );
  expect([text.has("seen.numbers"), text.has("seen")]).toEqual([true, false]);
});

test("counts follow the plural rules and the digits of the language", () => {
  expect(text("seen.numbers", { count: 1, partner: "Acme" })).toBe("1 number of Acme.");
  expect(text("seen.numbers", { count: 1200, partner: "Acme Inc." })).toBe("1,200 numbers of Acme Inc.");
  const french = textOf("fr", { seen: "{count, plural, one {# numéro} other {# numéros}}" });
  expect([french("seen", { count: 0 }), french("seen", { count: 2 })]).toEqual(["0 numéro", "2 numéros"]);
});

test("tags and apostrophes are plain text", () => expect(text("shown")).toBe("<b>Meta's</b> list"));

test("parts keep a value that is no text", () => {
  const since = { instant: 1 };
  expect(text.parts("refused_twice", { metaMessage: since })).toEqual(["Meta refuses: ", since, ". Look."]);
  expect(text.parts("refused", { metaMessage: "No." })).toEqual(["Meta refuses: No."]);
});

test("the messages of a catalogue by key, in its order", () =>
  expect([...messagesIn({ b: "1", a: { "c.d": "2" } })]).toEqual([
    ["b", "1"],
    ["a.c.d", "2"],
  ]));
