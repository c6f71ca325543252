import { html, raw } from "hono/html";
import type { Signup } from "../../../onboarding/signup/signup.ts";
import { clientTextsOf, type ClientTexts, type Language } from "../../../messages/client-page.ts";
import { fillText } from "../../../messages/fill-text.ts";
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
  const texts = clientTextsOf(page.language);
  const stage = stageOf(page.now);
  const names = namesOf(page, texts);
  const lamp = LAMPS[stage];
  const markup = String(
    await html`<p class="headline" data-lamp="${lamp}" data-stage="${stage}">
        ${stage === "invited" ? "" : renderLamp(lamp)}
      </p>
      <h1>${fill(texts.onboard.headline[stage], names)}</h1>
      <p class="lead">${fill(leadOf(page, stage, texts), names)}</p>
      ${page.device.isInApp && stage === "invited" ? html`<p class="hint">${texts.device.in_app}</p>` : ""}
      ${stage === "invited" ? renderWays(page, texts) : renderProgress(partOf(page, texts, null))}
      ${renderReturn(page, stage, texts)}
      ${stage === "ready" ? "" : renderSupport(fill(texts.support, names), page.context.brand)}`,
  );
  const said = `${fillText(texts.onboard.headline[stage], names)}.`;
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
  texts: ClientTexts,
): Record<string, string> & { partner: string } {
  const words = registrationLeftOf(now) ?? "";
  return { partner: context.partnerName, waba: wabaName ?? texts.unnamed.account, words };
}

function leadOf({ signup }: InvitationPage, stage: Stage, texts: ClientTexts): string {
  const { lead } = texts.onboard;
  if (stage === "ready" || stage === "unregistered") return lead[stage];
  if (stage !== "invited") return lead.proving;
  if (signup.flow === "hosted") return lead.hosted;
  return signup.expectedAssetId === null ? lead.invited : lead.repair;
}

function partOf(
  page: InvitationPage,
  texts: ClientTexts,
  flow: "platform" | "coexistence" | null,
): SignupPart {
  const launch = flow === null ? null : page.launches[flow];
  return { texts, names: namesOf(page, texts), launch, now: page.now, wabaId: null };
}

/**
 * Meta's window for the flow that the provider fixed; else both flows, and the client chooses by its number.
 */
function renderWays(page: InvitationPage, texts: ClientTexts): Markup {
  const { signup, now } = page;
  if (signup.flow === "hosted") return renderHosted(page, texts);
  const isAgain = now.exit_reason !== null;
  const label = isAgain ? texts.signup.again : texts.signup.connect;
  if (!signup.clientChoosesFlow) {
    const part = partOf(page, texts, signup.flow);
    const wish = { label, isPrimary: true };
    return html`${signup.flow === "coexistence" ? renderAppSteps(page, texts) : ""}
    ${isAgain ? renderExitReason(part, wish) : renderConnect(part, wish)}`;
  }
  return html`${renderExitReason(partOf(page, texts, null), null)}
    <h2>${texts.onboard.app_question}</h2>
    ${renderAnswer(page, texts, "coexistence", label)} ${renderAnswer(page, texts, "platform", label)}`;
}

function renderAnswer(
  page: InvitationPage,
  texts: ClientTexts,
  flow: "platform" | "coexistence",
  label: string,
): Markup {
  const isChosen = page.now.attempt_id !== null && page.signup.flow === flow;
  const answer = flow === "coexistence" ? texts.onboard.app_yes : texts.onboard.app_no;
  return html`<details class="more" id="flow-${flow}" name="flow" ${isChosen ? html`open` : ""}>
    <summary>${answer}</summary>
    ${flow === "coexistence" ? renderAppSteps(page, texts) : ""}
    ${renderConnect(partOf(page, texts, flow), { label, isPrimary: true, flow })}
  </details>`;
}

/**
 * What the signup of a number of the app requires of the person with the phone; the same text as on the
 * re-share page.
 */
function renderAppSteps(page: InvitationPage, texts: ClientTexts): Markup {
  const { phone_at_hand, wait_after_disconnect, confirm_in_app, keep_app_open } = texts.step;
  const names = namesOf(page, texts);
  return html`<div class="who">
    <p><b>${texts.signup.app_title}</b></p>
    <ul>
      ${[phone_at_hand, wait_after_disconnect, confirm_in_app, keep_app_open].map(
        (step) => html`<li>${fill(step, names)}</li>`,
      )}
    </ul>
    <p>${texts.signup.phone}</p>
  </div>`;
}

/** Meta's own page returns nothing to us: it opens beside this page, which waits for the share. */
function renderHosted(page: InvitationPage, texts: ClientTexts): Markup {
  if (page.hostedUrl === null) return html`<p>${fill(texts.onboard.hosted_none, namesOf(page, texts))}</p>`;
  return html`<p class="actions">
    <a
      class="button"
      data-primary
      data-hosted
      href="${page.hostedUrl}"
      target="_blank"
      rel="noopener noreferrer"
      >${texts.onboard.hosted} <span aria-hidden="true">↗</span
      ><span class="vh">, ${texts.act.new_tab}</span></a
    >
  </p>`;
}

/** The provider's return address: used at once when everything is done, else offered as a link. */
function renderReturn({ signup, now }: InvitationPage, stage: Stage, texts: ClientTexts): Markup {
  const { success, cancel, error } = signup.returnUrls;
  if (stage === "ready" && success !== undefined)
    return html`<p>${fill(texts.onboard.continue_soon, { host: new URL(success).host })}</p>
      <p class="actions">
        <a class="button" data-primary data-return href="${success}">${texts.onboard.continue}</a>
      </p>`;
  if (stage === "unregistered" && success !== undefined)
    return html`<p class="actions"><a class="button" href="${success}">${texts.onboard.continue}</a></p>`;
  if (stage !== "invited") return html``;
  const isEnded = now.exit_reason !== null && error !== undefined;
  const back = isEnded ? error : cancel;
  if (back === undefined) return html``;
  const words = isEnded
    ? fill(texts.onboard.error, { host: new URL(back).host })
    : html`${texts.onboard.cancel}`;
  return html`<p class="actions"><a class="button" href="${back}">${words}</a></p>`;
}

export async function renderInvitation(page: InvitationPage): Promise<Response> {
  const main = await renderInvitationMain(page);
  const texts = clientTextsOf(page.language);
  const { path, language, context, launches } = page;
  const state = html`data-state="${path}/state?lang=${language}" data-version="${main.version}"
  data-done="${String(main.isDone)}" data-signup="${path}/signup?lang=${language}"`;
  return renderShell({
    ...{ language, path, context, state, status: 200, main: raw(main.markup) },
    title: fillText(texts.onboard.title, { partner: context.partnerName }),
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
  const texts = clientTextsOf(language);
  const names = { partner: context.partnerName };
  const kind = outcome === "ended" ? "abandoned" : outcome;
  const main = html`<p class="headline" data-lamp="grey">${renderLamp("grey")}</p>
    <h1>${fill(texts.onboard.headline[kind], names)}</h1>
    <p class="lead">${fill(texts.onboard.lead[kind], names)}</p>
    ${renderSupport(fill(texts.support, names), context.brand)}`;
  const title = fillText(texts.onboard.title, names);
  return renderShell({ language, path, context, title, main, status: outcome === "unknown" ? 404 : 410 });
}
