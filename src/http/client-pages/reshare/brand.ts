import { html, raw } from "hono/html";
import { brandColorsOf, type Brand } from "../../../config/brand.ts";
import type { Markup } from "./markup.ts";

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
