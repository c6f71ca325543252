import { html, raw } from "hono/html";
import type { Signup } from "../../../onboarding/signup/signup.ts";
import { clientTextOf, type ClientText, type ClientTexts } from "../../../messages/client-page.ts";
import type { Language } from "../../../messages/languages.ts";
import type { WabaContext } from "../../api/wabas/render-waba.ts";
import { renderSupport } from "../reshare/brand.ts";
import type { ClientSignup, LaunchJson } from "../reshare/client-signup.ts";
import { fill, renderLamp, versionOf, type Lamp, type Markup } from "../reshare/markup.ts";
import type { MainPart } from "../reshare/render-page.ts";
import { renderShell } from "../reshare/render-shell.ts";
import {
  isUnderWay,
  pinsWantedIn,
  registrationLeftOf,
  renderConnect,
  renderProgress,
  renderExitReason,
  type SignupPart,
} from "../reshare/render-signup-part.ts";
import type { Device } from "../reshare/visitor.ts";

/** Everything that the page of an invitation depends on. */
export interface InvitationPage {
  signup: Signup;
  now: ClientSignup;
  /** Set for a repair, and once the account has come. */
  wabaName: string | null;
  launches: Record<"platform" | "coexistence", LaunchJson | null>;
  hostedUrl: string | null;
  language: Language;
  device: Device;
  path: string;
  context: WabaContext;
}

type Stage = "invited" | "proving" | "waiting" | "unregistered" | "ready";

export async function renderInvitationMain(page: InvitationPage): Promise<MainPart> {
  const text = clientTextOf(page.language);
  const stage = stageOf(page.now);
  const names = namesOf(page, text);
  const lamp = LAMPS[stage];
  const markup = String(
    await html`<p class="headline" data-lamp="${lamp}" data-stage="${stage}">
        ${stage === "invited" ? "" : renderLamp(lamp)}
      </p>
      <h1>${fill(text, `onboard.headline.${stage}`, names)}</h1>
      <p class="lead">${fill(text, `onboard.lead.${leadOf(page, stage)}`, names)}</p>
      ${page.device.isInApp && stage === "invited" ? html`<p class="hint">${text("device.in_app")}</p>` : ""}
      ${stage === "invited" ? renderWays(page, text) : renderProgress(partOf(page, text, null))}
      ${renderReturn(page, stage, text)}
      ${stage === "ready" ? "" : renderSupport(fill(text, "support", names), page.context.brand)}`,
  );
  const said = `${text(`onboard.headline.${stage}`, names)}.`;
  return { markup, version: versionOf(markup), isDone: stage === "ready" || stage === "unregistered", said };
}

const LAMPS: Record<Stage, Lamp> = {
  invited: "grey",
  proving: "amber",
  waiting: "amber",
  unregistered: "amber",
  ready: "green",
};

function stageOf(now: ClientSignup): Stage {
  if (pinsWantedIn(now).length > 0) return "waiting";
  if (now.state === "ready") return registrationLeftOf(now) === null ? "ready" : "unregistered";
  return isUnderWay(now) ? "proving" : "invited";
}

function namesOf(
  { context, wabaName, now }: InvitationPage,
  text: ClientText,
): Record<string, string> & { partner: string } {
  const metaMessage = registrationLeftOf(now) ?? "";
  return { partner: context.partnerName, waba: wabaName ?? text("unnamed.account"), metaMessage };
}

function leadOf({ signup }: InvitationPage, stage: Stage): keyof ClientTexts["onboard"]["lead"] {
  if (stage === "ready" || stage === "unregistered") return stage;
  if (stage !== "invited") return "proving";
  if (signup.flow === "hosted") return "hosted";
  return signup.expectedAssetId === null ? "invited" : "repair";
}

function partOf(page: InvitationPage, text: ClientText, flow: "platform" | "coexistence" | null): SignupPart {
  const launch = flow === null ? null : page.launches[flow];
  return { text, names: namesOf(page, text), launch, now: page.now, wabaId: null };
}

/**
 * Meta's window for the flow that the provider fixed; else both flows, and the client chooses by its number.
 */
function renderWays(page: InvitationPage, text: ClientText): Markup {
  const { signup, now } = page;
  if (signup.flow === "hosted") return renderHosted(page, text);
  const isAgain = now.exit_reason !== null;
  const label = isAgain ? text("signup.again") : text("signup.connect");
  if (!signup.clientChoosesFlow) {
    const part = partOf(page, text, signup.flow);
    const wish = { label, isPrimary: true };
    return html`${signup.flow === "coexistence" ? renderAppSteps(page, text) : ""}
    ${isAgain ? renderExitReason(part, wish) : renderConnect(part, wish)}`;
  }
  return html`${renderExitReason(partOf(page, text, null), null)}
    <h2>${text("onboard.app_question")}</h2>
    ${renderAnswer(page, text, "coexistence", label)} ${renderAnswer(page, text, "platform", label)}`;
}

function renderAnswer(
  page: InvitationPage,
  text: ClientText,
  flow: "platform" | "coexistence",
  label: string,
): Markup {
  const isChosen = page.now.attempt_id !== null && page.signup.flow === flow;
  const answer = flow === "coexistence" ? text("onboard.app_yes") : text("onboard.app_no");
  return html`<details class="more" id="flow-${flow}" name="flow" ${isChosen ? html`open` : ""}>
    <summary>${answer}</summary>
    ${flow === "coexistence" ? renderAppSteps(page, text) : ""}
    ${renderConnect(partOf(page, text, flow), { label, isPrimary: true, flow })}
  </details>`;
}

const APP_STEPS = ["phone_at_hand", "wait_after_disconnect", "confirm_in_app", "keep_app_open"] as const;

/**
 * What the signup of a number of the app requires of the person with the phone; the same text as on the
 * re-share page.
 */
function renderAppSteps(page: InvitationPage, text: ClientText): Markup {
  const names = namesOf(page, text);
  return html`<div class="who">
    <p><b>${text("signup.app_title")}</b></p>
    <ul>
      ${APP_STEPS.map((step) => html`<li>${fill(text, `step.${step}`, names)}</li>`)}
    </ul>
    <p>${text("signup.phone")}</p>
  </div>`;
}

/** Meta's own page returns nothing to us: it opens beside this page, which waits for the share. */
function renderHosted(page: InvitationPage, text: ClientText): Markup {
  if (page.hostedUrl === null) return html`<p>${fill(text, "onboard.hosted_none", namesOf(page, text))}</p>`;
  return html`<p class="actions">
    <a
      class="button"
      data-primary
      data-hosted
      href="${page.hostedUrl}"
      target="_blank"
      rel="noopener noreferrer"
      >${text("onboard.hosted")} <span aria-hidden="true">↗</span
      ><span class="vh">, ${text("act.new_tab")}</span></a
    >
  </p>`;
}

/** The provider's return address: used at once when everything is done, else offered as a link. */
function renderReturn({ signup, now }: InvitationPage, stage: Stage, text: ClientText): Markup {
  const { success, cancel, error } = signup.returnUrls;
  if (stage === "ready" && success !== undefined)
    return html`<p>${fill(text, "onboard.continue_soon", { host: new URL(success).host })}</p>
      <p class="actions">
        <a class="button" data-primary data-return href="${success}">${text("onboard.continue")}</a>
      </p>`;
  if (stage === "unregistered" && success !== undefined)
    return html`<p class="actions"><a class="button" href="${success}">${text("onboard.continue")}</a></p>`;
  if (stage !== "invited") return html``;
  const isEnded = now.exit_reason !== null && error !== undefined;
  const back = isEnded ? error : cancel;
  if (back === undefined) return html``;
  const label = isEnded
    ? fill(text, "onboard.error", { host: new URL(back).host })
    : html`${text("onboard.cancel")}`;
  return html`<p class="actions"><a class="button" href="${back}">${label}</a></p>`;
}

export async function renderInvitation(page: InvitationPage): Promise<Response> {
  const main = await renderInvitationMain(page);
  const text = clientTextOf(page.language);
  const { path, language, context, launches } = page;
  const state = html`data-state="${path}/state?lang=${language}" data-version="${main.version}"
  data-done="${String(main.isDone)}" data-signup="${path}/signup?lang=${language}"`;
  return renderShell({
    ...{ language, path, context, state, status: 200, main: raw(main.markup) },
    title: text("onboard.title", { partner: context.partnerName }),
    launches: page.signup.flow === "hosted" ? [] : Object.values(launches),
  });
}

/** The page of an ended or unknown invitation: what that means, and what to do next. */
export function renderEndedInvitation(page: {
  outcome: "unknown" | "ended" | "finished";
  language: Language;
  path: string;
  context: WabaContext;
}): Promise<Response> {
  const { outcome, language, path, context } = page;
  const text = clientTextOf(language);
  const names = { partner: context.partnerName };
  const kind = outcome === "ended" ? "abandoned" : outcome;
  const main = html`<p class="headline" data-lamp="grey">${renderLamp("grey")}</p>
    <h1>${fill(text, `onboard.headline.${kind}`, names)}</h1>
    <p class="lead">${fill(text, `onboard.lead.${kind}`, names)}</p>
    ${renderSupport(fill(text, "support", names), context.brand)}`;
  const title = text("onboard.title", names);
  return renderShell({ language, path, context, title, main, status: outcome === "unknown" ? 404 : 410 });
}
