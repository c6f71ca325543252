import { html } from "hono/html";
import type { ClientText } from "../../../messages/client-page.ts";
import type { ClientSignup, LaunchJson } from "./client-signup.ts";
import { fill, renderLamp, type Lamp, type Markup } from "./markup.ts";

/** What the client's pages need to open Meta's dialog and to show its progress. */
export interface SignupPart {
  text: ClientText;
  names: { partner: string };
  launch: LaunchJson | null;
  now: ClientSignup | null;
  /** The number is banned in the app: only an appeal there ends the ban. */
  isBanned?: boolean;
  /** On a page of several WABAs: which one it is about. */
  wabaId: string | null;
}

export interface ConnectWish {
  label: string;
  isPrimary: boolean;
  /** The client says that the other partner is gone: Meta's dialog may be opened again. */
  isCleared?: boolean;
  flow?: ClientSignup["flow"];
  /** On a phone the button stays at the bottom of the screen. */
  isSticky?: boolean;
}

/**
 * The button that opens Meta's window, with its states. The page already contains all that the click needs.
 */
export function renderConnect(part: SignupPart, wish: ConnectWish): Markup {
  const { text, names, launch, wabaId } = part;
  const opens = fill(text, "signup.opens", names);
  if (launch === null) return html`<p>${opens}</p>`;
  return html`<div
    class="connect"
    ${wish.isSticky === true ? html`data-sticky` : ""}
    data-launch="${JSON.stringify(launch)}"
    ${wabaId === null ? "" : html`data-waba="${wabaId}"`}
    ${wish.isCleared === true ? html`data-cleared="true"` : ""}
    ${wish.flow === undefined ? "" : html`data-flow="${wish.flow}"`}
  >
    <button type="button" class="button" data-js data-connect ${wish.isPrimary ? html`data-primary` : ""}>
      ${wish.label}
    </button>
    <p class="muted" data-when="loading">${text("signup.loading")}</p>
    <div class="actions" data-when="open">
      <p>${text("signup.open")}</p>
      <button type="button" class="button" data-focus>${text("signup.focus")}</button>
    </div>
    <p data-when="sent">${text("signup.sent")}</p>
    <p class="message" data-when="failed" data-message></p>
    <p class="nojs">${opens}</p>
  </div>`;
}

/** How the newest attempt ended, when it did not end well, and how to continue. */
export function renderExitReason(part: SignupPart, wish: ConnectWish | null): Markup {
  const end = part.now?.exit_reason ?? null;
  if (end === null || isUnderWay(part.now)) return html``;
  const isBanned = part.isBanned === true && end.code === "restricted";
  return html`<section
    class="wayout"
    tabindex="-1"
    data-exit-reason="${end.code}"
    data-attempt="${part.now?.attempt_id ?? ""}"
  >
    <h2>${end.title}</h2>
    <p>${isBanned ? part.text("app_works.still_banned") : end.text}</p>
    ${wish === null ? "" : renderConnect(part, wish)}
  </section>`;
}

export function isUnderWay(signup: ClientSignup | null): boolean {
  return signup?.state === "signed" || signup?.state === "proving";
}

const STEP_LAMPS: Record<ClientSignup["steps"][number]["status"], Lamp> = {
  open: "grey",
  done: "green",
  waiting: "amber",
  failed: "red",
  skipped: "grey",
};

/** A tick for each step, once Meta's window is finished. */
export function renderProgress({ text, names, now }: SignupPart): Markup {
  if (now === null || !(isUnderWay(now) || now.state === "ready")) return html``;
  return html`<section class="progress checks" data-progress="${now.state}">
    <h2>${text("signup.progress")}</h2>
    <ul>
      ${now.steps.map(
        ({ id, text: step, status }) =>
          html`<li data-step="${id}" data-status="${status}">
            ${renderLamp(STEP_LAMPS[status])}<span
              >${step}<span class="muted">, ${fill(text, `signup.status_${status}`, names)}</span></span
            >
          </li>`,
      )}
    </ul>
    ${pinsWantedIn(now).map((wanted) =>
      renderPinForm({ text, names, ...wanted, signupId: now.id, asksPin: true }),
    )}
  </section>`;
}

export function pinsWantedIn(signup: ClientSignup | null): { phoneNumberId: string; number: string }[] {
  return (signup?.steps ?? []).flatMap(({ pins_wanted }) =>
    pins_wanted.map(({ phone_number_id, display_phone_number }) => ({
      phoneNumberId: phone_number_id,
      number: display_phone_number ?? phone_number_id,
    })),
  );
}

/** Meta's message about a number that it refused to register, as the last open step; null: no such step. */
export function registrationLeftOf(signup: Pick<ClientSignup, "state" | "steps"> | null): string | null {
  const register = signup?.state === "ready" ? signup.steps.find(({ id }) => id === "register") : undefined;
  if (register?.status !== "failed") return null;
  // The client reads Meta's explanation; its error codes are for support.
  const metaMessage = (register.meta_message ?? "").replaceAll(/HTTP \d+, error [\d/]+: /g, "").trim();
  return /[.!?]$/.test(metaMessage) ? metaMessage : `${metaMessage}.`;
}

/** One number, with a field for its PIN when we do not know the PIN. */
export function renderPinForm(form: {
  text: ClientText;
  names: { partner: string };
  phoneNumberId: string;
  number: string;
  /** The signup that waits for the number; null: the number is registered without a signup. */
  signupId: string | null;
  asksPin: boolean;
}): Markup {
  const { text, names, phoneNumberId, number, signupId, asksPin } = form;
  const field = `pin-${phoneNumberId}`;
  const reported = `${field}-told`;
  return html`<form
    class="pin"
    id="register-${phoneNumberId}"
    data-js
    data-action="pin"
    data-number="${phoneNumberId}"
    ${signupId === null ? "" : html`data-signup-id="${signupId}"`}
    data-refused="${text("pin.refused")}"
    data-enough="${fill(text, "pin.enough", names)}"
    data-failed="${fill(text, "pin.failed", names)}"
  >
    <h2>${fill(text, "pin.title", { number })}</h2>
    <p>${fill(text, asksPin ? "pin.own" : "pin.held", names)}</p>
    ${
      asksPin
        ? html`<label for="${field}">${text("pin.label")}</label>
            <input
              id="${field}"
              name="pin"
              inputmode="numeric"
              autocomplete="off"
              pattern="[0-9]{6}"
              minlength="6"
              maxlength="6"
              required
              aria-describedby="${reported}"
            />`
        : ""
    }
    <p class="message" id="${reported}" data-message></p>
    <button class="button" data-primary data-running="${text("pin.running")}">${text("pin.button")}</button>
    ${asksPin ? html`<p class="muted">${text("pin.forgotten")}</p>` : ""}
  </form>`;
}
