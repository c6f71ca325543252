import type { Webhook as EmulatedWebhook } from "../../src/emulator/webhooks/payloads.ts";
import { COEXISTENCE_WABA } from "./emulated-meta.ts";
import { hasPermission, isFullyShared, type Truth } from "./truth.ts";
import type { Webhook } from "./webhook.ts";

type ActionInput = { action: string } & Record<string, unknown>;

const LOSSES_OF_THE_APP: readonly ActionInput[] = [
  { action: "coexistence.disconnect" },
  { action: "coexistence.logout" },
  { action: "coexistence.inactive", which: "primary" },
  { action: "coexistence.downgrade" },
  { action: "coexistence.re_register" },
];

/** What the client or Meta may do next, by its state: losses while it is shared, repairs while it is not. */
export function actionsFor(wabaId: string, truth: Truth): ActionInput[] {
  const isCoexistence = wabaId === COEXISTENCE_WABA;
  const numberId = Object.keys(truth.numbers)[0] ?? "";
  if (!isFullyShared(truth)) {
    const assign: ActionInput = { action: "partner.assign" };
    return isCoexistence ? [{ action: "sign_up" }] : [assign, assign, assign, { action: "sign_up" }];
  }
  if (!hasPermission(truth)) return [{ action: "app.install" }, { action: "sign_up" }];
  if (truth.stopped !== null) return [{ action: "waba.reinstate" }];
  const any: ActionInput[] = [
    { action: "partner.remove" },
    { action: "partner.takeover" },
    { action: "partner.reduce" },
    { action: "subscription.drop" },
    { action: "waba.restrict" },
    { action: "waba.disable" },
    { action: "token.revoke" },
  ];
  if (truth.needsApp) any.push({ action: "app.uninstall" }, { action: "token.revoke", owner: "client" });
  if (isCoexistence)
    return [
      ...any,
      ...LOSSES_OF_THE_APP,
      { action: truth.linked ? "coexistence.offboard" : "coexistence.reconnect" },
    ];
  const isConnected = truth.numbers[numberId] === "CONNECTED";
  const status: ActionInput = isConnected
    ? { action: "number.deregister" }
    : { action: "number.status", status: "CONNECTED" };
  return [...any, { ...status, phone_number_id: numberId }, { action: "app.uninstall" }];
}

const CLOSING: Record<string, Webhook["closes"]> = {
  PARTNER_REMOVED: "Shared",
  ACCOUNT_DELETED: "Shared",
  DISABLED_UPDATE: "MessagingAllowed",
  ACCOUNT_RESTRICTION: "MessagingAllowed",
  ACCOUNT_OFFBOARDED: "Companion",
  PARTNER_APP_UNINSTALLED: "AppInstalled",
};

/** A webhook of the emulator, as the wire of the simulation carries it. */
export function deliveredOf({ value, entryId }: EmulatedWebhook): Webhook {
  const event = String(value["event"]);
  const info = value["waba_info"] as { waba_id?: string } | undefined;
  return {
    event,
    value,
    entryId,
    isOurs: true,
    isSigned: true,
    closes: CLOSING[event] ?? null,
    about: { kind: info?.waba_id ?? entryId, since: 0 },
  };
}
