import { html } from "hono/html";
import type { Markup } from "./markup.ts";
import type { PanelContext } from "./panel-context.ts";
import {
  pinsWantedIn,
  registrationLeftOf,
  renderPinForm,
  renderProgress,
  renderExitReason,
  type ConnectWish,
  type SignupPart,
} from "./render-signup-part.ts";
import { methodsOf } from "./situation.ts";

/**
 * The progress of this WABA's signup, how its newest attempt ended, and the numbers that wait to be
 * registered.
 */
export function renderPanelSignup(context: PanelContext): Markup {
  const part = signupPartOf(context);
  // While messages flow, the rest of the signup is our task; only a number that waits for its PIN is the
  // client's.
  const isOpen = context.view.state.status !== "live";
  return html`${isOpen ? renderExitReason(part, wishOf(context)) : ""}
  ${isOpen || waitsForPin(context) || registrationLeftOf(part.now) !== null ? renderProgress(part) : ""}
  ${renderRegistrations(context)}`;
}

/** The signup needs only a PIN: other methods would lead away from it. */
export function waitsForPin({ signup }: PanelContext): boolean {
  return pinsWantedIn(signup.now).length > 0;
}

export function signupPartOf({ text, names, signup, view }: PanelContext): SignupPart {
  const isBanned = view.state.reason === "coexistence_banned";
  return { text, names, launch: signup.launch, now: signup.now, isBanned, wabaId: view.asset.wabaId };
}

/** How to continue after an attempt that ended; null when Meta would refuse another attempt. */
function wishOf({ text, view, context }: PanelContext): ConnectWish | null {
  if (view.state.takenOver) return { label: text("signup.cleared"), isPrimary: true, isCleared: true };
  const isOffered = methodsOf(view, context).some(
    ({ method, available }) => available && (method === "embedded_signup" || method === "new_onboarding"),
  );
  return isOffered ? { label: text("signup.again"), isPrimary: true } : null;
}

/** A signup that waits for a PIN has its own form for it. */
function renderRegistrations({ text, names, signup }: PanelContext): Markup {
  const asked = pinsWantedIn(signup.now).map(({ phoneNumberId }) => phoneNumberId);
  const numbers = signup.toRegister.filter(({ number }) => !asked.includes(number.phoneNumberId));
  return html`${numbers.map(({ number, pin }) =>
    renderPinForm({
      text,
      names,
      phoneNumberId: number.phoneNumberId,
      number: number.displayPhoneNumber ?? number.phoneNumberId,
      signupId: null,
      asksPin: pin === "unknown",
    }),
  )}`;
}
