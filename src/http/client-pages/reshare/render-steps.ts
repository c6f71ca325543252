import { html } from "hono/html";
import type { RecoveryMethod, RecoveryStep } from "../../../recovery/recovery-plan.ts";
import type { ClientText, ClientTexts } from "../../../messages/client-page.ts";
import { isBanned, renderAppWorks } from "./render-coexistence.ts";
import { fill, renderCopy, type Markup } from "./markup.ts";
import type { PanelContext } from "./panel-context.ts";
import { signupPartOf } from "./render-panel-signup.ts";
import { isUnderWay, renderConnect } from "./render-signup-part.ts";

type ClientStep = Omit<RecoveryStep, "id"> & { id: keyof ClientTexts["step"] };

/**
 * The first method of the recovery plan with its steps, then every other method, then why the usual method is
 * not offered. On a phone the one-tap method comes first, because Meta Business Suite needs a computer. While
 * a ban lasts, "the app works again" comes first.
 */
export function renderWays(methods: readonly RecoveryMethod[], context: PanelContext): Markup {
  const offered = methods.filter((method) => method.available && isForClient(method, context.text));
  const barred = methods.filter((method) => !method.available && isForClient(method, context.text));
  const [first, ...others] = isOneTap(offered, context) ? signupFirst(offered) : offered;
  if (first === undefined) return html``;
  const [next, ...rest] = first.method === "wait" ? others : [undefined, ...others];
  return html`${renderWay(first, context, true)} ${renderAppWorks(context)}
  ${next ? renderWay(next, context, true) : ""}
  ${rest.filter((method) => method !== undefined).map((method) => renderAnother(method, context))}
  ${barred.map((method) => renderBar(method, context))}`;
}

const isSignup = ({ method }: RecoveryMethod): boolean => method === "embedded_signup";

function isOneTap(offered: readonly RecoveryMethod[], { device, signup }: PanelContext): boolean {
  return device.isPhone && signup.launch !== null && offered[0]?.method === "assign_partner";
}

const signupFirst = (offered: readonly RecoveryMethod[]): RecoveryMethod[] => [
  ...offered.filter(isSignup),
  ...offered.filter((method) => !isSignup(method)),
];

/** Methods of operators have no sentence on the client's page. */
function isForClient(method: RecoveryMethod, text: ClientText): boolean {
  return text.has(`method.${method.label}`);
}

function labelOf(method: RecoveryMethod, { text, names }: PanelContext): Markup {
  return fill(text, `method.${method.label as keyof ClientTexts["method"]}`, names);
}

function renderWay(method: RecoveryMethod, context: PanelContext, isFirst: boolean): Markup {
  const isForComputer = method.method === "assign_partner" && context.device.isPhone;
  return html`<section class="way">
    <h2>${labelOf(method, context)}</h2>
    ${isForComputer ? html`<p class="hint">${context.text("device.phone")}</p>` : ""}
    ${renderSteps(method, context, isFirst)}
  </section>`;
}

/** On a computer both methods are open; on a phone all except the first are folded. */
function renderAnother(method: RecoveryMethod, context: PanelContext): Markup {
  const { device, text, view, url } = context;
  const label = labelOf(method, context);
  if (!device.isPhone)
    return html`<section class="way">
      <h2>${fill(text, "method.another", { method: label })}</h2>
      ${renderSteps(method, context, false)}
    </section>`;
  const isForComputer = method.method === "assign_partner";
  return html`<details class="more" id="way-${method.method}-${view.asset.wabaId}">
    <summary>
      ${fill(text, isForComputer ? "method.on_computer" : "method.another", { method: label })}
    </summary>
    ${
      isForComputer
        ? html`<p class="hint">${text("device.phone")}</p>
            ${renderTakeAway(url, text)}`
        : ""
    }
    ${renderSteps(method, context, false)}
  </details>`;
}

/** The page's own link, to open it on another device or in another browser. */
function renderTakeAway(url: string, text: ClientText): Markup {
  return html`<p class="actions">
    <button type="button" class="button" data-js data-copy="${url}" data-copied="${text("act.copied")}">
      ${text("device.copy")}
    </button>
    <a class="button" data-share href="mailto:?body=${encodeURIComponent(url)}">${text("device.send")}</a>
  </p>`;
}

function renderBar(method: RecoveryMethod, context: PanelContext): Markup {
  if (method.whyNot === null) return html``;
  return html`<details class="more" id="not-${method.method}-${context.view.asset.wabaId}">
    <summary>${fill(context.text, "method.why_not", { method: labelOf(method, context) })}</summary>
    <p>${context.text(`why_not.${method.whyNot}`)}</p>
  </details>`;
}

function renderSteps(method: RecoveryMethod, context: PanelContext, isFirst: boolean): Markup {
  const steps = stepsOf(method, context);
  const next = steps.find((step) => !step.done);
  const opensSignup = method.method === "embedded_signup" || method.method === "new_onboarding";
  return html`${opensSignup ? renderSignup(method, context, isFirst) : ""}
    ${method.path === undefined ? "" : html`<p class="muted path">${context.text("method.assign_path")}</p>`}
    <ol class="steps">
      ${steps.map((step, index) => renderStep(step, index + 1, step === next, context))}
    </ol>`;
}

/**
 * The button for Meta's window. When the end of the newest attempt is shown above, it already holds the
 * button.
 */
function renderSignup(method: RecoveryMethod, context: PanelContext, isFirst: boolean): Markup {
  const { text, signup } = context;
  const part = signupPartOf(context);
  const isBarred = isBanned(context.view.state) && context.view.state.client?.appWorksAt === undefined;
  const showsButton = !isBarred && (signup.now?.exit_reason == null || isUnderWay(signup.now));
  const isRepeated = isUnderWay(signup.now);
  const label = isRepeated ? text("signup.again") : labelOfConnect(method, context);
  return html`${isInApp(context) ? html`<p>${text("signup.phone")}</p>` : ""}
  ${
    showsButton
      ? renderConnect(part, {
          label,
          isPrimary: isFirst && !isRepeated,
          isSticky: isFirst && context.isLeading && context.device.isPhone,
        })
      : ""
  }`;
}

function labelOfConnect(method: RecoveryMethod, { text }: PanelContext): string {
  return method.method === "new_onboarding" ? text("signup.new_account") : text("signup.connect");
}

function isInApp({ view }: PanelContext): boolean {
  return view.state.kind === "coexistence" || view.state.everCoexistence;
}

/** The recovery plan's steps for a client. */
function stepsOf(method: RecoveryMethod, { view }: PanelContext): ClientStep[] {
  return method.steps.filter(isClientStep).map((step) => named(step, view));
}

/** Names the account, so that the client finds it in Meta's list. */
function named(step: ClientStep, view: PanelContext["view"]): ClientStep {
  return step.id === "select_waba" ? { ...step, copy: view.asset.wabaId } : step;
}

const OPERATORS = new Set(["reopen", "adopt", "create_token", "set_token", "run_doctor"]);

function isClientStep(step: RecoveryStep): step is RecoveryStep & ClientStep {
  return !OPERATORS.has(step.id);
}

function renderStep(step: ClientStep, place: number, isNext: boolean, context: PanelContext): Markup {
  const { text, names, view } = context;
  return html`<li class="step" data-done="${String(step.done)}" ${isNext ? html`aria-current="step"` : ""}>
    <span class="place" aria-hidden="true">${step.done ? "✓" : place}</span>
    <div>
      <p>
        ${fill(text, `step.${step.id}`, names)}${step.done ? html`<span class="vh">, ${text("act.step_done")}</span>` : ""}
      </p>
      ${step.id === "select_portfolio" ? html`<p class="muted">${names.portfolio}</p>` : ""}
      ${step.id === "select_waba" ? html`<p class="muted">${view.asset.name}</p>` : ""}
      ${
        step.copy !== undefined || step.href !== undefined
          ? html`<p class="actions">
              ${step.copy === undefined ? "" : renderCopy(step.copy, text)}
              ${step.href === undefined ? "" : renderLink(step.href, isNext, text)}
            </p>`
          : ""
      }
    </div>
  </li>`;
}

function renderLink(href: string, isNext: boolean, text: ClientText): Markup {
  return html`<a
    class="button"
    data-suite
    ${isNext ? html`data-primary` : ""}
    href="${href}"
    target="_blank"
    rel="noopener noreferrer"
    >${text("act.open")} <span aria-hidden="true">↗</span><span class="vh">, ${text("act.new_tab")}</span></a
  >`;
}
