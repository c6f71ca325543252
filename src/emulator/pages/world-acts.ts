/**
 * Every action as a button with its parameters, and how its webhooks are sent. One form: a click sends what
 * stands beside it.
 */
import { html } from "hono/html";
import type { Action } from "../actions/action.ts";
import { ACTIONS } from "../actions/act.ts";
import { numbersOf } from "../world/world.ts";
import type { PhoneNumber, Waba, World } from "../world/world.ts";
import { fieldsOf, renderField, valueOf } from "./form-fields.ts";
import type { FieldShape } from "./form-fields.ts";
import type { Html } from "../http/layout.ts";

const FIELDS: ReadonlyMap<string, FieldShape[]> = new Map(
  ACTIONS.map((action) => [action.name, fieldsOf(action.params)]),
);

/** What a person would say; the id stands beside it, for whoever writes the call. */
const TITLES: Readonly<Record<string, string>> = {
  "partner.assign": "Assign the partner",
  "partner.reduce": "Reduce the partner's access",
  "partner.remove": "Remove the partner",
  "partner.takeover": "Another partner takes over",
  "app.uninstall": "Remove the app",
  "app.install": "Install the app",
  "subscription.drop": "Drop the app's subscription",
  "waba.restrict": "Restrict the account",
  "waba.disable": "Disable the account",
  "waba.reinstate": "Reinstate the account",
  "waba.delete": "Delete the account",
  "number.deregister": "Deregister a number",
  "number.delete": "Delete a number",
  "number.status": "Set a number's status",
  "number.name": "Judge a display name",
  "number.quality": "Judge the quality of a number",
  "template.status": "Pause a template",
  "payment.remove": "Remove the payment method",
  "payment.add": "Add a payment method",
  "token.revoke": "Revoke a token",
  "token.restore": "Restore a token",
  "coexistence.disconnect": "Disconnect in the app",
  "coexistence.logout": "Log out of the phone",
  "coexistence.sign_in": "Sign in on the phone again",
  "coexistence.ban": "Ban the number in the app",
  "coexistence.unban": "Lift the ban",
  "coexistence.downgrade": "Move to the consumer app",
  "coexistence.change_number": "Change to another number",
  "coexistence.re_register": "Register anew, without the platform",
  "coexistence.inactive": "Leave the app unused",
  "coexistence.open_app": "Open the app",
  "coexistence.return": "Return to the Business app",
  "coexistence.offboard": "Register on a new phone",
  "coexistence.reconnect": "Meta restores the connection",
};

export function renderActs(world: World, waba: Waba): Html {
  const numbers = numbersOf(world, waba);
  const hasApp = numbers.some((number) => number.app !== null);
  const groups = Object.groupBy(
    ACTIONS.filter((action) => hasApp || action.target !== "app_number"),
    groupOf,
  );
  return html`<form method="post" action="/world/act">
    <input type="hidden" name="waba_id" value="${waba.id}" />
    ${sendingOf(numbers)}
    ${Object.entries(groups).map(
      ([group, actions]) =>
        html`<h3>${group}</h3>
          <div class="acts">${(actions ?? []).map(tileOf)}</div>`,
    )}
  </form>`;
}

function groupOf(action: Action): string {
  const prefix = action.name.split(".")[0] ?? "";
  const names: Record<string, string> = {
    partner: "The client and its partners",
    app: "The client and its partners",
    subscription: "The client and its partners",
    coexistence: "The Business app on the phone",
  };
  return names[prefix] ?? "Meta, numbers, tokens";
}

function tileOf(action: Action): Html {
  const fields = FIELDS.get(action.name) ?? [];
  return html`<div class="act">
    <button name="action" value="${action.name}">
      <span>${TITLES[action.name] ?? action.name}</span> <small class="mono">${action.name}</small>
    </button>
    <p class="small dim">${action.summary} Sends ${action.sends}${action.invented ? " (invented)" : ""}.</p>
    ${fields.map((field) => renderField(field, `${action.name}|${field.name}`))}
  </div>`;
}

function sendingOf(numbers: PhoneNumber[]): Html {
  return html`<details class="choices">
    <summary>How it is sent${numbers.length > 1 ? ", and for which number" : ""}</summary>
    <div class="options">
      ${numbers.length > 1 ? numberFieldOf(numbers) : ""}
      <div class="field">
        <label for="duplicates">Copies of the webhook</label
        ><input id="duplicates" name="duplicates" inputmode="numeric" value="1" />
      </div>
      <div class="field">
        <label for="delay_s">Delay in seconds</label
        ><input id="delay_s" name="delay_s" inputmode="decimal" value="0" />
      </div>
      <div class="field">
        <label for="entry_id">Another envelope id</label
        ><input id="entry_id" name="entry_id" inputmode="numeric" autocomplete="off" />
      </div>
      <label class="check"><input type="checkbox" name="silent" />Lose the webhook</label>
      <label class="check"><input type="checkbox" name="order" />Reversed order</label>
      <label class="check"><input type="checkbox" name="signature" />Wrong signature</label>
    </div>
  </details>`;
}

function numberFieldOf(numbers: PhoneNumber[]): Html {
  return html`<div class="field">
    <label for="phone_number_id">Number</label>
    <select id="phone_number_id" name="phone_number_id">
      ${numbers.map((number) => html`<option value="${number.id}">${number.displayPhoneNumber}</option>`)}
    </select>
  </div>`;
}

/** The input of `POST /_emulator/actions` that the form means; empty fields count as not given. */
export function actionInputOf(form: URLSearchParams): Record<string, unknown> {
  const action = form.get("action") ?? "";
  const fields = FIELDS.get(action) ?? [];
  const params = fields.map(
    (field) => [field.name, valueOf(field, form.getAll(`${action}|${field.name}`))] as const,
  );
  const given = Object.fromEntries(params.filter(([, value]) => value !== undefined));
  return {
    ...given,
    action,
    waba_id: form.get("waba_id") ?? undefined,
    ...(isAboutNumber(action) &&
      form.get("phone_number_id") && { phone_number_id: form.get("phone_number_id") }),
    silent: form.has("silent"),
    webhook: sendOptionsOf(form),
  };
}

function isAboutNumber(name: string): boolean {
  const target = ACTIONS.find((action) => action.name === name)?.target;
  return target === "number" || target === "app_number";
}

function sendOptionsOf(form: URLSearchParams): Record<string, unknown> {
  const delayS = Number(form.get("delay_s") ?? 0);
  const duplicates = Number(form.get("duplicates") || 1);
  return {
    ...(delayS > 0 && { delay_ms: Math.round(delayS * 1000) }),
    ...(duplicates !== 1 && { duplicates }),
    ...(form.has("order") && { order: "reversed" }),
    ...(form.has("signature") && { signature: "wrong" }),
    ...(form.get("entry_id") && { entry_id: form.get("entry_id") }),
  };
}
