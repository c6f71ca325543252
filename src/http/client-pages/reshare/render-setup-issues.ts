import { html } from "hono/html";
import { metaScreenOf } from "../../../recovery/meta-screens.ts";
import { isShownByCondition, type SetupCheck } from "../../../sharing/status/setup-issues.ts";
import type { ClientTexts } from "../../../messages/client-page.ts";
import type { WabaView } from "../../api/wabas/render-waba.ts";
import { fill, renderLamp, type Markup } from "./markup.ts";
import type { PanelContext } from "./panel-context.ts";

type Sentence = Exclude<keyof ClientTexts["setup"], "title" | `who_${string}`>;

/** The client's sentence for each setup issue. An issue without a sentence is shown only to the provider. */
const SENTENCES: Readonly<Record<string, Sentence>> = {
  override_lost: "webhooks",
  number_override_lost: "webhooks",
  payment_missing: "payment_missing",
  payment_error: "payment_error",
  number_flagged: "number_limited",
  number_rate_limited: "number_limited",
  number_restricted: "number_limited",
  quality_low: "number_limited",
  number_pending: "number_off",
  number_unverified: "number_off",
  name_declined: "name_declined",
  name_expired: "name_expired",
  name_pending: "name_pending",
  health_limited: "health",
  health_blocked: "health",
  sending_rights: "sending",
  sending_not_registered: "sending",
  sending_certificate: "sending",
  sending_name: "sending",
  sending_payment: "sending",
  sending_locked: "sending",
  sending_not_found: "sending",
  sending_other: "sending",
};

/** The setup issues of a green page, except those that the checks above already name. */
export function setupIssuesToShow({ state }: Pick<WabaView, "state">): SetupCheck[] {
  return (state.setupIssues ?? []).filter(
    (setupIssue) =>
      setupIssue.verdict === "no" &&
      !isShownByCondition(setupIssue) &&
      Object.hasOwn(SENTENCES, setupIssue.reason),
  );
}

/** The list of setup issues, each with who can fix it and, for the client, where. */
export function renderSetupIssues(context: PanelContext): Markup {
  const setupIssues = setupIssuesToShow(context.view);
  if (setupIssues.length === 0) return html``;
  return html`<section class="setup-issues">
    <h2>${context.text("setup.title")}</h2>
    <ul>
      ${setupIssues.map((setupIssue) => renderSetupIssue(setupIssue, context))}
    </ul>
  </section>`;
}

function renderSetupIssue(setupIssue: SetupCheck, { view, text, names, context }: PanelContext): Markup {
  const sentence = `setup.${SENTENCES[setupIssue.reason] ?? "health"}` as const;
  const number =
    view.numbers.find(({ id }) => id === setupIssue.numberId)?.displayPhoneNumber ?? view.asset.name;
  const place = { wabaId: view.asset.wabaId, clientBusinessId: view.client.businessId };
  const href = metaScreenOf(setupIssue, place, context.businessSuiteUrl);
  return html`<li data-check="${setupIssue.check}" data-who="${setupIssue.who}">
    ${renderLamp("amber")}
    <div>
      <p>${fill(text, sentence, { ...names, number, metaMessage: metaMessageOf(setupIssue) })}</p>
      <p class="muted">${fill(text, `setup.who_${setupIssue.who}`, names)}</p>
      ${
        href === undefined
          ? ""
          : html`<p class="actions">
              <a class="button" href="${href}" target="_blank" rel="noopener noreferrer"
                >${text("act.open")} <span aria-hidden="true">↗</span
                ><span class="vh">, ${text("act.new_tab")}</span></a
              >
            </p>`
      }
    </div>
  </li>`;
}

/** Meta's message as sent, in Meta's language, with its advice. */
function metaMessageOf({ metaMessage, solution }: SetupCheck): string {
  return [metaMessage, solution].filter((part) => part !== null).join(" ");
}
