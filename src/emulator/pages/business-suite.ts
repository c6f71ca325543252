/**
 * Business Suite's settings of WhatsApp accounts, as far as sharing goes: portfolio, account, Partners tab,
 * Assign partner, remove. Labels after 360dialog's "Asset sharing" page and a provider's guide of April 2026;
 * looks after nobody.
 */
import { html } from "hono/html";
import { ActionRefusal } from "../actions/action.ts";
import { act } from "../actions/act.ts";
import type { EmulatorContext } from "../context/emulator-context.ts";
import type { HttpAnswer, HttpRequest } from "../http/http-server.ts";
import { indexOf } from "../world/world-index.ts";
import { isFullControl, numbersOf } from "../world/world.ts";
import type { Business, PartnerRow, Task, Waba, World } from "../world/world.ts";
import { lampOf, pageAnswer, redirectTo } from "../http/layout.ts";
import type { Html, Notice } from "../http/layout.ts";

export const BUSINESS_SUITE_PATH = "/latest/settings/whatsapp_account";

/** The toggles of partial access, with the tasks behind them. Labels: provider's guide; tasks: inferred. */
const PARTIAL_TOGGLES: readonly (readonly [name: string, label: string, tasks: readonly Task[]])[] = [
  ["view_numbers", "Phone numbers: view", ["VIEW_PHONE_ASSETS"]],
  ["manage_numbers", "Phone numbers: manage", ["MANAGE_PHONE", "MANAGE_PHONE_ASSETS"]],
  ["view_templates", "Message templates: view", ["VIEW_TEMPLATES"]],
  ["manage_templates", "Message templates: manage", ["MANAGE_TEMPLATES"]],
  [
    "manage_both",
    "Manage phone numbers and message templates",
    ["DEVELOP", "MANAGE_EXTENSIONS", "VIEW_COST"],
  ],
  ["messages", "Messages", ["MESSAGING"]],
];

type Tab = "partners" | "numbers";
type Panel = "list" | "assign" | "remove";

interface View {
  world: World;
  business: Business;
  waba: Waba;
  tab: Tab;
  panel: Panel;
  /** The partner that is about to be removed or changed. */
  partnerId: string;
}

export function showBusinessSuite(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const { query } = request;
  const notice = query["done"] ? ({ kind: "done", text: query["done"] } as const) : null;
  return render(context, query, 200, notice);
}

/** The forms of the Partners tab. */
export async function actInBusinessSuite(
  context: EmulatorContext,
  request: HttpRequest,
): Promise<HttpAnswer> {
  const form = Object.fromEntries(new URLSearchParams(request.rawBody));
  try {
    return redirectTo(linkTo(form, { done: doForm(context, form) }));
  } catch (error) {
    if (!(error instanceof ActionRefusal)) throw error;
    return render(context, form, error.status, { kind: "refused", text: error.message });
  }
}

/** Does what the form says and answers it in words. */
function doForm(context: EmulatorContext, form: Record<string, string>): string {
  const wabaId = form["selected_asset_id"];
  const partnerId = (form["partner_id"] ?? "").replace(/\s/g, "");
  if (form["panel"] === "remove") {
    act(context, { action: "partner.remove", waba_id: wabaId, business_id: partnerId });
    return `${nameOf(context.store.world, partnerId)} no longer has access to this WhatsApp account.`;
  }
  const tasks = tasksOf(form);
  if (!/^\d+$/.test(partnerId)) throw new ActionRefusal(400, "Enter the partner's business ID: digits only.");
  if (tasks.length === 0) throw new ActionRefusal(400, "Choose what the partner may do.");
  act(context, { action: "partner.assign", waba_id: wabaId, business_id: partnerId, tasks });
  const extent = tasks.includes("MANAGE") ? "full control" : "partial access";
  return `${nameOf(context.store.world, partnerId)} now has ${extent} of this WhatsApp account.`;
}

function tasksOf(form: Record<string, string>): Task[] {
  if (form["everything"]) return ["MANAGE"];
  return PARTIAL_TOGGLES.filter(([name]) => form[name]).flatMap(([, , tasks]) => [...tasks]);
}

function nameOf(world: World, businessId: string): string {
  return world.businesses[businessId]?.name ?? businessId;
}

function render(
  context: EmulatorContext,
  query: Record<string, string>,
  status: number,
  notice: Notice | null,
): Promise<HttpAnswer> {
  const { world } = context.store;
  const business = businessOf(world, query);
  if (!business)
    return pageAnswer(status, {
      title: "Business portfolios",
      notice,
      main: pickerOf(world, query["q"] ?? ""),
    });
  const wabas = wabasOf(world, business);
  const waba = wabas.find((each) => each.id === query["selected_asset_id"]) ?? wabas[0];
  if (!waba)
    return pageAnswer(404, {
      title: business.name,
      notice,
      main: html`<h1>${business.name}</h1>
        <p>No WhatsApp accounts.</p>`,
    });
  const view: View = {
    world,
    business,
    waba,
    tab: query["tab"] === "numbers" ? "numbers" : "partners",
    panel: query["panel"] === "assign" || query["panel"] === "remove" ? query["panel"] : "list",
    partnerId: query["partner_id"] ?? "",
  };
  return pageAnswer(status, { title: `${waba.name} · Business settings`, notice, main: mainOf(view, wabas) });
}

/** Named by the address, or the owner of the account it names. */
function businessOf(world: World, query: Record<string, string>): Business | undefined {
  const asset = world.wabas[query["selected_asset_id"] ?? ""];
  return world.businesses[query["business_id"] ?? ""] ?? world.businesses[asset?.businessId ?? ""];
}

function wabasOf(world: World, business: Business): Waba[] {
  return indexOf(world).owned.get(business.id) ?? [];
}

function linkTo(query: Record<string, string>, change: Record<string, string>): string {
  const { business_id: businessId = "", selected_asset_id: assetId = "" } = query;
  const params = { business_id: businessId, selected_asset_id: assetId, ...change };
  return `${BUSINESS_SUITE_PATH}?${new URLSearchParams(params).toString()}`;
}

function linkIn(view: View, change: Record<string, string>): string {
  return linkTo({ business_id: view.business.id, selected_asset_id: view.waba.id }, change);
}

const MOST_LISTED = 200;

function pickerOf(world: World, search: string): Html {
  const owners = [...indexOf(world).owned.keys()]
    .map((id) => world.businesses[id])
    .filter((business) => business !== undefined)
    .filter((business) => isFound(business, search.toLowerCase()));
  return html`<h1>Choose a business portfolio</h1>
    <form method="get" action="${BUSINESS_SUITE_PATH}" role="search" class="field">
      <label for="q" class="small dim">Name or ID</label>
      <input id="q" name="q" type="search" value="${search}" />
    </form>
    <nav class="card" aria-label="Business portfolios">
      <ul class="list grid">
        ${owners.slice(0, MOST_LISTED).map((business) => portfolioItemOf(world, business))}
      </ul>
      ${owners.length === 0 ? html`<p>No portfolio matches.</p>` : ""}
      ${owners.length > MOST_LISTED ? html`<p class="dim small">And ${owners.length - MOST_LISTED} more: search for them.</p>` : ""}
    </nav>`;
}

function isFound(business: Business, search: string): boolean {
  return business.name.toLowerCase().includes(search) || business.id.includes(search.trim());
}

function portfolioItemOf(world: World, business: Business): Html {
  const count = wabasOf(world, business).length;
  return html`<li>
    <a class="pick" href="${linkTo({ business_id: business.id }, {})}"
      ><b>${business.name}</b><small class="mono dim">${business.id}</small
      ><small class="dim">${count === 1 ? "1 WhatsApp account" : `${count} WhatsApp accounts`}</small></a
    >
  </li>`;
}

function mainOf(view: View, wabas: Waba[]): Html {
  return html`<p class="small dim">
      <a href="${BUSINESS_SUITE_PATH}">All portfolios</a> / ${view.business.name} / Business settings /
      Accounts / WhatsApp accounts
    </p>
    <h1>${view.business.name}</h1>
    <p class="dim">
      Business portfolio <span class="mono">${view.business.id}</span>,
      ${view.business.verified ? "verified" : "not verified"}
    </p>
    <div class="columns">
      <nav class="card" aria-label="WhatsApp accounts">
        <h2>WhatsApp accounts</h2>
        <ul class="list">
          ${listedOf(view, wabas).map((waba) => accountItemOf(view, waba))}
        </ul>
      </nav>
      <section class="card" aria-labelledby="account">${accountOf(view)}</section>
    </div>`;
}

/** A portfolio may hold thousands: the one looked at, and the first others. */
function listedOf(view: View, wabas: Waba[]): Waba[] {
  const first = wabas.slice(0, MOST_LISTED);
  return first.includes(view.waba) ? first : [view.waba, ...first];
}

function accountItemOf(view: View, waba: Waba): Html {
  const link = linkTo({ business_id: view.business.id, selected_asset_id: waba.id }, {});
  const current = waba.id === view.waba.id ? html` aria-current="page"` : "";
  return html`<li>
    <a class="pick" href="${link}" ${current}
      ><b>${waba.name}</b><small class="mono dim">${waba.id}</small
      ><small class="dim"
        >${numbersOf(view.world, waba)
          .map((number) => number.displayPhoneNumber)
          .join(", ")}</small
      ></a
    >
  </li>`;
}

function accountOf(view: View): Html {
  const tab = (name: Tab, label: string): Html =>
    html`<a href="${linkIn(view, { tab: name })}" ${view.tab === name ? html`aria-current="page"` : ""}
      >${label}</a
    >`;
  return html`<h2 id="account">${view.waba.name}</h2>
    <p class="dim small">
      WhatsApp account <span class="mono">${view.waba.id}</span>,
      ${view.waba.status === "ACTIVE" ? "active" : "disabled"}
    </p>
    <nav class="tabs" aria-label="Account">
      ${tab("partners", "Partners")} ${tab("numbers", "Phone numbers")}
    </nav>
    ${view.tab === "numbers" ? numbersPanelOf(view) : partnersPanelOf(view)}`;
}

function numbersPanelOf(view: View): Html {
  return html`<ul class="list">
    ${numbersOf(view.world, view.waba).map(
      (number) =>
        html`<li class="row">
          <span
            ><b>${number.displayPhoneNumber}</b><br /><span class="dim small"
              >${number.verifiedName}</span
            ></span
          >
          <span class="dim small"
            >${number.status}${number.app ? ", used in the WhatsApp Business app" : ""}</span
          >
        </li>`,
    )}
  </ul>`;
}

function partnersPanelOf(view: View): Html {
  if (view.panel === "assign") return assignPanelOf(view);
  if (view.panel === "remove") return removePanelOf(view);
  const rows = Object.entries(view.waba.partners);
  return html`${
    rows.length === 0
      ? html`<p>No partner has access to this WhatsApp account.</p>`
      : html`<ul class="list" aria-label="Partners">
          ${rows.map(([id, row]) => partnerRowOf(view, id, row))}
        </ul>`
  }
  ${openForm(view, "assign", "", "Assign partner", "main")}`;
}

function partnerRowOf(view: View, partnerId: string, row: PartnerRow): Html {
  const access = isFullControl(row)
    ? lampOf("good", "Full control: Everything")
    : lampOf("warn", "Partial access");
  const toggles = PARTIAL_TOGGLES.filter(([, , tasks]) => tasks.every((task) => row.tasks.includes(task)));
  const partial = isFullControl(row)
    ? ""
    : html`<br /><span class="dim small">${toggles.map(([, label]) => label).join(", ")}</span>`;
  return html`<li class="row">
    <span
      ><b>${nameOf(view.world, partnerId)}</b> <span class="mono dim">${partnerId}</span
      ><br />${access}${partial}</span
    >
    <span class="buttons">
      ${openForm(view, "assign", partnerId, "Change access", "")}
      ${openForm(view, "remove", partnerId, "Remove partner", "danger")}
    </span>
  </li>`;
}

/** A button that opens a panel; a form, so that it is a real button without script. */
function openForm(view: View, panel: Panel, partnerId: string, label: string, look: string): Html {
  return html`<form class="inline" method="get" action="${BUSINESS_SUITE_PATH}">
    ${hiddenOf(view, panel)}
    ${partnerId ? html`<input type="hidden" name="partner_id" value="${partnerId}" />` : ""}
    <button class="${look}">${label}</button>
  </form>`;
}

function hiddenOf(view: View, panel: Panel): Html {
  return html`<input type="hidden" name="business_id" value="${view.business.id}" />
    <input type="hidden" name="selected_asset_id" value="${view.waba.id}" />
    <input type="hidden" name="panel" value="${panel}" />`;
}

function removePanelOf(view: View): Html {
  const name = nameOf(view.world, view.partnerId);
  return html`<h3>Remove ${name}?</h3>
    <p>
      ${name} will lose access to ${view.waba.name}. Messages that it sends and receives for this account may
      stop.
    </p>
    <form method="post" action="${BUSINESS_SUITE_PATH}" class="buttons">
      ${hiddenOf(view, "remove")}
      <input type="hidden" name="partner_id" value="${view.partnerId}" />
      <button class="danger">Remove</button>
      <a class="button" href="${linkIn(view, {})}">Cancel</a>
    </form>`;
}

function assignPanelOf(view: View): Html {
  const row = view.waba.partners[view.partnerId];
  const isOn = (tasks: readonly Task[]): boolean =>
    row !== undefined && !isFullControl(row) && tasks.every((task) => row.tasks.includes(task));
  return html`<h3>Share this account with a partner</h3>
    <form method="post" action="${BUSINESS_SUITE_PATH}">
      ${hiddenOf(view, "assign")}
      <div class="field">
        <label for="partner_id">Enter partner business ID</label>
        <input
          id="partner_id"
          name="partner_id"
          inputmode="numeric"
          autocomplete="off"
          required
          value="${view.partnerId}"
        />
      </div>
      <fieldset>
        <legend>Partial access</legend>
        ${PARTIAL_TOGGLES.map(([name, label, tasks]) => checkOf(name, label, isOn(tasks)))}
      </fieldset>
      <fieldset>
        <legend>Full control</legend>
        ${checkOf("everything", "Everything", isFullControl(row))}
        <p class="dim small">
          Manage all settings, assign users, view payment information and send messages.
        </p>
      </fieldset>
      <div class="buttons">
        <button class="main">Assign</button>
        <a class="button" href="${linkIn(view, {})}">Cancel</a>
      </div>
    </form>`;
}

function checkOf(name: string, label: string, checked: boolean): Html {
  return html`<label class="check"
    ><input type="checkbox" name="${name}" ${checked ? html`checked` : ""} />${label}</label
  >`;
}
