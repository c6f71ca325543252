import { html } from "hono/html";
import { COEXISTENCE_LOSSES, coexistenceLossOf } from "../../../coexistence/coexistence-loss.ts";
import { appActivityStateOf, OVERDUE_AFTER, type AppActivity } from "../../../coexistence/app-activity.ts";
import type { ShareState } from "../../../sharing/status/share-state.ts";
import { appActivityOf } from "../../api/wabas/render-app-activity.ts";
import { fill, renderInstant, type Markup } from "./markup.ts";
import type { PanelContext } from "./panel-context.ts";

/** Meta has restored the link between the app and us, which made the account live again. */
export function isReconnected({ status, since, numbers }: ShareState): boolean {
  if (status !== "live") return false;
  const links = numbers.flatMap(({ conditions }) =>
    conditions.filter(({ type }) => type === "CompanionLinked"),
  );
  return links.some((link) => link.status === "True" && link.source === "event" && link.since === since);
}

/** Whether the app was banned and may work again: only the client can know. */
export function isBanned({ status, reason }: Pick<ShareState, "status" | "reason">): boolean {
  return status === "permission_removed" && reason === "coexistence_banned";
}

/** Who did it, what comes next, and whether another partner has the account now. */
export function renderLoss({ view, text, names }: PanelContext): Markup {
  const loss = coexistenceLossOf(view.state.reason);
  const { takenOver, reason, everCoexistence, kind, status } = view.state;
  const isInApp = everCoexistence || kind === "coexistence";
  const isOver = loss === "coexistence_banned" && view.state.client?.appWorksAt !== undefined;
  const isTaken = status !== "live" && (takenOver || reason === "taken_over");
  return html`${
    loss === null
      ? ""
      : html`<p data-loss="${loss}">
          ${isOver ? "" : text(COEXISTENCE_LOSSES[loss] === "client" ? "loss.client" : "loss.meta")}
          ${fill(text, isOver ? "loss.coexistence_ban_over" : `loss.${loss}`, names)}
        </p>`
  }
  ${
    isTaken
      ? html`<p class="hint" data-taken-over>
          ${reason === "taken_over" ? "" : text("taken_over.meanwhile")}
          ${isInApp ? text("taken_over.app") : ""}
        </p>`
      : ""
  }`;
}

/** Until when Meta may restore an offboarded number automatically. The page's script runs the countdown. */
export function renderCountdown({ view, text, language }: PanelContext): Markup {
  const ends = view.state.numbers
    .map(({ countdownUntil }) => countdownUntil)
    .filter((until) => until !== null);
  if (ends.length === 0) return html``;
  const until = Math.max(...ends);
  const iso = new Date(until).toISOString();
  return html`<p class="countdown" data-js>
      ${text("countdown.left")} <b data-left="${iso}" data-over="${text("countdown.over")}" role="timer"></b>
    </p>
    <p>${fill(text, "countdown.until", { until: renderInstant(until, language) })}</p>`;
}

/** Meta does not report the end of a ban: the client does. */
export function renderAppWorks({ view, text, address, isPreview }: PanelContext): Markup {
  if (!isBanned(view.state)) return html``;
  if (view.state.client?.appWorksAt !== undefined)
    return html`<p class="hint" data-app-works>${text("app_works.said")}</p>`;
  return html`<section class="app-works">
    <h2>${text("app_works.title")}</h2>
    <p>${text("app_works.text")}</p>
    <form method="post" action="${address("app-works")}&waba=${view.asset.wabaId}">
      <button class="button" data-primary ${isPreview ? "disabled" : ""}>${text("app_works.button")}</button>
    </form>
  </section>`;
}

/**
 * While the share is live: the app must be opened now and then, and only the person with the phone knows when
 * it was.
 */
export function renderAppActivities(context: PanelContext): Markup {
  const appActivities = context.view.numbers
    .map(({ id }) => appActivityOf(context.view, id))
    .filter((appActivity) => appActivity !== null);
  if (appActivities.length === 0) return html``;
  const { text, address, isPreview, view } = context;
  return html`<section class="app-activity">
    <h2>${text("app_activity.title")}</h2>
    <p>${text("app_activity.text")}</p>
    ${appActivities.map((appActivity) => renderCount(appActivity, context))}
    <form method="post" action="${address("opened")}&waba=${view.asset.wabaId}">
      <button class="button" ${isPreview ? "disabled" : ""}>${text("app_activity.button")}</button>
    </form>
  </section>`;
}

function renderCount(appActivity: AppActivity, { text, language, context }: PanelContext): Markup {
  const { countedFrom, confirmedAt } = appActivity;
  const state = appActivityStateOf(countedFrom, context.now);
  const at = renderInstant(countedFrom, language);
  const counted = confirmedAt === null ? "app_activity.unconfirmed" : "app_activity.confirmed";
  const limit = renderInstant(countedFrom + OVERDUE_AFTER, language);
  return html`<p data-heartbeat="${state}">${fill(text, counted, { at })}</p>
    ${state === "fresh" ? "" : html`<p class="hint">${fill(text, `app_activity.${state}`, { at: limit })}</p>`}`;
}
