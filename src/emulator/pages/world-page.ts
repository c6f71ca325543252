/**
 * `/`: this world at a glance. Accounts on the left; on the right what can happen to the chosen one, and the
 * clock, faults, knobs, snapshots and scenarios of the whole world; requests and webhooks flow below.
 */
import { html } from "hono/html";
import { ActionRefusal } from "../actions/action.ts";
import { act } from "../actions/act.ts";
import type { EmulatorContext } from "../context/emulator-context.ts";
import type { HttpAnswer, HttpRequest } from "../http/http-server.ts";
import { activeRestrictionsOf, coexistenceNumberOf, isFullControl, numbersOf } from "../world/world.ts";
import type { PhoneNumber, Waba, World } from "../world/world.ts";
import { BUSINESS_SUITE_PATH } from "./business-suite.ts";
import { lampOf, pageAnswer, redirectTo } from "../http/layout.ts";
import type { Html, Notice } from "../http/layout.ts";
import { actionInputOf, renderActs } from "./world-acts.ts";
import { renderJournal } from "./world-journal.ts";
import { renderTool, TOOL_TITLES, ToolRefusal, TOOLS, useTool } from "./world-tools.ts";
import type { Tool } from "./world-tools.ts";

/** What an address of this page says. */
interface Place {
  wabaId: string | undefined;
  tab: "acts" | Tool;
  search: string;
}

type Given = (name: string) => string | null | undefined;

export function showWorld(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const done = request.query["done"];
  const place = placeIn((name) => request.query[name]);
  return render(context, place, 200, done ? { kind: "done", text: done } : null);
}

function placeIn(given: Given): Place {
  const tab = TOOLS.find((tool) => tool === given("tab")) ?? "acts";
  return { wabaId: given("waba_id") ?? undefined, tab, search: given("q") ?? "" };
}

function linkTo(place: Partial<Place>, done?: string): string {
  const query = new URLSearchParams({
    ...(place.wabaId && { waba_id: place.wabaId }),
    ...(place.tab && place.tab !== "acts" && { tab: place.tab }),
    ...(place.search && { q: place.search }),
    ...(done && { done }),
  }).toString();
  return query ? `/?${query}` : "/";
}

/** One form with a button per action; empty fields count as not given. */
export function actInWorld(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  return answerForm(context, request, (form) => {
    const answer = act(context, actionInputOf(form));
    const sent = answer.webhooks.length > 0 ? `sent ${answer.webhooks.join(", ")}` : "no webhook";
    return `${answer.action}: ${sent}.`;
  });
}

/** The forms of clock, faults, knobs, snapshots, webhooks and scenarios. */
export function useWorldTool(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  return answerForm(context, request, (form) => useTool(context, form));
}

async function answerForm(
  context: EmulatorContext,
  request: HttpRequest,
  run: (form: URLSearchParams) => string | Promise<string>,
): Promise<HttpAnswer> {
  const form = new URLSearchParams(request.rawBody);
  const place = placeIn((name) => form.get(name));
  try {
    return redirectTo(linkTo(place, await run(form)));
  } catch (error) {
    if (!(error instanceof ActionRefusal || error instanceof ToolRefusal)) throw error;
    return render(context, place, error.status, { kind: "refused", text: error.message });
  }
}

function render(
  context: EmulatorContext,
  place: Place,
  status: number,
  notice: Notice | null,
): Promise<HttpAnswer> {
  const { world } = context.store;
  const chosen = world.wabas[place.wabaId ?? ""] ?? Object.values(world.wabas)[0];
  const here = { ...place, wabaId: chosen?.id };
  const main = html`${headOf(context)}
    <div class="columns console">
      ${accountsOf(context, here)}
      <div>
        <nav class="tabs" aria-label="What can happen">
          ${(["acts", ...TOOLS] as const).map((tab) => tabOf(here, tab))}
        </nav>
        <div
          class="card panel"
          tabindex="0"
          role="region"
          aria-label="${place.tab === "acts" ? "This account" : TOOL_TITLES[place.tab]}"
        >
          ${place.tab === "acts" ? (chosen ? accountOf(context, chosen) : html`<p>There is no account.</p>`) : toolOf(context, here, place.tab)}
        </div>
      </div>
    </div>
    ${renderJournal()}`;
  return pageAnswer(status, { title: "This world", notice, main });
}

function headOf(context: EmulatorContext): Html {
  const { world } = context.store;
  const now = new Date(context.clock.now());
  const faults = world.faults.length;
  return html`<h1>This world</h1>
    <p class="dim">
      <time datetime="${now.toISOString()}">${now.toUTCString()}</time>, clock ${context.clock.mode}.
      ${Object.keys(world.businesses).length} portfolios, ${Object.keys(world.wabas).length} WhatsApp
      accounts${faults ? `, ${faults} faults` : ""}. <a href="${BUSINESS_SUITE_PATH}">Business settings</a> ·
      <a href="#deliveries-title">Traffic</a> ·
      <a href="/_emulator/state">State as JSON</a>${receiverOf(world)}
    </p>`;
}

/** Where our app's webhooks go: in the sandbox that is Sharekeeper, whose Hub one wants to see. */
function receiverOf(world: World): Html | string {
  const callbackUrl = world.apps[world.identity.appId]?.callbackUrl;
  if (!callbackUrl || !URL.canParse(callbackUrl)) return "";
  const { origin, host } = new URL(callbackUrl);
  return html` · Webhooks go to <a href="${origin}/">${host}</a>`;
}

function tabOf(place: Place, tab: Place["tab"]): Html {
  const title = tab === "acts" ? "This account" : TOOL_TITLES[tab];
  return html`<a href="${linkTo({ ...place, tab })}" ${place.tab === tab ? html`aria-current="page"` : ""}
    >${title}</a
  >`;
}

function toolOf(context: EmulatorContext, place: Place, tool: Tool): Html {
  return html`<h2>${TOOL_TITLES[tool]}</h2>
    ${renderTool(context, { wabaId: place.wabaId ?? "", tool })}`;
}

const MOST_LISTED = 200;

function accountsOf(context: EmulatorContext, place: Place): Html {
  const { world } = context.store;
  const found = Object.values(world.wabas).filter((waba) => isFound(world, waba, place.search.toLowerCase()));
  const now = context.clock.now();
  return html`<nav class="card" aria-label="WhatsApp accounts">
    <h2>Clients</h2>
    <form method="get" action="/" role="search">
      <input type="hidden" name="tab" value="${place.tab}" />
      <label class="small dim" for="q">Name, id or number</label>
      <input id="q" name="q" type="search" value="${place.search}" />
    </form>
    <div class="scroll accounts" id="accounts" tabindex="-1">
      <ul class="list">
        ${found.slice(0, MOST_LISTED).map((waba) => itemOf(world, waba, now, place))}
      </ul>
      ${found.length === 0 ? html`<p>No account matches.</p>` : ""}
      ${found.length > MOST_LISTED ? html`<p class="dim small">And ${found.length - MOST_LISTED} more: search for them.</p>` : ""}
    </div>
  </nav>`;
}

function isFound(world: World, waba: Waba, search: string): boolean {
  if (search === "") return true;
  const digits = search.replace(/[\s()+-]/g, "");
  if (waba.name.toLowerCase().includes(search) || waba.id.includes(digits)) return true;
  return numbersOf(world, waba).some(
    (number) => number.id.includes(digits) || number.displayPhoneNumber.replace(/\D/g, "").includes(digits),
  );
}

function itemOf(world: World, waba: Waba, now: number, place: Place): Html {
  const [tone, words] = stateOf(world, waba, now);
  const current = waba.id === place.wabaId ? html`aria-current="page"` : "";
  return html`<li>
    <a class="pick" href="${linkTo({ ...place, wabaId: waba.id })}" ${current}
      ><b>${waba.name}</b><small class="mono dim">${waba.id} · ${waba.kind}</small
      ><small>${lampOf(tone, words)}</small></a
    >
  </li>`;
}

type Tone = Parameters<typeof lampOf>[0];

/** What stands between the provider and this account, the gravest first. */
function stateOf(world: World, waba: Waba, now: number): [Tone, string] {
  const row = waba.partners[world.identity.partnerBusinessId];
  const companion = coexistenceNumberOf(world, waba)?.app?.companion;
  if (waba.deleted) return ["off", "Deleted"];
  if (!row) return ["bad", "Not shared with the partner"];
  if (!isFullControl(row)) return ["warn", "Shared with partial access"];
  if (waba.status === "DISABLED") return ["bad", "Disabled by Meta"];
  if (activeRestrictionsOf(waba, now).length > 0) return ["warn", "Restricted by Meta"];
  if (companion === "offboarded") return ["warn", "Waiting for reconnection"];
  if (!waba.installedAppIds.includes(world.identity.appId))
    return ["warn", "Shared, but the app is not installed"];
  if (!waba.subscriptions[world.identity.appId]) return ["warn", "Shared, but not subscribed"];
  return ["good", "Shared with full control"];
}

function accountOf(context: EmulatorContext, waba: Waba): Html {
  const { world } = context.store;
  const owner = world.businesses[waba.businessId];
  const suite = `${BUSINESS_SUITE_PATH}?business_id=${waba.businessId}&selected_asset_id=${waba.id}`;
  return html`<h2>${waba.name}</h2>
    <dl class="facts small">
      <dt>Portfolio</dt>
      <dd>
        ${owner?.name} <span class="mono">${waba.businessId}</span>,
        <a href="${suite}">open in Business settings</a>
      </dd>
      <dt>State</dt>
      <dd id="state">${lampOf(...stateOf(world, waba, context.clock.now()))}</dd>
      <dt>Numbers</dt>
      <dd>${numbersOf(world, waba).map(numberOf)}</dd>
    </dl>
    ${
      waba.deleted
        ? html`<p>This account is deleted; nothing happens to it any more.</p>`
        : renderActs(world, waba)
    }`;
}

function numberOf(number: PhoneNumber): Html {
  return html`<div>
    ${number.displayPhoneNumber} <span class="mono dim">${number.id}</span> ${number.status}${
      number.app
        ? html`,
            <a href="/phone/${number.id}">its phone</a>
            (${number.app.banned ? "banned" : number.app.companion})`
        : ""
    }
  </div>`;
}
