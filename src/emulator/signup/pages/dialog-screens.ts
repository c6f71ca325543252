/**
 * The screens of Embedded Signup, in plain forms. Labels say what Meta's screens ask for; looks and words are
 * our own.
 */
import { html } from "hono/html";
import type { Html } from "../../http/layout.ts";
import { coexistenceNumberOf, digitsOf, numbersOf } from "../../world/world.ts";
import type { Business, Waba, World } from "../../world/world.ts";
import { indexOf } from "../../world/world-index.ts";
import { SIGNUP_ERRORS } from "../../world/signup-errors.ts";
import { displayNumberOf } from "./signup-session.ts";
import type { SignupSession, Step } from "./signup-session.ts";
import { SIGNUP_SCOPES } from "./signup-steps.ts";

/** What a person has typed, kept when a screen comes back with words. */
export type Typed = Record<string, string>;

interface Screen {
  title: string;
  body: (world: World, session: SignupSession, typed: Typed) => Html;
  button: string;
}

export const SCREENS: Readonly<Record<Step, Screen>> = {
  authentication: { title: "Sign in", body: authentication, button: "Continue" },
  portfolio: { title: "Choose a business portfolio", body: portfolio, button: "Next" },
  account: { title: "Choose a WhatsApp account", body: account, button: "Next" },
  profile: { title: "Create a WhatsApp account", body: profile, button: "Next" },
  number: { title: "Add a phone number", body: number, button: "Next" },
  verification: { title: "Verify the phone number", body: verification, button: "Verify" },
  permissions: { title: "Review what is shared", body: permissions, button: "Confirm" },
  success: { title: "All set", body: success, button: "Finish" },
};

export function screenOf(world: World, session: SignupSession, typed: Typed): Html {
  if (session.failure) return failureOf(session);
  const { title, body, button } = SCREENS[session.step];
  const isLast = session.step === "success";
  const next = isLast
    ? html`<button class="main" type="button" data-close>${button}</button>`
    : html`<button class="main" name="do" value="next">${button}</button>`;
  return html`<p class="small dim">Embedded Signup for ${world.apps[session.appId]?.name}</p>
    <h1>${title}</h1>
    <form method="post" action="/dialog/oauth">
      ${hiddenOf(session)} ${body(world, session, typed)}
      <div class="buttons">
        ${next} ${session.trail.length > 0 && !isLast ? backButton("Back") : ""}
        ${isLast ? "" : html`<button type="button" data-close>Cancel</button>`}
      </div>
    </form>
    ${isLast ? receivedOf(session) : drawerOf(session)}`;
}

function hiddenOf(session: SignupSession): Html {
  return html`<input type="hidden" name="session" value="${session.id}" />
    <input type="hidden" name="step" value="${session.step}" />`;
}

function backButton(label: string): Html {
  return html`<button name="do" value="back" formnovalidate>${label}</button>`;
}

function failureOf(session: SignupSession): Html {
  return html`<h1>This can't be completed</h1>
    <p>${session.failure?.words}</p>
    <p class="dim small">Error code <span class="mono" id="error-code">${session.failure?.code}</span></p>
    <form method="post" action="/dialog/oauth">
      ${hiddenOf(session)}
      <div class="buttons">
        ${backButton("Try again")}
        <button type="button" data-close>Report and close</button>
      </div>
    </form>`;
}

/** The simulator's own hand in the game, apart from what a client would see. */
function drawerOf(session: SignupSession): Html {
  return html`<details class="drawer choices">
    <summary>Simulator: let this screen fail</summary>
    <form method="post" action="/dialog/oauth">
      ${hiddenOf(session)}
      <div class="field">
        <label for="error_code">Error</label>
        <select id="error_code" name="error_code">
          ${Object.entries(SIGNUP_ERRORS).map(
            ([code, { words }]) => html`<option value="${code}">${code}: ${words}</option>`,
          )}
        </select>
      </div>
      <button name="do" value="fail">Fail here</button>
    </form>
  </details>`;
}

function choiceOf(name: string, value: string, label: Html | string, checked: boolean): Html {
  return html`<label class="check choice"
    ><input type="radio" name="${name}" value="${value}" ${checked ? html`checked` : ""} /><span
      >${label}</span
    ></label
  >`;
}

function fieldOf(
  name: string,
  label: string,
  value: string,
  more: { hint?: string; type?: "numeric" | "tel"; autofocus?: boolean } = {},
): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      value="${value}"
      autocomplete="off"
      ${more.type ? html`inputmode="${more.type}"` : ""}
      ${more.hint ? html`aria-describedby="${name}-hint"` : ""}
    />
    ${more.hint ? html`<p class="dim small" id="${name}-hint">${more.hint}</p>` : ""}
  </div>`;
}

function authentication(world: World, session: SignupSession): Html {
  return html`<p>
      Connect your WhatsApp account to <b>${world.apps[session.appId]?.name}</b> of
      ${world.businesses[world.identity.partnerBusinessId]?.name}.
    </p>
    <p class="dim">
      In this simulator everybody is signed in already, as a person who manages every client portfolio.
    </p>`;
}

const MOST_LISTED = 100;

function portfolio(world: World, session: SignupSession, typed: Typed): Html {
  const clients = clientsOf(world, session);
  const chosen = typed["business"] ?? session.prefill.businessId ?? clients[0]?.id;
  return html`<fieldset>
      <legend>Your business portfolios</legend>
      ${clients.map((business) => portfolioChoice(business, business.id === chosen))}
      ${choiceOf("business", "new", "Create a business portfolio", chosen === "new")}
    </fieldset>
    ${
      clients.length < MOST_LISTED
        ? ""
        : fieldOf("business_id", "Another portfolio's ID", typed["business_id"] ?? "", { type: "numeric" })
    }
    ${fieldOf("business_name", "Name of a new portfolio", typed["business_name"] ?? session.prefill.businessName)}`;
}

/**
 * Portfolios that hold an account, the one that the page asked for first. Providers hold none of their own
 * here.
 */
function clientsOf(world: World, session: SignupSession): Business[] {
  const wanted = session.prefill.businessId;
  const owners = [...indexOf(world).owned.keys()].filter((id) => id !== wanted).slice(0, MOST_LISTED);
  return [...(wanted ? [wanted] : []), ...owners]
    .map((id) => world.businesses[id])
    .filter((business) => business !== undefined)
    .filter((business) => business.id !== world.identity.partnerBusinessId);
}

function portfolioChoice(business: Business, checked: boolean): Html {
  const label = html`<b>${business.name}</b> <span class="mono dim">${business.id}</span>`;
  return choiceOf("business", business.id, label, checked);
}

function account(world: World, session: SignupSession, typed: Typed): Html {
  const wabas = indexOf(world).owned.get(session.choice.businessId ?? "") ?? [];
  const chosen =
    typed["account"] ?? (wabas[0] ? `waba:${wabas[0].id}` : session.offersPlatform ? "new" : "app:new");
  const pick = (value: string, label: Html | string): Html =>
    choiceOf("account", value, label, value === chosen);
  const inApp = wabas.filter((waba) => coexistenceNumberOf(world, waba));
  const offered = session.offersApp ? wabas.filter((waba) => !inApp.includes(waba)) : wabas;
  return html`${
    session.offersApp
      ? html`<fieldset>
          <legend>Connect your existing WhatsApp Business app</legend>
          ${inApp.map((waba) => pick(`waba:${waba.id}`, accountLabel(world, waba)))}
          ${pick("app:new", "Another number of the app")}
        </fieldset>`
      : ""
  }
  ${
    session.offersPlatform
      ? html`<fieldset>
          <legend>${session.offersApp ? "Without the app" : "WhatsApp accounts"}</legend>
          ${offered.map((waba) => pick(`waba:${waba.id}`, accountLabel(world, waba)))}
          ${pick("new", "Create a WhatsApp account")}
        </fieldset>`
      : ""
  }`;
}

function accountLabel(world: World, waba: Waba): Html {
  const numbers = numbersOf(world, waba).map((each) => each.displayPhoneNumber);
  return html`<b>${waba.name}</b> <span class="mono dim">${waba.id}</span><br /><span class="dim small"
      >${numbers.join(", ") || "no number"}</span
    >`;
}

function profile(world: World, session: SignupSession, typed: Typed): Html {
  const business =
    session.choice.newBusiness?.name ?? world.businesses[session.choice.businessId ?? ""]?.name;
  return fieldOf("waba_name", "Name of the WhatsApp account", typed["waba_name"] ?? business ?? "");
}

function number(world: World, session: SignupSession, typed: Typed): Html {
  const waba = world.wabas[session.choice.wabaId ?? ""];
  const numbers = waba ? numbersOf(world, waba) : [];
  const chosen = typed["number"] ?? numbers[0]?.id ?? "new";
  const { coexistence } = session.choice;
  const fallback = session.prefill.displayName || (waba?.name ?? session.choice.newWaba?.name ?? "");
  // From phase 1 of the account model on, a signup without a number is no longer offered.
  const mayWait = !coexistence && world.knobs.account_model_phase < 1;
  return html`${
    coexistence
      ? html`<input type="hidden" name="number" value="new" />`
      : html`<fieldset>
          <legend>Phone number</legend>
          ${numbers.map((each) => choiceOf("number", each.id, each.displayPhoneNumber, each.id === chosen))}
          ${choiceOf("number", "new", "Add a new number", chosen === "new")}
          ${mayWait ? choiceOf("number", "later", "Add a number later", chosen === "later") : ""}
        </fieldset>`
  }
  ${fieldOf("display_phone_number", coexistence ? "The number in your WhatsApp Business app" : "New number", typed["display_phone_number"] ?? "", { type: "tel", hint: "With the country code, such as +1 555 010 0100." })}
  ${fieldOf("verified_name", "Name that customers see", typed["verified_name"] ?? fallback)}`;
}

function verification(world: World, session: SignupSession): Html {
  const shown = displayNumberOf(world, session);
  const code = (hint: string): Html => fieldOf("code", "Six-digit code", "", { type: "numeric", hint });
  if (!session.choice.coexistence) {
    return html`<p>We sent a code to <b>${shown}</b>.</p>
      ${code(`The simulated message says: ${session.code}.`)}`;
  }
  const phonePage = `/phone/${phoneKeyOf(session, shown)}`;
  return html`<ol>
      <li>
        Open the WhatsApp Business app of <b>${shown}</b>:
        <a href="${phonePage}" target="_blank" rel="noopener">the phone in this simulator</a>.
      </li>
      <li>Confirm that it connects to the Business Platform.</li>
      <li>Enter the code that the app shows.</li>
    </ol>
    ${code("The app shows it once the connection is confirmed there.")}`;
}

/** The phone's page goes by the number's id, or by its digits while the number is on no account yet. */
function phoneKeyOf(session: SignupSession, shown: string): string {
  const { phone } = session.choice;
  return phone && "id" in phone ? phone.id : digitsOf(shown);
}

function permissions(world: World, session: SignupSession): Html {
  const waba = world.wabas[session.choice.wabaId ?? ""];
  const app = world.apps[session.appId]?.name;
  return html`<p>${world.businesses[world.identity.partnerBusinessId]?.name} and ${app} will be able to:</p>
    <ul>
      <li>
        manage the WhatsApp account <b>${waba?.name ?? session.choice.newWaba?.name}</b> with full control,
      </li>
      <li>send and receive its messages.</li>
    </ul>
    <p class="dim small">Permissions: <span class="mono">${SIGNUP_SCOPES.join(", ")}</span></p>`;
}

function success(world: World, session: SignupSession): Html {
  const waba = world.wabas[session.outcome?.wabaId ?? ""];
  return html`<p>
      <b>${waba?.name}</b> is shared with ${world.businesses[world.identity.partnerBusinessId]?.name}.
    </p>
    <p class="dim">Finish returns to the page that opened this window. Closing the window does the same.</p>`;
}

function receivedOf(session: SignupSession): Html {
  return html`<details class="drawer choices">
    <summary>Simulator: what that page receives</summary>
    <pre class="mono small">${JSON.stringify(session.outcome?.event, null, 2)}</pre>
  </details>`;
}
