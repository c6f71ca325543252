/** `/`: this world at a glance. Clients on the left, what can happen to the chosen account on the right, traffic below. */
import { html, raw } from "hono/html";
import { ActionRefusal } from "../actions/action.ts";
import type { Action } from "../actions/action.ts";
import { act, ACTIONS } from "../actions/act.ts";
import type { EmulatorContext } from "../emulator-context.ts";
import type { HttpAnswer, HttpRequest } from "../http-server.ts";
import { activeRestrictionsOf, coexistenceNumberOf, isFullControl, numbersOf } from "../world.ts";
import type { PhoneNumber, Waba, World } from "../world.ts";
import { BUSINESS_SUITE_PATH } from "./business-suite.ts";
import { lampOf, pageAnswer, redirectTo } from "./layout.ts";
import type { Html, PageParts } from "./layout.ts";

export function showWorld(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const done = request.query["done"];
  return render(context, request.query["waba_id"], 200, done ? { kind: "done", text: done } : undefined);
}

/** One form with a button per action; empty fields count as not given. */
export async function actInWorld(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const form = Object.fromEntries(new URLSearchParams(request.rawBody));
  try {
    const answer = act(context, inputOf(form));
    const sent = answer.webhooks.length > 0 ? `sent ${answer.webhooks.join(", ")}` : "no webhook";
    const query = new URLSearchParams({ waba_id: form["waba_id"] ?? "", done: `${answer.action}: ${sent}.` });
    return redirectTo(`/?${query.toString()}`);
  } catch (error) {
    if (!(error instanceof ActionRefusal)) throw error;
    return render(context, form["waba_id"], error.status, { kind: "refused", text: error.message });
  }
}

function inputOf(form: Record<string, string>): Record<string, unknown> {
  const { silent, delay_s: delayS, duplicates, signature, ...rest } = form;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ""));
  return {
    ...given,
    silent: silent !== undefined,
    webhook: {
      ...(delayS && { delay_ms: Math.round(Number(delayS) * 1000) }),
      ...(duplicates && { duplicates: Number(duplicates) }),
      ...(signature && { signature: "wrong" }),
    },
  };
}

function render(
  context: EmulatorContext,
  wabaId: string | undefined,
  status: number,
  notice: PageParts["notice"],
): Promise<HttpAnswer> {
  const { world } = context.store;
  const now = context.clock.now();
  const live = Object.values(world.wabas);
  const chosen = world.wabas[wabaId ?? ""] ?? live[0];
  const main = html`<h1>This world</h1>
    <p class="dim">
      <time datetime="${new Date(now).toISOString()}">${new Date(now).toUTCString()}</time>, clock
      ${context.clock.mode}. ${Object.keys(world.businesses).length} portfolios, ${live.length} WhatsApp
      accounts. <a href="${BUSINESS_SUITE_PATH}">Business settings</a> ·
      <a href="/_emulator/state">State as JSON</a>
    </p>
    <div class="columns">
      <nav class="card" aria-label="WhatsApp accounts">
        <h2>Clients</h2>
        <div class="scroll" style="max-height:70vh" id="accounts">
          <ul class="list">
            ${live.slice(0, MOST_LISTED).map((waba) => itemOf(world, waba, now, waba === chosen))}
          </ul>
        </div>
      </nav>
      <div>
        ${chosen ? html`<section class="card" aria-labelledby="chosen">${actsOf(world, chosen, now)}</section>` : ""}
      </div>
    </div>
    ${journalOf()}`;
  return pageAnswer(status, { title: "This world", notice, main });
}

const MOST_LISTED = 500;

function itemOf(world: World, waba: Waba, now: number, current: boolean): Html {
  const [tone, words] = stateOf(world, waba, now);
  return html`<li>
    <a class="pick" href="/?waba_id=${waba.id}" ${current ? html`aria-current="page"` : ""}
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

function actsOf(world: World, waba: Waba, now: number): Html {
  const owner = world.businesses[waba.businessId];
  const numbers = numbersOf(world, waba);
  const hasApp = numbers.some((number) => number.app !== null);
  const suite = `${BUSINESS_SUITE_PATH}?business_id=${waba.businessId}&selected_asset_id=${waba.id}`;
  const groups = Object.groupBy(
    ACTIONS.filter((action) => hasApp || action.target !== "app_number"),
    groupOf,
  );
  return html`<h2 id="chosen">${waba.name}</h2>
    <dl class="facts small">
      <dt>Portfolio</dt>
      <dd>${owner?.name} <span class="mono">${waba.businessId}</span></dd>
      <dt>State</dt>
      <dd>${lampOf(...stateOf(world, waba, now))}</dd>
      <dt>Numbers</dt>
      <dd>${numbers.map((number) => numberOf(number))}</dd>
    </dl>
    <p><a href="${suite}">Open in Business settings</a></p>
    <form method="post" action="/world/act">
      <input type="hidden" name="waba_id" value="${waba.id}" />
      ${optionsOf(numbers)}
      ${Object.entries(groups).map(
        ([group, actions]) =>
          html`<h3>${group}</h3>
            <div class="acts">${(actions ?? []).map(buttonOf)}</div>`,
      )}
    </form>`;
}

function numberOf(number: PhoneNumber): Html {
  const app = number.app ? `, app ${number.app.companion}` : "";
  return html`<div>
    ${number.displayPhoneNumber} <span class="mono dim">${number.id}</span> ${number.status}${app}
  </div>`;
}

function groupOf(action: Action): string {
  const prefix = action.name.split(".")[0] ?? "";
  const names: Record<string, string> = {
    partner: "The client and its partners",
    app: "The client and its partners",
    subscription: "The client and its partners",
    coexistence: "The WhatsApp Business app",
  };
  return names[prefix] ?? "Meta, numbers, tokens";
}

function optionsOf(numbers: PhoneNumber[]): Html {
  const choices = numbers.map(
    (number) => html`<option value="${number.id}">${number.displayPhoneNumber}</option>`,
  );
  return html`<div class="options">
    ${
      numbers.length > 1
        ? html`<div class="field">
            <label for="phone_number_id">Number</label>
            <select id="phone_number_id" name="phone_number_id">
              ${choices}
            </select>
          </div>`
        : ""
    }
    <div class="field">
      <label for="status">Status for number.status</label>
      <input id="status" name="status" value="FLAGGED" />
    </div>
    <div class="field">
      <label for="owner">Token for token.*</label>
      <select id="owner" name="owner">
        <option value="system_user">system user</option>
        <option value="client">client</option>
      </select>
    </div>
    <div class="field">
      <label for="duplicates">Copies</label
      ><input id="duplicates" name="duplicates" inputmode="numeric" value="1" />
    </div>
    <div class="field">
      <label for="delay_s">Delay in seconds</label
      ><input id="delay_s" name="delay_s" inputmode="decimal" value="0" />
    </div>
    <label class="check"><input type="checkbox" name="silent" />Lose the webhook</label>
    <label class="check"><input type="checkbox" name="signature" />Wrong signature</label>
  </div>`;
}

function buttonOf(action: Action): Html {
  return html`<button name="action" value="${action.name}">
    <b>${action.name}</b
    ><small>${action.summary} Sends ${action.sends}${action.invented ? " (invented)" : ""}.</small>
  </button>`;
}

function journalOf(): Html {
  const table = (id: string, title: string, columns: string[]): Html =>
    html`<section class="card" style="margin-top:1rem" aria-labelledby="${id}-title">
      <h2 id="${id}-title">${title}</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="${id}-title">
        <table>
          <thead>
            <tr>
              ${columns.map((column) => html`<th scope="col">${column}</th>`)}
            </tr>
          </thead>
          <tbody id="${id}"></tbody>
        </table>
      </div>
    </section>`;
  return html`${table("deliveries", "Webhooks out", ["#", "At", "Webhook", "Try", "Answer", "Body"])}
    ${table("requests", "Requests in", ["#", "At", "Request", "Status", "Answer"])}
    <noscript><p>The traffic is at /_emulator/journal?kind=requests and ?kind=deliveries.</p></noscript>
    <script>
      ${raw(SCRIPT)};
    </script>`;
}

/** Asks for new entries once a second and looks at the accounts again when something happened. No state of its own. */
const SCRIPT = `
const last = { requests: 0, deliveries: 0 };
const show = {
  requests: (e) => [e.n, e.at.slice(11, 19), e.method + " " + e.path, e.status ?? "none", JSON.stringify(e.answer)?.slice(0, 220) ?? ""],
  deliveries: (e) => [e.n, e.at.slice(11, 19), e.webhook_id, e.attempt, e.status ?? e.error ?? "none", e.body.slice(0, 400)],
};
async function poll(kind) {
  const answer = await fetch("/_emulator/journal?kind=" + kind + "&after=" + last[kind]).then((r) => r.json());
  const body = document.getElementById(kind);
  for (const entry of answer.data.slice(-200)) {
    const row = body.insertRow(0);
    row.className = last[kind] === 0 ? "" : "fresh";
    show[kind](entry).forEach((text, index, all) => {
      const cell = row.insertCell();
      cell.textContent = String(text);
      if (index === all.length - 1) cell.className = "wide mono";
    });
  }
  while (body.rows.length > 200) body.deleteRow(-1);
  last[kind] = answer.data.at(-1)?.n ?? last[kind];
  return answer.data.length;
}
async function look() {
  const page = new DOMParser().parseFromString(await fetch(location.href).then((r) => r.text()), "text/html");
  const [mine, theirs] = [document.getElementById("accounts"), page.getElementById("accounts")];
  if (theirs && mine.innerHTML !== theirs.innerHTML && !mine.contains(document.activeElement)) mine.innerHTML = theirs.innerHTML;
}
async function tick() {
  try { if (!document.hidden) { const news = (await poll("deliveries")) + (await poll("requests")); if (news) await look(); } } catch {}
  setTimeout(tick, 1000);
}
tick();
`;
