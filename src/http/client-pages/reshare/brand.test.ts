import { expect, test } from "vitest";
import { brandColorsOf } from "../../../config/brand.ts";
import { contrastOf, type HexColor } from "../../../lib/contrast.ts";
import { PAGE_HEADERS } from "../../kit/security-headers.ts";
import { admitLogo, renderBrand, renderBrandStyle, renderSupport } from "./brand.ts";

const NONE = { color: null, logoUrl: null, support: null };
const COLORS: HexColor[] = ["#2f55d4", "#000000", "#b00020", "#00695c", "#5b2a86", "#767676", "#0000ff"];

test.each(COLORS)("%s: text on it, and the colour on the page, are readable in light and dark", (color) => {
  const { accent, ink } = brandColorsOf(color);
  expect(accent.light).toBe(color);
  expect(contrastOf(ink.light, accent.light)).toBeGreaterThanOrEqual(4.5);
  expect(contrastOf(ink.dark, accent.dark)).toBeGreaterThanOrEqual(4.5);
  for (const surface of ["#121211", "#1a1a18", "#22211f"] as const)
    expect(contrastOf(accent.dark, surface)).toBeGreaterThanOrEqual(4.5);
});

test("without a colour the page keeps its own", async () => {
  expect(String(await renderBrandStyle(NONE))).toBe("");
  expect(String(await renderBrandStyle({ ...NONE, color: "#b00020" }))).toContain(
    "--accent:light-dark(#b00020,",
  );
});

test("the name stands beside the logo, and both are escaped", async () => {
  const brand = { ...NONE, logoUrl: 'https://cdn.example.com/a.svg?"><script>' };
  const markup = String(await renderBrand("A <b>", brand));
  expect(markup).toContain("A &lt;b&gt;");
  expect(markup).not.toContain("<script>");
});

test("support is a mail address or a page", async () => {
  const mail = String(await renderSupport("Questions?", { ...NONE, support: "help@example.com" }));
  expect(mail).toContain('<a href="mailto:help@example.com">help@example.com</a>');
  const page = String(await renderSupport("Questions?", { ...NONE, support: "https://example.com/help/" }));
  expect(page).toContain('<a href="https://example.com/help/">example.com/help</a>');
  expect(String(await renderSupport("Questions?", NONE))).not.toContain("<a");
});

test("the policy allows the logo's origin and no other", () => {
  const before = PAGE_HEADERS["Content-Security-Policy"] ?? "";
  const admitted = admitLogo(PAGE_HEADERS, { ...NONE, logoUrl: "https://cdn.example.com/a.svg" });
  expect(admitted["Content-Security-Policy"]).toBe(
    before.replace("img-src 'self' data:", "img-src 'self' https://cdn.example.com data:"),
  );
  expect(admitLogo(PAGE_HEADERS, { ...NONE, logoUrl: "/brand/a.svg" })).toEqual(PAGE_HEADERS);
});
