/**
 * `/vN.N/dialog/oauth`: Embedded Signup in a window of its own. The first request opens a session and leads
 * to its first screen; each form goes to `POST /dialog/oauth` and back to the screen that follows, so that
 * reload and Back behave.
 */
import { html, raw } from "hono/html";
import type { EmulatorContext } from "../../context/emulator-context.ts";
import type { HttpAnswer, HttpRequest } from "../../http/http-server.ts";
import { pageAnswer, redirectTo } from "../../http/layout.ts";
import { endingOf } from "./dialog-messages.ts";
import { SCREENS, screenOf } from "./dialog-screens.ts";
import type { Typed } from "./dialog-screens.ts";
import { sdkScriptOf } from "./sdk-script.ts";
import { findSession, openSession } from "./signup-session.ts";
import type { Prefill, SignupSession } from "./signup-session.ts";
import { FormFault, refreshCode, takeStep } from "./signup-steps.ts";

/** The sandbox's configuration for numbers of the platform only. Every other one offers the app as well. */
const PLATFORM_ONLY_CONFIG = "620000000000001";
const APP_FEATURE = "whatsapp_business_app_onboarding";

export function serveSdk(_context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  return Promise.resolve({
    status: 200,
    headers: { "content-type": "application/javascript; charset=utf-8", "access-control-allow-origin": "*" },
    body: sdkScriptOf(request.origin),
  });
}

export function showDialog(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const id = request.query["session"];
  if (id === undefined) return beginSignup(context, request);
  const session = findSession(context.store.world, id);
  return session ? showSession(context, session, 200, {}) : ended();
}

/** A form of a screen; a slip comes back on the same screen with what was typed. */
export async function actInDialog(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const form = Object.fromEntries(new URLSearchParams(request.rawBody));
  const session = findSession(context.store.world, form["session"]);
  if (!session) return ended();
  try {
    takeStep(context, session, form);
    return redirectTo(`/${session.version}/dialog/oauth?session=${session.id}`);
  } catch (error) {
    if (!(error instanceof FormFault)) throw error;
    return showSession(context, session, 400, form, error.message);
  }
}

/** The window says that it closes on its last screen. */
export function leaveDialog(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const session = findSession(context.store.world, request.query["session"]);
  if (session) refreshCode(context, session);
  return Promise.resolve({ status: 204, body: "" });
}

function beginSignup(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const { query, path } = request;
  const { world } = context.store;
  const appId = query["client_id"] ?? query["app_id"] ?? "";
  if (!world.apps[appId])
    return stopped("Invalid App ID", "The provided app ID does not look like a valid app ID.");
  const configId = query["config_id"] ?? "";
  // A wrong configuration fails before anybody signs in, without a code of its own.
  if (!/^\d+$/.test(configId))
    return stopped("Sorry, something went wrong", `There is no configuration "${configId}".`);
  if (query["response_type"] !== "code")
    return stopped("Not emulated", "This simulator emulates response_type=code only: Embedded Signup's own.");
  const extras = extrasOf(query["extras"]);
  const isApp = extras["featureType"] === APP_FEATURE || configId !== PLATFORM_ONLY_CONFIG;
  const isAppOnly = namesAppOnly(extras["features"]);
  const session = openSession(world, {
    appId,
    configId,
    version: /^\/(v\d+\.\d+)\//.exec(path)?.[1] ?? "v25.0",
    openerOrigin: query["origin"] ?? originOf(request.headers["referer"]),
    channel: query["cb"] ?? "f0",
    offersApp: isApp && !isAppOnly,
    offersPlatform: true,
    isAppOnly,
    prefill: prefillOf(extras),
  });
  return Promise.resolve(redirectTo(`/${session.version}/dialog/oauth?session=${session.id}`));
}

/** `features: [{ name: "app_only_install" }]`. Source: Embedded Signup, versions (features by version). */
function namesAppOnly(features: unknown): boolean {
  return (
    Array.isArray(features) && features.some((feature) => recordOf(feature)["name"] === "app_only_install")
  );
}

function originOf(address: string | undefined): string {
  return address && URL.canParse(address) ? new URL(address).origin : "";
}

type Extras = Record<string, unknown>;

function extrasOf(text: string | undefined): Extras {
  try {
    return recordOf(JSON.parse(text ?? "{}"));
  } catch {
    return {};
  }
}

function recordOf(value: unknown): Extras {
  return typeof value === "object" && value !== null ? (value as Extras) : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** `extras.setup`. Source: Embedded Signup, Pre-filled data (November 2025). */
function prefillOf(extras: Extras): Prefill {
  const setup = recordOf(extras["setup"]);
  const business = recordOf(setup["business"]);
  return {
    businessId: textOf(business["id"]) || null,
    businessName: textOf(business["name"]),
    displayName: textOf(recordOf(setup["phone"])["displayName"]),
  };
}

function showSession(
  context: EmulatorContext,
  session: SignupSession,
  status: number,
  typed: Typed,
  refusal?: string,
): Promise<HttpAnswer> {
  const { world } = context.store;
  const ending = endingOf(session, world.knobs, context.clock.now());
  return pageAnswer(status, {
    title: session.failure ? "Embedded Signup" : `${SCREENS[session.step].title} · Embedded Signup`,
    frame: "window",
    ...(refusal && { notice: { kind: "refused", text: refusal } }),
    main: html`<section class="card">${screenOf(world, session, typed)}</section>
      <output class="mono small" id="said"></output>
      <script type="application/json" id="ending">
        ${raw(JSON.stringify(ending).replaceAll("<", "\\u003c"))}
      </script>
      <script>
        ${raw(CLOSING)};
      </script>`,
  });
}

function ended(): Promise<HttpAnswer> {
  return stopped(
    "This signup has ended",
    "Close this window and begin again from the page that opened it.",
    410,
  );
}

function stopped(title: string, words: string, status = 400): Promise<HttpAnswer> {
  return pageAnswer(status, {
    title,
    frame: "window",
    main: html`<section class="card">
      <h1>${title}</h1>
      <p>${words}</p>
      <div class="buttons"><button type="button" onclick="window.close()">Close</button></div>
    </section>`,
  });
}

/**
 * Tells the opener how the signup ended, whether by a button or by closing the window; a form or a reload
 * ends nothing.
 */
const CLOSING = `
const ending = JSON.parse(document.getElementById("ending").textContent);
let staying = false,
  told = false;
function tell() {
  if (told) return;
  told = true;
  if (window.opener && ending.origin)
    for (const message of ending.messages) window.opener.postMessage(message, ending.origin);
  else
    document.getElementById("said").textContent =
      "Nobody opened this window. It would have said: " + ending.messages.join("   then   ");
}
addEventListener("submit", () => {
  staying = true;
});
addEventListener("keydown", (event) => {
  if (event.key === "F5" || ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "r"))
    staying = true;
});
addEventListener("pagehide", () => {
  if (staying || told) return;
  if (ending.refresh) navigator.sendBeacon(ending.refresh);
  tell();
});
for (const button of document.querySelectorAll("[data-close]"))
  button.addEventListener("click", async () => {
    if (ending.refresh) await fetch(ending.refresh, { method: "POST" }).catch(() => undefined);
    tell();
    setTimeout(() => window.close(), 100);
  });
`;
