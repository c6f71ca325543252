/**
 * The screens on which a client repairs setup issues: billing, and the numbers of WhatsApp Manager. Addresses
 * as used in public code; what stands on Meta's own screens is not imitated.
 */
import { html } from "hono/html";
import { ActionRefusal } from "../actions/action.ts";
import { act } from "../actions/act.ts";
import type { EmulatorContext } from "../context/emulator-context.ts";
import type { HttpAnswer, HttpRequest } from "../http/http-server.ts";
import { indexOf } from "../world/world-index.ts";
import { numbersOf } from "../world/world.ts";
import type { Business, PhoneNumber, Waba, World } from "../world/world.ts";
import { pageAnswer, redirectTo } from "../http/layout.ts";
import type { Html } from "../http/layout.ts";

export const BILLING_PATH = "/billing_hub/payment_settings";
export const MANAGER_NUMBERS_PATH = "/latest/whatsapp_manager/phone_numbers/";
export const MANAGER_OVERVIEW_PATH = "/latest/whatsapp_manager/overview/";

/** What the forms may do, by name of the button. */
const ACTS: Readonly<Record<string, (id: string) => { action: string; [key: string]: string }>> = {
  add_payment: (id) => ({ action: "payment.add", waba_id: id }),
  remove_payment: (id) => ({ action: "payment.remove", waba_id: id }),
  approve_name: (id) => ({ action: "number.name", phone_number_id: id, name_status: "APPROVED" }),
  connect: (id) => ({ action: "number.status", phone_number_id: id, status: "CONNECTED" }),
};

export function showRepair(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const { world } = context.store;
  const { business_id: businessId = "", asset_id: assetId = "" } = request.query;
  const business = world.businesses[businessId] ?? world.businesses[world.wabas[assetId]?.businessId ?? ""];
  if (!business)
    return pageAnswer(404, {
      title: "No such portfolio",
      main: html`<h1>No such portfolio</h1>
        <p>The address names no portfolio and no account of this world.</p>`,
    });
  const wabas = (indexOf(world).owned.get(business.id) ?? []).filter(
    ({ id, deleted }) => !deleted && (assetId === "" || id === assetId),
  );
  const isBilling = request.path === BILLING_PATH;
  const title = isBilling ? "Payment settings" : "WhatsApp Manager";
  const main = html`<h1>${title}</h1>
    <p>${business.name}</p>
    ${wabas.map((waba) => (isBilling ? billingOf(business, waba) : numbersPartOf(world, business, waba)))}`;
  return pageAnswer(200, { title: `${title} · ${business.name}`, main });
}

export async function actInRepair(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const form = Object.fromEntries(new URLSearchParams(request.rawBody));
  const chosen = ACTS[form["act"] ?? ""];
  try {
    if (chosen) act(context, chosen(form["id"] ?? ""));
  } catch (error) {
    if (!(error instanceof ActionRefusal)) throw error;
    return pageAnswer(error.status, {
      title: "Refused",
      main: html`<h1>Refused</h1>
        <p>${error.message}</p>`,
    });
  }
  const { business_id: businessId = "", asset_id: assetId = "" } = form;
  const query = new URLSearchParams({ business_id: businessId, ...(assetId && { asset_id: assetId }) });
  return redirectTo(`${request.path}?${query.toString()}`);
}

function billingOf(business: Business, waba: Waba): Html {
  const has = waba.fundingId !== null;
  return html`<h2>${waba.name}</h2>
    <p>${has ? "One payment method is stored." : "No payment method is stored."}</p>
    ${
      has
        ? buttonOf(BILLING_PATH, business, "", "remove_payment", waba.id, "Remove the payment method")
        : buttonOf(BILLING_PATH, business, "", "add_payment", waba.id, "Add a payment method")
    }`;
}

function numbersPartOf(world: World, business: Business, waba: Waba): Html {
  return html`<h2>${waba.name}</h2>
    ${numbersOf(world, waba).map((number) => numberOf(business, waba, number))}`;
}

function numberOf(business: Business, waba: Waba, number: PhoneNumber): Html {
  const nameStatus = number.nameStatus ?? "APPROVED";
  const button = (name: string, label: string): Html =>
    buttonOf(MANAGER_NUMBERS_PATH, business, waba.id, name, number.id, label);
  return html`<p>${number.displayPhoneNumber}: ${number.status}. Display name: ${nameStatus}.</p>
    ${nameStatus === "APPROVED" ? "" : button("approve_name", "Ask for another name, and have it approved")}
    ${number.registered && number.status !== "CONNECTED" ? button("connect", "Let Meta lift the limit") : ""}`;
}

function buttonOf(
  path: string,
  business: Business,
  assetId: string,
  name: string,
  id: string,
  label: string,
): Html {
  return html`<form method="post" action="${path}" class="buttons">
    <input type="hidden" name="business_id" value="${business.id}" />
    <input type="hidden" name="asset_id" value="${assetId}" />
    <input type="hidden" name="id" value="${id}" />
    <button name="act" value="${name}">${label}</button>
  </form>`;
}
