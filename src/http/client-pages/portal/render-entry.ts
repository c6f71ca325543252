import { html } from "hono/html";
import { clientTextOf, type ClientTexts } from "../../../messages/client-page.ts";
import type { Language } from "../../../messages/languages.ts";
import type { WabaContext } from "../../api/wabas/render-waba.ts";
import { renderSupport } from "../reshare/brand.ts";
import { fill, renderLamp } from "../reshare/markup.ts";
import { renderShell } from "../reshare/render-shell.ts";

/** Why somebody does not come in, with the status of the page that says so. */
const FAULTS = {
  expired: 410,
  used: 410,
  invalid: 400,
  unknown_client: 404,
  suspended: 403,
  signed_out: 401,
} as const satisfies Record<keyof ClientTexts["portal"]["entry"], number>;

export type EntryFault = keyof typeof FAULTS;

interface Frame {
  language: Language;
  context: Pick<WabaContext, "partnerName" | "brand">;
}

/** The page of somebody who does not come in: why, and what to do. */
export function renderEntryFault(fault: EntryFault, { language, context }: Frame): Promise<Response> {
  const text = clientTextOf(language);
  const names = { partner: context.partnerName };
  const main = html`<div data-fault="${fault}">
    <p class="headline" data-lamp="grey">${renderLamp("grey")}</p>
    <h1>${fill(text, `portal.entry.${fault}.title`, names)}</h1>
    <p class="lead">${fill(text, `portal.entry.${fault}.text`, names)}</p>
    ${renderSupport(fill(text, "support", names), context.brand)}
  </div>`;
  const title = text("portal.title", names);
  return renderShell({ language, context, path: "/portal", status: FAULTS[fault], main, title });
}

/** A mail's link waits for a click: programs that look into mails would use it up. */
export function renderMailEntry(link: string, { language, context }: Frame): Promise<Response> {
  const text = clientTextOf(language);
  const names = { partner: context.partnerName };
  const main = html`<h1>${text("portal.heading")}</h1>
    <p class="lead">${fill(text, "portal.enter_text", names)}</p>
    <form method="post" action="/portal/enter?lang=${language}">
      <input type="hidden" name="link" value="${link}" />
      <button class="button" data-primary>${text("portal.enter")}</button>
    </form>`;
  const title = text("portal.title", names);
  return renderShell({
    ...{ language, context, title, main, status: 200, referrer: "same-origin" },
    path: "/portal/enter",
    query: { link },
  });
}

/**
 * The page after the sign-in, which leads on by itself. A redirect would still count as a request of the
 * provider's site, and the browser would not send our strict cookie along.
 */
export async function renderEntered(next: string, cookie: string, frame: Frame): Promise<Response> {
  const { language, context } = frame;
  const text = clientTextOf(language);
  const main = html`<h1>${text("portal.signed_in")}</h1>
    <p class="actions"><a class="button" data-primary href="${next}">${text("portal.continue")}</a></p>`;
  const title = text("portal.title", { partner: context.partnerName });
  const page = await renderShell({ language, context, path: "/portal", status: 200, main, title });
  page.headers.set("Refresh", `0; url=${next}`);
  page.headers.append("Set-Cookie", cookie);
  return page;
}
