import { html } from "hono/html";
import type { ClientKey, ClientText, ClientTexts } from "../../../messages/client-page.ts";
import type { WabaView } from "../../api/wabas/render-waba.ts";
import { fill, renderInstant, renderLamp, type Lamp, type Markup } from "./markup.ts";
import type { PanelContext } from "./panel-context.ts";
import { renderPanelSignup, waitsForPin } from "./render-panel-signup.ts";
import { setupIssuesToShow, renderSetupIssues } from "./render-setup-issues.ts";
import { isReconnected, renderCountdown, renderAppActivities, renderLoss } from "./render-coexistence.ts";
import { registrationLeftOf } from "./render-signup-part.ts";
import { renderWays } from "./render-steps.ts";
import { isNeverShared } from "../../../sharing/status/sentences.ts";
import { areMessagesSent } from "../../../sharing/status/sending-claim.ts";
import {
  isBackWhileObserved,
  isStopped,
  checksOf,
  methodsOf,
  openCheckOf,
  situationOf,
  type Situation,
} from "./situation.ts";

export const LAMPS: Record<Situation, Lamp> = {
  lost: "red",
  repaired: "green",
  wait: "amber",
  ours: "amber",
  checking: "grey",
  nothing: "grey",
};

/** What happened, what to do, who can do it, and what our checks found. The headline is above it. */
export function renderPanel(context: PanelContext): Markup {
  const { view } = context;
  const situation = situationOf(view.state);
  const showsWays = situation === "lost" || situation === "wait" || situation === "ours";
  return html`<p class="account">${accountLineOf(context)}</p>
    ${renderLead(situation, context)} ${renderLoss(context)} ${renderCountdown(context)}
    ${situation === "nothing" ? "" : renderPanelSignup(context)}
    ${showsWays && !waitsForPin(context) ? renderWays(methodsOf(view, context.context), context) : ""}
    ${situation === "lost" ? renderWho(context) : ""} ${situation === "nothing" ? "" : renderChecks(context)}
    ${situation === "repaired" ? renderSetupIssues(context) : ""} ${renderAppActivities(context)}`;
}

/** Clients often give the account their own name. */
export function accountLineOf({ text, names }: Pick<PanelContext, "text" | "names">): Markup {
  return fill(text, names.waba === names.client ? "account_only" : "account", names);
}

function renderLead(situation: Situation, context: PanelContext): Markup {
  const { view, text, names, language } = context;
  if (situation === "repaired") return html`<p class="lead">${renderRepairedLead(context)}</p>`;
  const since = renderInstant(view.state.since, language);
  const what = whatOf(view, text);
  const numbers = numbersOf(view, text);
  const mayRegister = situation === "ours" && context.signup.toRegister.length > 0;
  return html`<p class="lead">
    ${what === null ? "" : fill(text, what.key, { ...names, word: what.word })}
    ${isStopped(view) && !isNeverShared(view.state) ? fill(text, "lead.since", { numbers, since }) : ""}
    ${situation === "lost" || mayRegister ? "" : fill(text, `lead.${isBackWhileObserved(view.state) ? "back" : situation}`, names)}
  </p>`;
}

function renderRepairedLead(context: PanelContext): Markup {
  const { view, text, names, language } = context;
  const metaMessage = registrationLeftOf(context.signup.now);
  if (metaMessage !== null) return fill(text, "onboard.lead.unregistered", { ...names, metaMessage });
  const since = renderInstant(view.state.since, language);
  const open = openCheckOf(view.state);
  if (open === null) return fill(text, repairedKeyOf(context), { ...names, since });
  const check = fill(text, `check.${open.type as keyof ClientTexts["check"]}`, names);
  const lead = areMessagesSent(view.state) ? "lead.setup_issues" : "lead.left";
  return fill(text, lead, { ...names, since, check });
}

/** The sentence about a repaired WABA without an open check. */
function repairedKeyOf(context: PanelContext): ClientKey {
  const { view } = context;
  if (!areMessagesSent(view.state)) return "lead.refused";
  if (setupIssuesToShow(view).length > 0 || waitsForPin(context)) return "lead.sending";
  return isReconnected(view.state) ? "lead.reconnected" : "lead.repaired";
}

/** The numbers as people know them; the account's name when Meta has sent no number. */
function numbersOf(view: WabaView, text: ClientText): string {
  const shown = view.numbers.map((number) => number.displayPhoneNumber).filter((text) => text !== null);
  if (shown.length > MOST_NUMBERS) return text("lead.many_numbers", { count: shown.length });
  return shown.length === 0 ? view.asset.name : shown.join(", ");
}

/** The most numbers that fit into the first sentence. */
const MOST_NUMBERS = 2;

/** The sentence of what happened; null when the reason has none. */
export function whatOf({ state }: WabaView, text: ClientText): { key: ClientKey; word: string } | null {
  if (isNeverShared(state)) return { key: "what.never_shared", word: "" };
  const reason = state.reason ?? "";
  const key = `what.${reason}`;
  if (text.has(key) && key !== "what.other") return { key, word: "" };
  return reason.startsWith("meta:") ? { key: "what.other", word: reason.slice("meta:".length) } : null;
}

function renderWho({ text, names, view }: PanelContext): Markup {
  const isInApp = view.state.kind === "coexistence" || view.state.everCoexistence;
  return html`<section class="who">
    <h2>${text("who.title")}</h2>
    <p>${fill(text, isInApp ? "who.phone" : "who.admin", names)} ${text("who.not_you")}</p>
  </section>`;
}

const VERDICTS = {
  True: { lamp: "green", word: "check.yes" },
  False: { lamp: "red", word: "check.no" },
  Unknown: { lamp: "grey", word: "check.unknown" },
} as const;

/**
 * The client has something to do only for a lost share: nobody is asked to fix what we or Meta leave unknown.
 */
function renderChecks({ view, text, names }: PanelContext): Markup {
  const open = situationOf(view.state) === "lost" ? openCheckOf(view.state) : null;
  const labelOf = (type: string): Markup => fill(text, `check.${type as keyof ClientTexts["check"]}`, names);
  return html`<section class="checks">
    <h2>${text("check.title")}</h2>
    <ul>
      ${checksOf(view.state).map(({ type, status }) => {
        const { lamp, word } = VERDICTS[status];
        return html`<li data-check="${type}" data-status="${status}">
          ${renderLamp(lamp)}<span>${labelOf(type)}<span class="muted">, ${text(word)}</span></span>
        </li>`;
      })}
    </ul>
    ${open === null ? "" : html`<p class="open">${fill(text, "check.open", { check: labelOf(open.type) })}</p>`}
  </section>`;
}
