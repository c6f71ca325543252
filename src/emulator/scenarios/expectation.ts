/**
 * What a provider's program should see after a step: which webhook arrives, and what follows for the share.
 */
import type { Step } from "./scenario.ts";

const AFTER: Readonly<Record<string, string>> = {
  "partner.assign": "PARTNER_ADDED arrives. A probe finds full control, and messages flow again.",
  "partner.reduce": "No webhook. The next probe finds that full control is missing, and messages stop.",
  "partner.remove": "PARTNER_REMOVED arrives. The share is gone, and messages stop.",
  "partner.takeover": "PARTNER_REMOVED arrives. The share is gone, and messages stop.",
  "app.uninstall": "PARTNER_APP_UNINSTALLED arrives. The share stands; the client's own token is dead.",
  "app.install": "PARTNER_APP_INSTALLED arrives.",
  "subscription.drop": "No webhook. The next probe finds the subscription missing; the share stands.",
  "token.revoke": "No webhook. Every call with this token answers 190.",
  "token.restore": "Calls with this token succeed again.",
  "waba.restrict": "ACCOUNT_RESTRICTION arrives. The share stands; Meta restricts messages.",
  "waba.disable": "DISABLED_UPDATE arrives. The share stands; the account is disabled by Meta.",
  "waba.reinstate": "DISABLED_UPDATE arrives. The account works again.",
  "waba.delete": "ACCOUNT_DELETED arrives. The account is gone for good.",
  "number.deregister": "No webhook. The next send answers 133010; the share stands.",
  "number.delete": "No webhook. The next probe misses the number.",
  "coexistence.disconnect":
    "PARTNER_REMOVED arrives with ACCOUNT_DISCONNECTED. Messages stop; only a signup helps.",
  "coexistence.logout": "PARTNER_REMOVED arrives with DEVICE_LOGGED_OUT. Messages stop; only a signup helps.",
  "coexistence.sign_in": "No webhook, and nothing comes back by itself: a signup is still needed.",
  "coexistence.ban": "PARTNER_REMOVED arrives with ACCOUNT_DISCONNECTED by the system. Messages stop.",
  "coexistence.unban": "No webhook, and nothing comes back by itself: a signup is still needed.",
  "coexistence.inactive":
    "PARTNER_REMOVED arrives and names the inactivity. Messages stop; only a signup helps.",
  "coexistence.downgrade": "PARTNER_REMOVED arrives with BUSINESS_DOWNGRADE. Messages stop.",
  "coexistence.change_number":
    "PARTNER_REMOVED arrives with CHANGE_NUMBER. Messages of the old number stop for good.",
  "coexistence.re_register":
    "PARTNER_REMOVED arrives with USER_RE_REGISTERED. Messages stop; only a signup helps.",
  "coexistence.offboard": "ACCOUNT_OFFBOARDED arrives. Share and subscription stay; messages wait for Meta.",
  "coexistence.reconnect": "ACCOUNT_RECONNECTED arrives. Messages flow again, without a signup.",
};

const SILENT = "No webhook arrives: only a probe finds the change.";
const PARTIAL =
  "PARTNER_ADDED arrives. A probe finds that full control is missing, and messages stay stopped.";

/** One or two sentences; undefined where nothing is to be seen. */
export function expectationOf(step: Step): string | undefined {
  switch (step.do) {
    case "act":
      return afterAct(step.input);
    case "refused_act":
      return "Meta's screen refuses, and nothing changes.";
    case "webhook":
      return "The webhook arrives, correctly signed; the world itself has not changed.";
    case "fault":
      return "Silence and errors prove nothing: no share counts as lost by them.";
    case "end_faults":
      return "Calls to Meta succeed again, and what was missed is found.";
    case "signup":
      return "PARTNER_ADDED and PARTNER_APP_INSTALLED arrive. A probe finds full control, and messages flow again.";
    case "refused_signup":
      return `Embedded Signup ends with error ${step.code}, and nothing changes.`;
    case "knobs":
    case "wait":
      return undefined;
  }
}

function afterAct({ action, silent, tasks }: Record<string, unknown>): string | undefined {
  if (silent === true) return SILENT;
  if (action === "partner.assign" && Array.isArray(tasks) && !tasks.includes("MANAGE")) return PARTIAL;
  return AFTER[String(action)];
}

/** Steps that end a loss: whoever watches wants to see the loss first. */
const REPAIRS = new Set([
  "partner.assign",
  "app.install",
  "token.restore",
  "waba.reinstate",
  "coexistence.unban",
  "coexistence.reconnect",
]);

export function isRepair(step: Step): boolean {
  return (
    step.do === "signup" || step.do === "end_faults" || (step.do === "act" && REPAIRS.has(step.input.action))
  );
}
