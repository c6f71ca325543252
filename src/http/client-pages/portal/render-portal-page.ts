import { html } from "hono/html";
import type { ClientContact } from "../../../directory/client-details-store.ts";
import { clientTextOf, type ClientText } from "../../../messages/client-page.ts";
import { LANGUAGES, type Language } from "../../../messages/languages.ts";
import type { PortalLine, PortalWaba } from "../../api/portal/render-portal.ts";
import type { WabaContext } from "../../api/wabas/render-waba.ts";
import { renderSupport } from "../reshare/brand.ts";
import { fill, renderInstant, renderLamp, type Markup } from "../reshare/markup.ts";
import { renderShell } from "../reshare/render-shell.ts";

/** All inputs of the page. */
export interface PortalPage {
  client: { name: string };
  wabas: readonly (PortalWaba & { history: readonly PortalLine[] })[];
  contacts: readonly ClientContact[];
  /** What became of the contacts that were just sent. */
  contactsOutcome: "saved" | "refused" | null;
  language: Language;
  context: Pick<WabaContext, "partnerName" | "brand">;
}

export function renderPortalPage(page: PortalPage): Promise<Response> {
  const { language, context, wabas, client } = page;
  const text = clientTextOf(language);
  const names = { partner: context.partnerName };
  const toDo = wabas.filter(({ mayRestore }) => mayRestore).length;
  // What needs the client comes first.
  const sorted = wabas.toSorted((a, b) => Number(b.mayRestore) - Number(a.mayRestore));
  const main = html`<h1>${text("portal.heading")}</h1>
    <p class="account">${client.name}</p>
    <p class="lead">
      ${fill(text, "portal.lead", { ...names, count: wabas.length })}
      ${toDo === 0 ? "" : html`<b>${text("portal.to_do", { total: wabas.length, count: toDo })}</b>`}
    </p>
    ${sorted.map((waba) => renderWaba(waba, page, text))} ${renderContacts(page, text)}
    <form method="post" action="/portal/sign-out?lang=${language}" class="sign-out">
      <button class="button">${text("portal.sign_out")}</button>
    </form>
    ${renderSupport(fill(text, "support", names), context.brand)}`;
  const title = text("portal.title", names);
  return renderShell({
    ...{ language, context, title, main, path: "/portal", referrer: "same-origin" },
    status: page.contactsOutcome === "refused" ? 400 : 200,
  });
}

function renderWaba(waba: PortalPage["wabas"][number], page: PortalPage, text: ClientText): Markup {
  const { language } = page;
  return html`<section class="portal-waba" data-waba="${waba.wabaId}" data-lamp="${waba.lamp}">
    <h2>${renderLamp(waba.lamp)}<span>${waba.name}</span></h2>
    <p><b>${waba.headline}</b></p>
    <p>${waba.sentence}</p>
    <p class="muted">
      ${fill(text, "portal.since", { since: renderInstant(waba.since, language) })}
      ${waba.numbers.map(({ id, display }) => html`<br />${display ?? id}`)}
    </p>
    ${
      waba.mayRestore
        ? html`<form method="post" action="/portal/wabas/${waba.wabaId}/restore?lang=${language}">
            <button class="button" data-primary>
              ${text("portal.restore")}<span class="vh">: ${waba.name}</span>
            </button>
          </form>`
        : ""
    }
    <details class="more">
      <summary>${text("portal.history")}<span class="vh">: ${waba.name}</span></summary>
      ${
        waba.history.length === 0
          ? html`<p class="muted">${text("portal.no_history")}</p>`
          : html`<ul class="history">
              ${waba.history.map(
                (line) =>
                  html`<li data-kind="${line.kind}">
                    <span class="muted">${renderInstant(line.at, language)}</span><br />${line.text}
                  </li>`,
              )}
            </ul>`
      }
    </details>
  </section>`;
}

const NOBODY: ClientContact = { name: "", email: null, phone: null, language: null };

function renderContacts({ contacts, contactsOutcome, language, context }: PortalPage, text: ClientText) {
  const names = { partner: context.partnerName };
  return html`<section class="portal-contacts" id="contacts">
    <h2>${fill(text, "portal.contacts.title", names)}</h2>
    <p>${fill(text, "portal.contacts.text", names)}</p>
    ${
      contactsOutcome === null
        ? ""
        : html`<p class="hint" role="${contactsOutcome === "refused" ? "alert" : "status"}">
            ${text(`portal.contacts.outcome.${contactsOutcome}`)}
          </p>`
    }
    <form method="post" action="/portal/contacts?lang=${language}">
      ${contacts.map((contact, index) =>
        renderContact(contact, text("portal.contacts.one", { number: index + 1 }), index, text),
      )}
      ${
        contacts.at(-1)?.name === ""
          ? ""
          : renderContact(NOBODY, text("portal.contacts.new"), contacts.length, text)
      }
      <p class="muted">${text("portal.contacts.remove")}</p>
      <button class="button">${text("portal.contacts.save")}</button>
    </form>
  </section>`;
}

function renderContact(contact: ClientContact, legend: string, index: number, text: ClientText): Markup {
  const field = (name: "name" | "email" | "phone", type: string, complete: string): Markup =>
    html`<label for="${name}-${index}">${text(`portal.contacts.field.${name}`)}</label>
      <input
        id="${name}-${index}"
        name="${name}"
        type="${type}"
        autocomplete="${complete}"
        value="${contact[name] ?? ""}"
      />`;
  return html`<fieldset>
    <legend>${legend}</legend>
    ${field("name", "text", "name")} ${field("email", "email", "email")} ${field("phone", "tel", "tel")}
    <label for="language-${index}">${text("portal.contacts.language")}</label>
    <select id="language-${index}" name="language">
      <option value="">${text("portal.contacts.own_language")}</option>
      ${Object.entries(LANGUAGES).map(
        ([code, name]) =>
          html`<option value="${code}" lang="${code}" ${code === contact.language ? html`selected` : ""}>
            ${name}
          </option>`,
      )}
    </select>
  </fieldset>`;
}
