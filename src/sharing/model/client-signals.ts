import { assertNever } from "../../lib/assert.ts";
import type { WhoMustAct } from "./reason.ts";

/**
 * What the client did on its own page within this loss. Instants are ms since the epoch; absent: it did not
 * happen.
 */
export interface ClientSignals {
  /** When the link was first opened in this loss. */
  openedAt?: number;
  /** The last step that the client reached; `outcome` is how its attempt in Meta's window ended. */
  step?: { name: ClientStep; outcome: string | null; at: number };
  /** The client chose another account, number or portfolio in Meta's window; `outcome` is the exit reason. */
  choice?: { chosen: string; outcome: string; at: number };
  /** The client asked for a new link, and nobody has sent one since. */
  askedLinkAt?: number;
  /** The client says that the app works again after a ban. Meta sends no event for that. */
  appWorksAt?: number;
  /** The client says that it removed the access on purpose. */
  intendedAt?: number;
}

export const CLIENT_STEPS = ["suite_opened", "signup_opened", "signup_left"] as const;
type ClientStep = (typeof CLIENT_STEPS)[number];

/** One statement of the client, or the provider's answer to one (`link_sent`). */
export type ClientSignal =
  | { is: "opened" }
  | { is: "step_reached"; step: ClientStep; outcome: string | null }
  | { is: "chose_another"; chosen: string; outcome: string }
  | { is: "asked_fresh" }
  | { is: "link_sent" }
  | { is: "app_works_again" }
  | { is: "intended" }
  | { is: "resumed" };

/** Filter values of a list: the one statement that decides who must act. */
export const DECIDING_SIGNALS = ["asked_fresh", "app_works_again", "intended", "opened"] as const;
export type DecidingSignal = (typeof DECIDING_SIGNALS)[number];

export function decidingSignalOf(signals: ClientSignals): DecidingSignal | null {
  if (signals.intendedAt !== undefined) return "intended";
  if (signals.askedLinkAt !== undefined) return "asked_fresh";
  if (signals.appWorksAt !== undefined) return "app_works_again";
  return signals.openedAt === undefined ? null : "opened";
}

/** Changes the given draft. */
export function observeSignal(draft: { client?: ClientSignals }, signal: ClientSignal, now: number): void {
  const said = (draft.client ??= {});
  switch (signal.is) {
    case "opened":
      said.openedAt ??= now;
      // A client that opens a link no longer needs a new one.
      delete said.askedLinkAt;
      return;
    case "step_reached":
      said.step = { name: signal.step, outcome: signal.outcome, at: now };
      return;
    case "chose_another":
      said.choice = { chosen: signal.chosen, outcome: signal.outcome, at: now };
      return;
    case "asked_fresh":
      said.askedLinkAt ??= now;
      delete said.intendedAt;
      return;
    case "link_sent":
      delete said.askedLinkAt;
      return;
    case "app_works_again":
      said.appWorksAt ??= now;
      return;
    case "intended":
      said.intendedAt ??= now;
      return;
    case "resumed":
      delete said.intendedAt;
      return;
    default:
      assertNever(signal);
  }
}

/** Statuses in which the client's statement decides who must act. */
const LOST = new Set<string>(["permission_removed", "disabled", "disconnected"]);

/**
 * Who must act: the client may have passed it on, because it waits for a link or because nothing is left to
 * wait for.
 */
export function whoMustActAfter(status: string, who: WhoMustAct, signals: ClientSignals): WhoMustAct {
  if (!LOST.has(status)) return who;
  if (signals.intendedAt !== undefined) return "nobody";
  return signals.askedLinkAt === undefined ? who : "provider";
}
