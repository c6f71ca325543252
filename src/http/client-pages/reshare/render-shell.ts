import { html } from "hono/html";
import { clientTextOf, type ClientText } from "../../../messages/client-page.ts";
import { LANGUAGES, type Language } from "../../../messages/languages.ts";
import type { WabaContext } from "../../api/wabas/render-waba.ts";
import { PAGE_HEADERS, signupPolicyOf } from "../../kit/security-headers.ts";
import { admitLogo, renderBrand, renderBrandStyle } from "./brand.ts";
import type { LaunchJson } from "./client-signup.ts";
import type { Markup } from "./markup.ts";

export interface Shell {
  language: Language;
  context: Pick<WabaContext, "partnerName" | "brand">;
  /** The page's own path. */
  path: string;
  /** What links to other languages keep of the page's query. */
  query?: Readonly<Record<string, string>>;
  /** Links to other languages keep the preview mode. */
  isPreview?: boolean;
  status: number;
  main: Markup;
  /** The title of the window; by default WhatsApp access. */
  title?: string;
  /** Attributes of <main> that the script reads. */
  state?: Markup;
  /** The form of a page without a token in its address may say where it was sent from. */
  referrer?: "same-origin";
  /** Dialogs of Meta's that the page may open. */
  launches?: readonly (LaunchJson | null)[];
}

/** The frame of every client page: one column, its languages, one script and one style. */
export async function renderShell(page: Shell): Promise<Response> {
  const { language, context } = page;
  const partner = context.partnerName;
  const text = clientTextOf(language);
  const title = page.title ?? text("title", { partner });
  const launches = (page.launches ?? []).filter((launch) => launch !== null);
  const whole = await html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="referrer" content="${page.referrer ?? "no-referrer"}" />
        <title>${title}</title>
        <meta property="og:type" content="website" />
        <meta property="og:site_name" content="${partner}" />
        <meta property="og:title" content="${title}" />
        <meta property="og:description" content="${page.title ?? text("description", { partner })}" />
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/reshare-page.css" />
        ${renderBrandStyle(context.brand)}
        <script type="module" src="/reshare-page.js"></script>
      </head>
      <body>
        ${renderBrand(partner, context.brand)}
        <main
          id="page"
          ${page.state ?? ""}
          data-may-sign-up="${String(launches.length > 0)}"
          data-checked="${text("check.done")}"
          data-later="${text("check.later", { seconds: "{seconds}" })}"
          data-offline="${text("check.offline")}"
          data-not-sent="${text("signup.not_sent")}"
          data-too-many="${text("exit_reason.too_many_attempts.text")}"
          data-window-gone="${text("exit_reason.window_gone.text")}"
        >
          ${page.main}
        </main>
        <p class="vh" role="status" id="said"></p>
        <footer>${renderLanguages(page, text)}</footer>
      </body>
    </html>`;
  const policy: Record<string, string> =
    launches.length === 0 ? {} : { "Content-Security-Policy": signupPolicyOf(launches) };
  const referrer = page.referrer === undefined ? {} : { "Referrer-Policy": page.referrer };
  const headers = admitLogo({ ...HEADERS, ...policy, ...referrer }, context.brand);
  return new Response(String(whole), { status: page.status, headers });
}

/** Each language under its own name, at the same address. */
function renderLanguages(page: Shell, text: ClientText): Markup {
  const { path, language } = page;
  const kept = { ...page.query, ...(page.isPreview === true && { preview: "1" }) };
  return html`<nav class="languages" aria-label="${text("language")}">
    ${Object.entries(LANGUAGES).map(
      ([code, name]) =>
        html`<a
          href="${path}?${String(new URLSearchParams({ lang: code, ...kept }))}"
          lang="${code}"
          ${code === language ? html`aria-current="true"` : ""}
          >${name}</a
        >`,
    )}
  </nav>`;
}

/** The address is the key to the page: it is sent to no other site, and no cache keeps the page. */
export const HEADERS: Readonly<Record<string, string>> = {
  ...PAGE_HEADERS,
  "Referrer-Policy": "no-referrer",
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-store",
  "X-Robots-Tag": "noindex, nofollow",
};
