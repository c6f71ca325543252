import { html, raw } from "hono/html";
import { mixOf, readableOf, type HexColor } from "../../../lib/contrast.ts";
import type { Brand } from "../../kit/http-deps.ts";
import type { Markup } from "./markup.ts";

/** The page's own background colours (hub/reshare/page.css), on which the brand colour must be readable. */
const DARK_SURFACE: HexColor = "#22211f";
const WHITE: HexColor = "#ffffff";
const BLACK: HexColor = "#000000";
/** WCAG 2.2 AA for text; more than AA requires of an outline or a bar. */
const TEXT_CONTRAST = 4.5;

/** The colours of buttons, marks, focus and header, for a light and a dark page. */
export interface BrandColors {
  accent: { light: HexColor; dark: HexColor };
  ink: { light: HexColor; dark: HexColor };
}

/** White text on the colour itself; on a dark page a lighter tint, with a dark shade of it as its text. */
export function brandColorsOf(color: HexColor): BrandColors {
  const tint = readableOf(color, { towards: WHITE, background: DARK_SURFACE, ratio: TEXT_CONTRAST });
  const shade = mixOf(color, BLACK, 0.8);
  const ink = readableOf(shade, { towards: BLACK, background: tint, ratio: TEXT_CONTRAST });
  return { accent: { light: color, dark: tint }, ink: { light: WHITE, dark: ink } };
}

/** For <head>: the variables of the provider's colour that page.css reads; nothing without a colour. */
export function renderBrandStyle({ color }: Brand): Markup {
  if (color === null) return html``;
  const { accent, ink } = brandColorsOf(color);
  const rules = [
    `--accent:light-dark(${accent.light},${accent.dark})`,
    `--accent-ink:light-dark(${ink.light},${ink.dark})`,
    "--brand:var(--accent)",
  ];
  return html`<style>
    :root{${raw(rules.join(";"))}}
  </style>`;
}

/** The name stands beside the logo, so the image needs no alternative text. */
export function renderBrand(partner: string, { logoUrl }: Brand): Markup {
  const logo = logoUrl === null ? "" : html`<img class="logo" src="${logoUrl}" alt="" height="32" />`;
  return html`<header class="top">${logo}<b>${partner}</b></header>`;
}

/** The sentence about support, with its address. */
export function renderSupport(sentence: Markup | string, { support }: Brand): Markup {
  if (support === null) return html`<p class="muted">${sentence}</p>`;
  const isMail = !support.startsWith("https://");
  const address = isMail ? `mailto:${support}` : support;
  const shown = isMail ? support : support.slice("https://".length).replace(/\/$/, "");
  return html`<p class="muted">${sentence} <a href="${address}">${shown}</a></p>`;
}

/** The page's headers, which allow the logo's origin in addition. */
export function admitLogo(
  headers: Readonly<Record<string, string>>,
  { logoUrl }: Brand,
): Readonly<Record<string, string>> {
  const policy = headers["Content-Security-Policy"] ?? "";
  if (logoUrl === null || logoUrl.startsWith("/")) return headers;
  const origin = new URL(logoUrl).origin;
  return {
    ...headers,
    "Content-Security-Policy": policy.replace("img-src 'self'", `img-src 'self' ${origin}`),
  };
}
