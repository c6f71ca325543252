/**
 * The frame of every screen. It must look like a simulator and never like Meta's brand: hatched bar on top,
 * plain forms that work without script, light and dark, from 360 px on.
 */
import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import type { HttpAnswer } from "./http-server.ts";

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export interface Notice {
  kind: "done" | "refused";
  text: string;
}

export interface PageParts {
  title: string;
  /** Said on top: what just happened, or why it did not. */
  notice?: Notice | null;
  /**
   * `window`: the popup of a signup, which has no way out but its own. `phone`: as narrow as one. Default:
   * the whole width.
   */
  frame?: "page" | "window" | "phone";
  main: Html;
}

export async function pageAnswer(status: number, parts: PageParts): Promise<HttpAnswer> {
  return { status, body: String(await layoutOf(parts)) };
}

/** Back to a page after a form; 303, so that a reload does not repeat the act. */
export function redirectTo(address: string): HttpAnswer {
  return { status: 303, headers: { location: address }, body: "" };
}

function layoutOf({ title, notice, main, frame = "page" }: PageParts): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Simulator</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="bar">
          ${frame === "window" ? html`<b class="brand">Emulator</b>` : html`<a class="brand" href="/">Emulator</a>`}
          <span>A simulator for development. Not Meta, and nothing here reaches Meta.</span>
        </header>
        ${notice ? html`<p class="notice ${notice.kind}" role="status">${notice.text}</p>` : ""}
        <main id="main" class="${frame}">${main}</main>
      </body>
    </html>`;
}

/** A state in words with a lamp before it; the shape differs too, not only the colour. */
export function lampOf(tone: "good" | "warn" | "bad" | "off", words: string): Html {
  const shapes = {
    good: '<circle cx="6" cy="6" r="5"/>',
    warn: '<path d="M6 1 11 11H1Z"/>',
    bad: '<rect x="1.5" y="1.5" width="9" height="9"/>',
    off: '<circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="2"/>',
  };
  const shape = raw(
    `<svg viewBox="0 0 12 12" width="12" height="12" fill="currentColor" aria-hidden="true">` +
      `${shapes[tone]}</svg>`,
  );
  return html`<span class="lamp ${tone}">${shape} ${words}</span>`;
}

const STYLE = `
:root {
  --ink: #1c2024; --dim: #5c646d; --paper: #f6f6f3; --card: #fff; --line: #d9d9d2; --accent: #0b6e63;
  --on-accent: #fff; --good: #14703f; --warn: #855800; --bad: #b32d24; --hatch: #e9c46a; --hatch-ink: #4a3500;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8e8e4; --dim: #a2a9b0; --paper: #131517; --card: #1b1e21; --line: #33383d; --accent: #4fc3b0;
    --on-accent: #06231f; --good: #4cc38a; --warn: #e0b13c; --bad: #ff7b6e; --hatch: #57451a;
    --hatch-ink: #f3dfa4;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1400px; margin: 0 auto; padding: 1rem clamp(0.75rem, 2vw, 2rem) 3rem; }
a { color: var(--accent); }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--card); padding: 0.5rem; z-index: 2; }
.bar {
  display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: baseline;
  padding: 0.5rem clamp(0.75rem, 2vw, 2rem); color: var(--hatch-ink); font-size: 0.875rem;
  border-bottom: 1px solid var(--line);
  background: repeating-linear-gradient(-45deg, var(--hatch) 0 14px,
    color-mix(in srgb, var(--hatch) 88%, var(--hatch-ink)) 14px 28px);
}
.bar span { background: var(--hatch); padding: 0 0.35rem; border-radius: 4px; }
.brand {
  font-weight: 700; color: inherit; text-decoration: none; background: var(--hatch); padding: 0 0.35rem;
  border-radius: 4px;
}
.notice {
  margin: 0; padding: 0.75rem clamp(0.75rem, 2vw, 2rem); border-bottom: 1px solid var(--line);
  background: var(--card);
}
.notice::before { font-weight: 700; }
.notice.done::before { content: "Done. "; color: var(--good); }
.notice.refused::before { content: "Not done. "; color: var(--bad); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0 0.25rem; }
h2 { font-size: 1.125rem; margin: 0 0 0.5rem; }
h3 { font-size: 1rem; margin: 1rem 0 0.25rem; }
.dim { color: var(--dim); }
.small { font-size: 0.875rem; }
.mono { font-family: ui-monospace, monospace; font-size: 0.875em; }
.columns { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 860px) {
  .columns { grid-template-columns: minmax(260px, 1fr) minmax(0, 2fr); align-items: start; }
}
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; min-width: 0;
}
main.window { max-width: 640px; }
main.phone { max-width: 460px; }
main.phone .card + .card { margin-top: 1rem; }
.card.phone { border-radius: 22px; border-width: 2px; min-height: 20rem; }
.callout {
  border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: 8px;
  padding: 0.75rem 1rem; margin: 0.75rem 0; color: var(--ink);
}
.callout.bad { border-left-color: var(--bad); color: var(--ink); }
.callout.bad b { color: var(--bad); }
.callout p { margin: 0 0 0.5rem; }
.code { font-size: 1.75rem; letter-spacing: 0.2em; }
.choice { align-items: flex-start; padding: 0.5rem 0; }
.choice input { margin-top: 2px; }
.choice span { overflow-wrap: anywhere; }
.drawer { margin-top: 1.25rem; border-top: 1px dashed var(--line); padding-top: 0.5rem; }
.drawer summary { cursor: pointer; min-height: 44px; display: flex; align-items: center; color: var(--dim); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.list { list-style: none; margin: 0; padding: 0; }
.list > li + li { border-top: 1px solid var(--line); }
.pick { display: block; padding: 0.6rem 0.5rem; border-radius: 6px; color: inherit; text-decoration: none; }
.pick:hover { background: color-mix(in srgb, var(--accent) 10%, transparent); }
.pick[aria-current] {
  background: color-mix(in srgb, var(--accent) 9%, transparent); box-shadow: inset 3px 0 var(--accent);
}
.pick b, .pick small { display: block; }
.tabs {
  display: flex; flex-wrap: wrap; gap: 0.25rem; border-bottom: 1px solid var(--line); margin: 0.75rem 0 1rem;
}
.tabs a {
  padding: 0.6rem 0.9rem; text-decoration: none; color: var(--dim); border-bottom: 3px solid transparent;
}
.tabs a[aria-current] { color: var(--ink); border-color: var(--accent); font-weight: 600; }
.row {
  display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; justify-content: space-between;
  padding: 0.75rem 0;
}
.lamp { display: inline-flex; gap: 0.4rem; align-items: center; }
.lamp svg { flex: none; }
.grid { display: grid; gap: 0 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 280px), 1fr)); }
.grid > li { border-top: 1px solid var(--line); }
.grid > li:first-child { border-top: 1px solid var(--line); }
.good { color: var(--good); }
.warn { color: var(--warn); }
.bad { color: var(--bad); }
.off { color: var(--dim); }
button, .button {
  font: inherit; min-height: 44px; padding: 0.5rem 1rem; border-radius: 8px; border: 1px solid var(--line);
  background: var(--card); color: var(--ink); cursor: pointer; text-decoration: none; display: inline-flex;
  align-items: center;
}
button:hover, .button:hover { border-color: var(--accent); }
button.main, .button.main {
  background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600;
}
button.danger, .button.danger { color: var(--bad); border-color: var(--bad); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
label { display: block; }
.field { margin: 0.75rem 0; }
input:not([type="checkbox"], [type="radio"]), select, textarea {
  font: inherit; min-height: 44px; width: 100%; max-width: 26rem; padding: 0.5rem 0.75rem;
  border: 1px solid var(--dim); border-radius: 8px; background: var(--paper); color: var(--ink);
}
.check { display: flex; gap: 0.6rem; align-items: center; min-height: 44px; }
.check input { margin: 0; width: 20px; height: 20px; accent-color: var(--accent); flex: none; }
fieldset {
  border: 1px solid var(--line); border-radius: 8px; margin: 0.75rem 0; padding: 0.5rem 1rem 0.75rem;
}
legend { font-weight: 600; padding: 0 0.35rem; }
form.inline { display: inline; }
.buttons { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 0.75rem; }
.acts { display: grid; gap: 0.5rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 270px), 1fr)); }
.act { border: 1px solid var(--line); border-radius: 8px; padding: 0.6rem 0.75rem; min-width: 0; }
.act button { font-weight: 600; width: 100%; display: block; text-align: left; overflow-wrap: anywhere; }
.act button small { display: block; font-weight: 400; color: var(--dim); }
.act p { margin: 0.4rem 0 0; line-height: 1.35; }
.act .field { margin: 0.5rem 0 0; }
.act label { font-size: 0.875rem; }
.choices summary {
  cursor: pointer; min-height: 44px; display: flex; align-items: center; font-size: 0.875rem;
}
.choices summary::before { content: "▸"; margin-right: 0.4rem; }
.choices[open] summary::before { content: "▾"; }
.knobs {
  display: grid; gap: 0 1.25rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr));
}
.hint { margin: 0.25rem 0 0; line-height: 1.35; overflow-wrap: anywhere; }
.scroll.accounts { margin-top: 0.75rem; }
.journal { display: grid; gap: 1rem; margin-top: 1rem; grid-template-columns: minmax(0, 1fr); }
.buttons + .options { margin-top: 0.75rem; }
@media (min-width: 860px) {
  .console nav.card { position: sticky; top: 0.5rem; }
  .console .scroll.accounts { max-height: calc(100vh - 12rem); min-height: 18rem; }
}
@media (min-width: 860px) {
  .story {
    display: grid; gap: 0 1rem; grid-template-columns: minmax(0, 1fr) max-content; align-items: start;
  }
  .story > .buttons { margin: 0; }
}
@media (min-width: 1200px) {
  .journal { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
}
main.window fieldset { border: 0; padding: 0; margin: 1rem 0 0; }
main.window legend { padding: 0; }
.story { padding: 0.75rem 0; }
.story p { margin: 0.25rem 0 0; }
.scene li { padding: 0.25rem 0; }
.scene li[aria-current] {
  background: color-mix(in srgb, var(--accent) 9%, transparent); box-shadow: -3px 0 var(--accent);
}
td pre { margin: 0.5rem 0; max-width: 70rem; }
#requests td.path { white-space: normal; overflow-wrap: anywhere; min-width: 9rem; }
td summary { cursor: pointer; font-family: system-ui, sans-serif; font-size: 0.875rem; }
textarea { max-width: 100%; line-height: 1.4; }
.options { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: end; margin-bottom: 0.75rem; }
.options .field { margin: 0; }
.options input:not([type="checkbox"]), .options select { width: 12rem; }
.scroll { overflow-x: auto; max-height: 24rem; overflow-y: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
th, td {
  text-align: left; padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; white-space: nowrap;
}
td.wide { white-space: normal; overflow-wrap: anywhere; min-width: 12rem; }
th { color: var(--dim); font-weight: 600; position: sticky; top: 0; background: var(--card); }
dl.facts {
  display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.25rem 1rem; margin: 0.5rem 0;
}
dl.facts dt { color: var(--dim); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
@media (forced-colors: active) {
  .pick[aria-current], .tabs a[aria-current] { outline: 2px solid; }
}
@media (prefers-reduced-motion: no-preference) {
  .fresh { animation: fresh 1.5s; }
  @keyframes fresh {
    from { background: color-mix(in srgb, var(--accent) 25%, transparent); }
  }
}
`;
