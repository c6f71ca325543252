import { areMessagesSent } from "../../../sharing/status/sending-claim.ts";
import { html, raw } from "hono/html";
import {
  clientTextOf,
  type ClientKey,
  type ClientText,
  type ClientTexts,
} from "../../../messages/client-page.ts";
import type { Language } from "../../../messages/languages.ts";
import type { WabaContext, WabaView } from "../../api/wabas/render-waba.ts";
import { renderSupport } from "./brand.ts";
import { fill, renderLamp, versionOf, type Lamp, type Markup } from "./markup.ts";
import { namesOf, type Names, type PanelContext } from "./panel-context.ts";
import { isReconnected } from "./render-coexistence.ts";
import { accountLineOf, LAMPS, renderPanel } from "./render-panel.ts";
import { isBackWhileObserved, isStopped, openCheckOf, situationOf, type Situation } from "./situation.ts";
import type { PanelSignup } from "./read-panel-signups.ts";
import { pinsWantedIn, registrationLeftOf } from "./render-signup-part.ts";
import { renderShell } from "./render-shell.ts";
import type { Device } from "./visitor.ts";

/**
 * All inputs of the page of a live link. `path` is the page's path with its token; `url` the same as a whole
 * address.
 */
export interface LivePage {
  wabas: [WabaView, ...WabaView[]];
  isIntended: boolean;
  /** The link sent this command too often, and its last answer stays. */
  isEnough?: boolean;
  /** The link belongs to a loss. A link that was made without a loss has nothing to repair. */
  wasLost: boolean;
  /** By the WABA's id here. */
  signups: ReadonlyMap<string, PanelSignup>;
  language: Language;
  device: Device;
  path: string;
  url: string;
  /** A preview for the provider's people: what only the client may say is switched off. */
  isPreview: boolean;
  context: WabaContext;
}

/** The content of <main>, with a hash that changes when the visible text changes. */
export interface MainPart {
  markup: string;
  version: string;
  /** Nothing is left to do: the page is green. */
  isDone: boolean;
  /** One sentence for screen readers. */
  said: string;
}

/** The most urgent WABA comes first; among equals, the link's own. */
const URGENCY: readonly Situation[] = ["lost", "ours", "wait", "checking", "nothing", "repaired"];

export async function renderMain(page: LivePage): Promise<MainPart> {
  const text = clientTextOf(page.language);
  const situations = page.wabas.map((view) => situationOf(view.state));
  const leading = URGENCY.find((situation) => situations.includes(situation)) ?? "nothing";
  const isIntended = page.isIntended && leading !== "repaired";
  const { title, lamp, isDone } = isIntended ? INTENDED : headingOf(page, leading);
  const names = namesOf(page.wabas[0], page.context);
  const markup = await html`${page.isPreview ? renderPreview(text, names) : ""}
    <p class="headline" data-lamp="${lamp}">${renderLamp(lamp)}</p>
    <h1>${fill(text, title, names)}</h1>
    ${page.device.isInApp && !isIntended && leading === "lost" ? renderInApp(page, text) : ""}
    ${page.isEnough === true ? html`<p class="hint" role="alert">${fill(text, "intended.enough", names)}</p>` : ""}
    ${isIntended ? renderIntended(page, text) : renderRepair(page, leading, text)}`;
  const whole = String(markup);
  return {
    markup: whole,
    version: versionOf(whole),
    isDone,
    said: saidOf(page, text, text(title, names)),
  };
}

/** The title with its lamp. `isDone`: nothing is left to do. */
interface Heading {
  title: ClientKey;
  lamp: Lamp;
  isDone: boolean;
}

const INTENDED: Heading = { title: "headline.intended", lamp: "grey", isDone: false };

function headingOf(page: LivePage, leading: Situation): Heading {
  const headline = headlineOf(page, leading);
  const isLeft = headline === "left";
  // Messages may flow already while a number of the same WABA still waits for its PIN.
  if (leading === "repaired" && isPinWanted(page))
    return { title: "onboard.headline.waiting", lamp: "amber", isDone: false };
  if (leading === "repaired" && isRegistrationLeft(page))
    return { title: "onboard.headline.unregistered", lamp: "amber", isDone: !isLeft };
  return {
    title: `headline.${headline}`,
    lamp: isLeft ? "amber" : LAMPS[headline === "lost" ? "lost" : leading],
    isDone: leading === "repaired" && !isLeft,
  };
}

/** The WABAs with their steps, and below them the commands while something is left to repair. */
function renderRepair(page: LivePage, leading: Situation, text: ClientText): Markup {
  const isQuiet = leading === "repaired" || leading === "nothing";
  return html`${renderWabas(page, text)} ${isQuiet ? "" : renderActs(page, text)}`;
}

/** A preview from the Hub must say that nothing said here counts as the client's word. */
const renderPreview = (text: ClientText, names: { partner: string }): Markup =>
  html`<p class="hint" role="note" data-preview>${fill(text, "preview", { partner: names.partner })}</p>`;

/** At the top of the page: in a browser inside another app Meta's windows may not work. */
function renderInApp({ url }: LivePage, text: ClientText): Markup {
  return html`<section class="hint in-app">
    <p>${text("device.in_app")}</p>
    <p class="actions">
      <button type="button" class="button" data-js data-copy="${url}" data-copied="${text("act.copied")}">
        ${text("device.copy")}
      </button>
    </p>
  </section>`;
}

function isPinWanted(page: LivePage): boolean {
  return [...page.signups.values()].some(({ now }) => pinsWantedIn(now).length > 0);
}

function isRegistrationLeft(page: LivePage): boolean {
  return [...page.signups.values()].some(({ now }) => registrationLeftOf(now) !== null);
}

/** A green page has three stories: repaired, restored by Meta, or nothing was ever lost. */
function headlineOf(page: LivePage, leading: Situation): keyof ClientTexts["headline"] {
  // The client can register the number itself, so the page does not ask it to wait for us.
  if (leading === "ours" && [...page.signups.values()].some(({ toRegister }) => toRegister.length > 0))
    return "lost";
  const { state } = page.wabas[0];
  if (leading === "checking" && page.wasLost && isBackWhileObserved(state)) return "back";
  if (leading === "lost" && state.status === "permission_removed" && !page.wabas.some(isStopped))
    return "missing";
  if (leading !== "repaired") return leading;
  if (page.wabas.some(({ state }) => situationOf(state) === "repaired" && !areMessagesSent(state)))
    return "left";
  if (isReconnected(page.wabas[0].state)) return "reconnected";
  return page.wasLost ? "repaired" : "well";
}

function saidOf(page: LivePage, text: ClientText, headline: string): string {
  const view = page.wabas.find(({ state }) => situationOf(state) === "lost");
  const open = view && openCheckOf(view.state);
  if (!view || !open) return `${headline}.`;
  const label = `check.${open.type as keyof ClientTexts["check"]}` as const;
  const check = text(label, namesOf(view, page.context));
  return `${headline}. ${text("check.open", { check })}`;
}

/** The addresses of the page's commands. They keep the preview mode. */
const addressIn =
  ({ path, language, isPreview }: Pick<LivePage, "path" | "language" | "isPreview">) =>
  (act: string): string =>
    `${path}/${act}?lang=${language}${isPreview ? "&preview=1" : ""}`;

/** A button for what only the client may say. */
function renderSaying(page: LivePage, act: string, label: string): Markup {
  return html`<form method="post" action="${addressIn(page)(act)}">
    <button class="button" ${page.isPreview ? "disabled" : ""}>${label}</button>
  </form>`;
}

/** One WABA alone, or a tick for each WABA with its steps below. */
function renderWabas(page: LivePage, text: ClientText): Markup {
  const contexts = page.wabas.map((view, index): PanelContext => {
    const { context, language, device, url } = page;
    const address = addressIn(page);
    const isLeading = index === 0;
    const signup = page.signups.get(view.asset.id) ?? { launch: null, now: null, toRegister: [] };
    const names = namesOf(view, context);
    const { isPreview } = page;
    return { view, text, language, context, device, address, isPreview, url, isLeading, signup, names };
  });
  const [first, ...others] = contexts;
  if (first === undefined || others.length === 0) return html`${contexts.map(renderPanel)}`;
  return html`<section class="together">
      <h2>${text("together", { count: contexts.length })}</h2>
      <ul>
        ${contexts.map(({ view }) => renderTick(view, text))}
      </ul>
    </section>
    ${renderPanel(first)}
    ${others.map(
      (context) =>
        html`<details class="sibling" id="waba-${context.view.asset.wabaId}">
          <summary>${context.view.asset.name}</summary>
          ${renderPanel(context)}
        </details>`,
    )}`;
}

function renderTick({ asset, state }: WabaView, text: ClientText): Markup {
  const situation = situationOf(state);
  const word = situation === "repaired" ? text("check.yes") : text("check.no");
  return html`<li data-waba="${asset.wabaId}" data-situation="${situation}">
    ${renderLamp(LAMPS[situation])}<span>${asset.name}<span class="muted">, ${word}</span></span>
  </li>`;
}

/** "Check now", the hints for a phone, and the other answer: that the removal was intended. */
function renderActs(page: LivePage, text: ClientText): Markup {
  const names = namesOf(page.wabas[0], page.context);
  const subject = encodeURIComponent(text("title", names));
  return html`<form method="post" action="${addressIn(page)("check")}" data-action="check" class="check">
      <button class="button" data-primary data-running="${text("check.running")}">
        ${text("check.now")}
      </button>
      <p class="muted" id="checked">${text("check.by_itself")}</p>
    </form>
    <section class="device">
      <p class="actions">
        <button
          type="button"
          class="button"
          data-js
          data-copy="${page.url}"
          data-copied="${text("act.copied")}"
        >
          ${text("device.copy")}
        </button>
        <a
          class="button"
          data-share
          href="mailto:?subject=${raw(subject)}&body=${encodeURIComponent(page.url)}"
          >${text("device.send")}</a
        >
      </p>
    </section>
    ${page.wabas[0].state.status === "permission_removed" ? renderIntention(page, text, names) : ""}
    ${renderSupport(fill(text, "support", names), page.context.brand)}`;
}

/** The other answer, which is offered only for a removed permission: the removal was intended. */
function renderIntention(page: LivePage, text: ClientText, names: Names): Markup {
  return html`<details class="more" id="intended">
    <summary>${text("intended.summary")}</summary>
    <p>${fill(text, "intended.text", names)}</p>
    ${renderSaying(page, "intended", text("intended.button"))}
  </details>`;
}

function renderIntended(page: LivePage, text: ClientText): Markup {
  const names = namesOf(page.wabas[0], page.context);
  return html`<p class="account">${accountLineOf({ text, names })}</p>
    <p class="lead">${fill(text, "lead.intended", names)}</p>
    ${renderSaying(page, "resume", text("intended.resume"))}`;
}

export async function renderLivePage(page: LivePage): Promise<Response> {
  const main = await renderMain(page);
  const address = addressIn(page);
  const state = html`data-state="${address("state")}" data-version="${main.version}"
  data-done="${String(main.isDone)}" data-signup="${address("signup")}" data-register="${address("register")}"
  data-step="${address("step")}"`;
  const launches = [...page.signups.values()].map(({ launch }) => launch);
  return renderShell({ ...page, status: 200, main: raw(main.markup), state, launches });
}

/** `mailed`: a fresh link is on its way to an address that is known. */
export type EndedKind = "expired" | "asked" | "mailed" | "revoked" | "unknown";

/** The page of a link that is not valid: what that means, and what to do next. */
export function renderEndedPage(page: {
  kind: EndedKind;
  /** Where a fresh link goes, as its owner recognises it. */
  address: string | null;
  /** Whether a fresh link may be asked for. */
  isFreshOffered: boolean;
  language: Language;
  path: string;
  isPreview: boolean;
  context: WabaContext;
}): Promise<Response> {
  const { kind, address, isFreshOffered, language, path, isPreview, context } = page;
  const text = clientTextOf(language);
  const names = { partner: context.partnerName };
  const main = html`${isPreview ? renderPreview(text, names) : ""}
    <p class="headline" data-lamp="grey">${renderLamp("grey")}</p>
    <h1>${fill(text, `headline.${kind}`, names)}</h1>
    <p class="lead">${fill(text, `lead.${kind}`, { ...names, address: address ?? "" })}</p>
    ${
      isFreshOffered
        ? html`<form method="post" action="${addressIn(page)("fresh")}">
            <button class="button" data-primary ${isPreview ? "disabled" : ""}>${text("fresh")}</button>
          </form>`
        : ""
    }
    ${renderSupport(fill(text, "support", names), context.brand)}`;
  const status = kind === "unknown" ? 404 : 410;
  return renderShell({ language, path, isPreview, context, status, main });
}
