import { expect, test } from "vitest";
import { contrastOf, mixOf, parseHexColor, readableOf, type HexColor } from "./contrast.ts";

test.each([
  ["#2F55D4", "#2f55d4"],
  ["#0af", "#00aaff"],
  [" #0af ", "#00aaff"],
  ["2f55d4", null],
  ["#2f55d", null],
  ["blue", null],
])("%s is read as %s", (text, color) => expect(parseHexColor(text)).toBe(color));

test("contrast is WCAG's: black on white 21, equal colours 1, the known grey of 4.5", () => {
  expect(contrastOf("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrastOf("#123456", "#123456")).toBe(1);
  // #767676 is the lightest grey that passes AA on white; #777777 is the first that fails.
  expect(contrastOf("#767676", "#ffffff")).toBeGreaterThanOrEqual(4.5);
  expect(contrastOf("#777777", "#ffffff")).toBeLessThan(4.5);
});

const COLORS: HexColor[] = ["#ffff00", "#ff6600", "#00d1a0", "#2f55d4", "#000000", "#ffffff", "#7f7f7f"];

test.each(COLORS)("%s becomes readable on white and on a dark page, with the least change", (color) => {
  const dark = { towards: "#000000", background: "#ffffff", ratio: 4.5 } as const;
  const light = { towards: "#ffffff", background: "#1a1a18", ratio: 4.5 } as const;
  for (const wish of [dark, light]) {
    const readable = readableOf(color, wish);
    expect(contrastOf(readable, wish.background)).toBeGreaterThanOrEqual(4.5);
    if (contrastOf(color, wish.background) >= 4.5) expect(readable).toBe(color);
  }
});

test("a mix goes from one colour to the other", () => {
  expect([0, 0.5, 1].map((share) => mixOf("#000000", "#ffffff", share))).toEqual([
    "#000000",
    "#808080",
    "#ffffff",
  ]);
});
