import { createHash } from "node:crypto";
import { html } from "hono/html";
import type { ClientKey, ClientText } from "../../../messages/client-page.ts";
import type { Language } from "../../../messages/languages.ts";

/** Escaped markup of hono/html. */
export type Markup = ReturnType<typeof html>;

/** A message whose values are text or markup. Text is escaped. */
export function fill(
  text: ClientText,
  key: ClientKey,
  values: Readonly<Record<string, string | number | Markup>>,
): Markup {
  return html`${text.parts(key, values)}`;
}

/** A hash that changes when the visible text changes. */
export function versionOf(markup: string): string {
  return createHash("sha256").update(markup).digest("base64url").slice(0, 16);
}

/** An instant in the reader's language. The page's script converts it to the reader's time zone. */
export function renderInstant(ms: number, language: Language): Markup {
  const locale = language === "en" ? "en-GB" : language;
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: "UTC",
  });
  return html`<time datetime="${new Date(ms).toISOString()}">${format.format(ms)} UTC</time>`;
}

export type Lamp = "red" | "amber" | "green" | "grey";

/** The lamps differ in shape as well as in colour. */
const SHAPES: Record<Lamp, string> = {
  red: "M7 7l6 6M13 7l-6 6",
  amber: "M10 5.5v5M10 13.8v.4",
  green: "M6 10.4l2.7 2.6L14 7.4",
  grey: "M6.5 10h7",
};

export function renderLamp(lamp: Lamp): Markup {
  return html`<svg
    class="lamp"
    data-lamp="${lamp}"
    viewBox="0 0 20 20"
    width="22"
    height="22"
    aria-hidden="true"
  >
    <circle cx="10" cy="10" r="10" />
    <path d="${SHAPES[lamp]}" />
  </svg>`;
}

/** A value with its copy button. The button needs the script, the value does not. */
export function renderCopy(value: string, text: ClientText): Markup {
  return html`<span class="copy"
    ><code>${value}</code
    ><button type="button" class="button" data-js data-copy="${value}" data-copied="${text("act.copied")}">
      ${text("act.copy")}<span class="vh"> ${value}</span>
    </button></span
  >`;
}
