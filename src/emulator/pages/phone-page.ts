/**
 * `/phone/{phone number id}`: the WhatsApp Business app of a coexistence number, as far as the Business
 * Platform goes: connect, Settings > Account > Business Platform > Disconnect Account, log out, a new phone,
 * the notice of a ban. While a signup waits for a number that is on no account yet, `/phone/{its digits}` is
 * its phone. Source: "Onboarding Business app users" (2026-09).
 */
import { html } from "hono/html";
import { ActionRefusal } from "../actions/action.ts";
import { act, ACTIONS } from "../actions/act.ts";
import type { EmulatorContext } from "../context/emulator-context.ts";
import type { HttpAnswer, HttpRequest } from "../http/http-server.ts";
import { sessionWaitingFor } from "../signup/pages/signup-session.ts";
import type { SignupSession } from "../signup/pages/signup-session.ts";
import { indexOf } from "../world/world-index.ts";
import { digitsOf } from "../world/world.ts";
import type { BusinessApp, PhoneNumber, World } from "../world/world.ts";
import { lampOf, pageAnswer, redirectTo } from "../http/layout.ts";
import type { Html, Notice } from "../http/layout.ts";

type ScreenName = "home" | "settings" | "account" | "platform" | "disconnect" | "connect";

interface Phone {
  world: World;
  /** What stands in the address: the number's id, or digits. */
  key: string;
  shown: string;
  /** null: the number is used in the app, and on no account of this world yet. */
  number: PhoneNumber | null;
  waiting: SignupSession | undefined;
}

export function showPhone(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const done = request.query["done"];
  return render(context, request, 200, done ? { kind: "done", text: done } : null);
}

/** Every button is an action of the emulator, or the confirmation of a signup that waits. */
export async function actOnPhone(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const form = Object.fromEntries(new URLSearchParams(request.rawBody));
  const phone = phoneOf(context, keyIn(request));
  try {
    if (!phone) throw new ActionRefusal(404, "There is no such phone.");
    const done = doForm(context, phone, form);
    return redirectTo(`/phone/${phone.key}?${new URLSearchParams({ done }).toString()}`);
  } catch (error) {
    if (!(error instanceof ActionRefusal)) throw error;
    return render(context, request, error.status, { kind: "refused", text: error.message });
  }
}

function doForm(context: EmulatorContext, phone: Phone, form: Record<string, string>): string {
  if (form["do"] === "confirm") return confirmSignup(phone, form["share_history"] !== undefined);
  const row = BUTTONS.find((each) => each.label === form["do"]);
  if (!row || !phone.number) throw new ActionRefusal(400, "Choose what happens on this phone.");
  act(context, { action: row.action, ...row.input, phone_number_id: phone.number.id });
  return row.done;
}

function confirmSignup(phone: Phone, sharesHistory: boolean): string {
  if (!phone.waiting) throw new ActionRefusal(409, "No signup waits for this phone.");
  if (phone.number?.app?.signedOut) throw new ActionRefusal(409, "Sign in to the app on this phone first.");
  phone.waiting.confirmedOnPhone = true;
  phone.waiting.choice.shareHistory = sharesHistory;
  return "Enter the code in the window of the signup.";
}

interface Button {
  action: string;
  input?: Record<string, string>;
  label: string;
  done: string;
  on: ScreenName | "outside";
  /** Whether it can be pressed now. */
  when: (app: BusinessApp) => boolean;
}

const ALL_BUTTONS: readonly Button[] = [
  {
    action: "coexistence.open_app",
    label: "Open the app",
    done: "The app was in use just now.",
    on: "home",
    when: (app) => app.onBusinessApp && !app.banned && !app.signedOut,
  },
  {
    action: "coexistence.logout",
    label: "Log out of this device",
    done: "This device is logged out.",
    on: "settings",
    when: (app) => app.companion !== "unlinked",
  },
  {
    action: "coexistence.sign_in",
    label: "Sign in again",
    done: "This phone is signed in again. The connection to the Business Platform needs a new signup.",
    on: "home",
    when: (app) => app.signedOut,
  },
  {
    action: "coexistence.logout",
    input: { device: "initial" },
    label: "Log out of the old phone",
    done: "The device used during the initial onboarding is logged out.",
    on: "outside",
    when: (app) => app.oldPhone && app.companion !== "unlinked",
  },
  {
    action: "coexistence.change_number",
    label: "Change number",
    done: "The number was changed to another one.",
    on: "account",
    when: (app) => app.onBusinessApp,
  },
  {
    action: "coexistence.disconnect",
    label: "Disconnect account",
    done: "The account is disconnected from the Business Platform.",
    on: "disconnect",
    when: (app) => app.companion !== "unlinked",
  },
  {
    action: "coexistence.offboard",
    label: "Register on a new phone",
    done: "The number is on a new phone; the connection is suspended until it is restored.",
    on: "outside",
    when: (app) => app.companion === "linked",
  },
  {
    action: "coexistence.reconnect",
    label: "Let the connection come back",
    done: "The connection to the Business Platform is restored.",
    on: "outside",
    when: (app) => app.companion === "offboarded",
  },
  {
    action: "coexistence.re_register",
    label: "Register again without the platform",
    done: "The number was registered again, and the connection given up.",
    on: "outside",
    when: (app) => app.companion !== "unlinked",
  },
  {
    action: "coexistence.downgrade",
    label: "Move to the consumer app",
    done: "The number is used in the consumer app now.",
    on: "outside",
    when: (app) => app.onBusinessApp,
  },
  {
    action: "coexistence.return",
    label: "Return to the Business app",
    done: "The number is used in the Business app again.",
    on: "outside",
    when: (app) => !app.onBusinessApp,
  },
  {
    action: "coexistence.ban",
    label: "Ban the number",
    done: "The number is banned.",
    on: "outside",
    when: (app) => !app.banned,
  },
  {
    action: "coexistence.unban",
    label: "Lift the ban",
    done: "The ban is lifted.",
    on: "outside",
    when: (app) => app.banned,
  },
];

const BUTTONS = ALL_BUTTONS.filter((row) => ACTIONS.some((action) => action.name === row.action));

function keyIn(request: HttpRequest): string {
  return decodeURIComponent(request.path.split("/")[2] ?? "");
}

function phoneOf(context: EmulatorContext, key: string): Phone | null {
  const { world } = context.store;
  const number = world.numbers[key] ?? null;
  const digits = digitsOf(number?.displayPhoneNumber ?? key);
  const waiting = digits === "" ? undefined : sessionWaitingFor(world, digits);
  if (!number && !waiting) return null;
  return { world, key, shown: number?.displayPhoneNumber ?? `+${digits}`, number, waiting };
}

function render(
  context: EmulatorContext,
  request: HttpRequest,
  status: number,
  notice: Notice | null,
): Promise<HttpAnswer> {
  const phone = phoneOf(context, keyIn(request));
  if (!phone) return unknownPhone(context.store.world, keyIn(request));
  const isApp = phone.number === null || phone.number.app !== null || phone.waiting !== undefined;
  const main = isApp ? screenOf(phone, request.query["screen"]) : notInApp(phone);
  return pageAnswer(status, {
    title: `${phone.shown} · Business app`,
    frame: "phone",
    notice,
    main: html`<section class="card phone">${main}</section>
      ${isApp && phone.number?.app ? outsideOf(phone, phone.number.app) : ""}`,
  });
}

function unknownPhone(world: World, key: string): Promise<HttpAnswer> {
  const numbers = indexOf(world).inApp;
  return pageAnswer(404, {
    title: "No such phone",
    frame: "phone",
    main: html`<section class="card">
      <h1>No such phone</h1>
      <p>There is no number ${key} here. These numbers are used in the Business app:</p>
      <ul class="list">
        ${numbers.slice(0, 50).map(
          (number) =>
            html`<li>
              <a class="pick" href="/phone/${number.id}"
                ><b>${number.displayPhoneNumber}</b><small class="dim">${number.verifiedName}</small></a
              >
            </li>`,
        )}
      </ul>
    </section>`,
  });
}

function notInApp(phone: Phone): Html {
  return html`<h1>${phone.shown}</h1>
    <p>This number lives on the platform alone; it is not used in the Business app.</p>
    <p><a href="/?waba_id=${phone.number?.wabaId}">Its account in this world</a></p>`;
}

function screenOf(phone: Phone, name: string | undefined): Html {
  if (name === "connect" && phone.waiting && !phone.number?.app?.signedOut) return connectScreen(phone);
  const app = phone.number?.app;
  if (!app) return homeScreen(phone);
  if (name === "settings") return menuScreen(phone, app, "Settings", "home", ["account"], "settings");
  if (name === "account") return menuScreen(phone, app, "Account", "settings", ["platform"], "account");
  if (name === "platform") return platformScreen(phone, app);
  if (name === "disconnect") return disconnectScreen(phone, app);
  return homeScreen(phone);
}

function linkTo(phone: Phone, screen: ScreenName): string {
  return `/phone/${phone.key}${screen === "home" ? "" : `?screen=${screen}`}`;
}

function headOf(phone: Phone, title: string, back?: ScreenName): Html {
  return html`${back ? html`<p class="small"><a href="${linkTo(phone, back)}">‹ Back</a></p>` : ""}
    <h1>${title}</h1>`;
}

function homeScreen(phone: Phone): Html {
  const app = phone.number?.app;
  return html`${headOf(phone, phone.shown)}
    <p class="dim">${phone.number?.verifiedName ?? "WhatsApp Business app"}</p>
    ${app?.banned ? bannedNotice() : ""} ${app && !app.onBusinessApp ? leftNotice() : ""}
    ${app?.signedOut ? signedOutNotice() : ""} ${phone.waiting ? requestOf(phone, phone.waiting) : ""}
    ${
      app
        ? html`<p>${stateOf(app)}</p>
            <div class="buttons">
              ${buttonsOn(phone, app, "home")}
              <a class="button" href="${linkTo(phone, "settings")}">Settings</a>
            </div>`
        : ""
    }`;
}

function bannedNotice(): Html {
  return html`<div class="callout bad" role="note">
    <b>This number can't use WhatsApp Business.</b> The account is banned. The connection to the Business
    Platform ended; once the ban is lifted, the signup must be repeated.
  </div>`;
}

function signedOutNotice(): Html {
  return html`<div class="callout" role="note">This phone is logged out of the WhatsApp Business app.</div>`;
}

function leftNotice(): Html {
  return html`<div class="callout" role="note">
    This number is no longer used in the Business app on this phone.
  </div>`;
}

/** The message of the signup that waits, and the code once it is confirmed. */
function requestOf(phone: Phone, waiting: SignupSession): Html {
  const partner = phone.world.businesses[phone.world.identity.partnerBusinessId]?.name;
  if (waiting.confirmedOnPhone) {
    return html`<div class="callout">
      <p>Your code for the Business Platform:</p>
      <p class="code mono" id="signup-code">${waiting.code}</p>
    </div>`;
  }
  return html`<div class="callout">
    <p><b>${partner}</b> asks to connect this account to the Business Platform.</p>
    ${
      phone.number?.app?.signedOut
        ? html`<p>Sign in to the app on this phone first.</p>`
        : html`<a class="button main" href="${linkTo(phone, "connect")}">Connect</a>`
    }
  </div>`;
}

function connectScreen(phone: Phone): Html {
  const partner = phone.world.businesses[phone.world.identity.partnerBusinessId]?.name;
  return html`${headOf(phone, "Connect to the Business Platform", "home")}
    <p>${partner} will send and receive messages of this account. You go on using the app.</p>
    <form method="post" action="/phone/${phone.key}">
      <label class="check"
        ><input type="checkbox" name="share_history" checked />Share the chats of the last six months</label
      >
      <div class="buttons">
        <button class="main" name="do" value="confirm">Confirm</button>
        <a class="button" href="${linkTo(phone, "home")}">Not now</a>
      </div>
    </form>`;
}

function menuScreen(
  phone: Phone,
  app: BusinessApp,
  title: string,
  back: ScreenName,
  links: ScreenName[],
  here: ScreenName,
): Html {
  const names: Partial<Record<ScreenName, string>> = { account: "Account", platform: "Business Platform" };
  return html`${headOf(phone, title, back)}
    <ul class="list">
      ${links.map(
        (link) =>
          html`<li>
            <a class="pick" href="${linkTo(phone, link)}"><b>${names[link]}</b></a>
          </li>`,
      )}
    </ul>
    <div class="buttons">${buttonsOn(phone, app, here)}</div>`;
}

function platformScreen(phone: Phone, app: BusinessApp): Html {
  return html`${headOf(phone, "Business Platform", "account")}
    <p>${stateOf(app)}</p>
    ${
      app.companion === "unlinked"
        ? ""
        : html`<div class="buttons">
            <a class="button danger" href="${linkTo(phone, "disconnect")}">Disconnect account</a>
          </div>`
    }`;
}

function disconnectScreen(phone: Phone, app: BusinessApp): Html {
  return html`${headOf(phone, "Disconnect account?", "platform")}
    <p>The provider loses access to this account. To connect it again, the signup must be repeated.</p>
    <div class="buttons">
      ${buttonsOn(phone, app, "disconnect")}
      <a class="button" href="${linkTo(phone, "platform")}">Cancel</a>
    </div>`;
}

function stateOf(app: BusinessApp): Html {
  if (app.companion === "linked") return lampOf("good", "Connected to the Business Platform");
  if (app.companion === "offboarded") return lampOf("warn", "Suspended since a change of phone");
  return lampOf("off", "Not connected to the Business Platform");
}

function buttonsOn(phone: Phone, app: BusinessApp, screen: Button["on"]): Html[] {
  const dangers = ["coexistence.disconnect", "coexistence.logout", "coexistence.ban"];
  return BUTTONS.filter((row) => row.on === screen && row.when(app)).map(
    (row) =>
      html`<form class="inline" method="post" action="/phone/${phone.key}">
        <button name="do" value="${row.label}" class="${dangers.includes(row.action) ? "danger" : ""}">
          ${row.label}
        </button>
      </form>`,
  );
}

/** What happens to a number apart from its app's own menus. */
function outsideOf(phone: Phone, app: BusinessApp): Html {
  return html`<section class="card outside" aria-labelledby="outside">
    <h2 id="outside">Simulator: what else can happen</h2>
    ${app.oldPhone ? html`<p>The old phone, the device used during the initial onboarding, is still signed in.</p>` : ""}
    <div class="buttons">${buttonsOn(phone, app, "outside")}</div>
    <p class="small"><a href="/?waba_id=${phone.number?.wabaId}">This account in the world</a></p>
  </section>`;
}
