/**
 * Live updates of the client's page. The server renders everything; this polls the server and replaces the
 * content of the page. Without it the page still works: every action is a form.
 */
import "./page.css";
import "./actions.css";
import { beginPins } from "./pin.ts";
import { beginSignups, followReturn, isSigningUp, postJson, showOutcome, showSignups } from "./signup.ts";

/** Polling reads our own database only. */
const WATCH_MS = 3000;
const WATCH_DONE_MS = 15_000;
/** Faster after Meta's window was finished, because steps change quickly. */
const WATCH_SIGNUP_MS = 1000;
/** Checks with Meta: well below the six a minute that one link may ask for. */
const LOOK_MS = 20_000;
/** An open page checks with Meta no longer than this after its reader's last action. */
const LOOK_WHILE_MS = 15 * 60_000;
/** After this time without a reader's action, nobody is here. */
const UNTOUCHED_MS = 60_000;

interface State {
  version: string;
  done: boolean;
  said: string;
  html: string | null;
}

const main = document.querySelector<HTMLElement>("#page");
const said = document.querySelector<HTMLElement>("#said");
/** How far the server's clock is ahead of ours; null before the first answer. */
let aheadMs: number | null = null;
const wide = { lookedAt: 0, movedAt: Date.now(), isLooking: false, isAsked: false, timer: 0 };

document.documentElement.classList.add("js");
document.addEventListener("click", onClick);
if (main) localise(main);
if (main?.dataset["state"]) begin(main);

function begin(page: HTMLElement): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset["action"] !== "check") return;
    event.preventDefault();
    void check(page, form.action, true);
  });
  for (const move of ["pointerdown", "keydown", "scroll"])
    document.addEventListener(move, () => (wide.movedAt = Date.now()), { passive: true });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    // A reader who returns to the page usually comes from Meta.
    wide.movedAt = Date.now();
    void watch(page);
  });
  window.setInterval(() => tick(page), 1000);
  window.addEventListener("online", () => void watch(page));
  const hooks = { refresh: () => void watch(page), announce };
  beginSignups(page, hooks);
  beginPins(page, hooks);
  void watch(page);
}

/** Polls once, then again after a while. */
async function watch(page: HTMLElement): Promise<void> {
  window.clearTimeout(wide.timer);
  if (!document.hidden) {
    await ask(page);
    if (mustCheck(page)) void check(page, `${checkAddress()}&by_itself=1`, false);
  }
  window.clearTimeout(wide.timer);
  wide.timer = window.setTimeout(() => void watch(page), pauseMs(page));
}

function pauseMs(page: HTMLElement): number {
  if (isSigningUp(page)) return WATCH_SIGNUP_MS;
  return page.dataset["done"] === "true" ? WATCH_DONE_MS : WATCH_MS;
}

function mustCheck(page: HTMLElement): boolean {
  const now = Date.now();
  const isWatched = now - wide.movedAt < LOOK_WHILE_MS;
  return (
    checkAddress() !== "" && page.dataset["done"] !== "true" && isWatched && now - wide.lookedAt >= LOOK_MS
  );
}

function checkAddress(): string {
  return document.querySelector<HTMLFormElement>("form[data-action=check]")?.action ?? "";
}

/** In a browser that is signed in to the Hub, a page that nobody touches must not keep that session. */
function askingHeaders(): Record<string, string> {
  const isUntouched = Date.now() - wide.movedAt >= UNTOUCHED_MS;
  return { Accept: "application/json", ...(isUntouched && { "Sharekeeper-Background": "1" }) };
}

async function ask(page: HTMLElement): Promise<void> {
  const address = new URL(page.dataset["state"] ?? "", location.href);
  address.searchParams.set("version", page.dataset["version"] ?? "");
  try {
    await take(page, await fetch(address, { headers: askingHeaders() }));
    if (document.body.dataset["offline"] === "true") show("");
    document.body.dataset["offline"] = "false";
  } catch {
    document.body.dataset["offline"] = "true";
    show(page.dataset["offline"] ?? "");
  }
}

/**
 * Starts a check with Meta. One check at a time; the result is shown only to a person who pressed the button.
 */
async function check(page: HTMLElement, address: string, isAsked: boolean): Promise<void> {
  if (isAsked) busy(true);
  wide.isAsked ||= isAsked;
  if (wide.isLooking) return;
  wide.isLooking = true;
  wide.lookedAt = Date.now();
  try {
    const answer = await fetch(address, { method: "POST", headers: askingHeaders() });
    const isLater = answer.status === 429;
    if (!isLater) await take(page, answer);
    const seconds = answer.headers.get("retry-after") ?? "";
    const message = isLater ? page.dataset["later"]?.replace("{seconds}", seconds) : page.dataset["checked"];
    if (wide.isAsked) show(message ?? "");
  } catch {
    show(page.dataset["offline"] ?? "");
  } finally {
    wide.isLooking = false;
    wide.isAsked = false;
    busy(false);
  }
}

/** A link that has ended in the meantime shows its own page; otherwise the new content replaces the old. */
async function take(page: HTMLElement, answer: Response): Promise<void> {
  const serverAt = Date.parse(answer.headers.get("sharekeeper-time") ?? "");
  if (!Number.isNaN(serverAt)) aheadMs = serverAt - Date.now();
  tick(page);
  if (answer.status === 404 || answer.status === 410) return location.reload();
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  const state = (await answer.json()) as State;
  if (state.version === page.dataset["version"] || state.html === null) return;
  page.dataset["version"] = state.version;
  page.dataset["done"] = String(state.done);
  redraw(page, state.html);
  // The page's policy admits no script of Meta's: the page is reloaded when a signup is offered now.
  if (page.dataset["maySignUp"] !== "true" && page.querySelector("[data-launch]")) return location.reload();
  if (said) said.textContent = state.said;
}

/** What is left of a countdown, by the server's clock: "59:07". */
function tick(page: HTMLElement): void {
  if (aheadMs === null) return;
  for (const place of page.querySelectorAll<HTMLElement>("[data-left]")) {
    const leftS = Math.ceil((Date.parse(place.dataset["left"] ?? "") - Date.now() - aheadMs) / 1000);
    place.textContent = leftS > 0 ? clockOf(leftS) : (place.dataset["over"] ?? "");
  }
}

function clockOf(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

/** Open parts stay open, typed text and messages stay, and the focus stays where it was. */
function redraw(page: HTMLElement, html: string): void {
  const opened = [...page.querySelectorAll("details[open]")].map((part) => part.id);
  const focused = pathTo(page, document.activeElement);
  const typed = [...page.querySelectorAll("input")].map(({ id, value }) => ({ id, value }));
  const messages = [...page.querySelectorAll<HTMLElement>("form [data-message]")].map((place) => ({
    id: place.closest("form")?.id ?? "",
    message: place.textContent,
  }));
  page.innerHTML = html;
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  for (const { id, value } of typed) {
    const field = document.getElementById(id);
    if (field instanceof HTMLInputElement) field.value = value;
  }
  for (const { id, message } of messages) {
    const place = document.getElementById(id)?.querySelector("[data-message]");
    if (place) place.textContent = message;
  }
  localise(page);
  showSignups(page);
  followReturn(page);
  tick(page);
  if (focused) page.querySelector<HTMLElement>(focused)?.focus({ preventScroll: true });
  showOutcome(page);
}

/** How to find the element with the focus again: by what it does. */
function pathTo(page: HTMLElement, element: Element | null): string | null {
  if (!(element instanceof HTMLElement) || !page.contains(element)) return null;
  if (element.id) return `#${CSS.escape(element.id)}`;
  const connect = element.closest<HTMLElement>(".connect");
  if (connect) return `.connect[data-waba="${connect.dataset["waba"] ?? ""}"] button`;
  if (element.dataset["copy"]) return `[data-copy="${CSS.escape(element.dataset["copy"])}"]`;
  if (element instanceof HTMLAnchorElement)
    return `a[href="${CSS.escape(element.getAttribute("href") ?? "")}"]`;
  const owner = element.closest("form, details");
  if (owner instanceof HTMLDetailsElement) return `#${CSS.escape(owner.id)} > summary`;
  if (owner instanceof HTMLFormElement && owner.id) return `#${CSS.escape(owner.id)} button`;
  return owner instanceof HTMLFormElement
    ? `form[action="${CSS.escape(owner.getAttribute("action") ?? "")}"] button`
    : null;
}

function busy(isBusy: boolean): void {
  const button = document.querySelector<HTMLButtonElement>("form[data-action=check] button");
  if (!button) return;
  button.dataset["calm"] ??= button.textContent ?? "";
  button.setAttribute("aria-disabled", String(isBusy));
  button.textContent = (isBusy ? button.dataset["running"] : button.dataset["calm"]) ?? "";
}

/** Shown under the button, and announced to screen readers. */
function show(message: string): void {
  const place = document.querySelector("#checked");
  if (place && message) place.textContent = message;
  announce(message);
}

function announce(message: string): void {
  if (said) said.textContent = message;
}

function onClick(event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  const copy = target?.closest<HTMLElement>("[data-copy]");
  if (copy) void copyFrom(copy);
  const suite = target?.closest("[data-suite]");
  if (suite && main?.dataset["step"])
    postJson(main.dataset["step"], { step: "suite_opened" }).catch(() => undefined);
  const share = target?.closest("[data-share]");
  // On a phone its share sheet is better than an email.
  if (share && "share" in navigator && matchMedia("(pointer: coarse)").matches) {
    event.preventDefault();
    navigator.share({ title: document.title, url: location.href }).catch(() => undefined);
  }
}

async function copyFrom(button: HTMLElement): Promise<void> {
  const message = button.dataset["copied"] ?? "";
  button.dataset["calmHtml"] ??= button.innerHTML;
  if (!(await toClipboard(button.dataset["copy"] ?? ""))) return;
  button.textContent = message;
  if (said) said.textContent = message;
  window.setTimeout(() => (button.innerHTML = button.dataset["calmHtml"] ?? ""), 2000);
}

/**
 * Old browsers and plain http have no clipboard of their own: then the value is selected and copied the old
 * way.
 */
async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const isDone = document.execCommand("copy");
    field.remove();
    return isDone;
  }
}

/** The server does not know the reader's zone. */
function localise(page: HTMLElement): void {
  const { lang } = document.documentElement;
  const locale = navigator.languages.find((own) => own.startsWith(lang)) ?? (lang === "en" ? "en-GB" : lang);
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });
  for (const time of page.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    time.textContent = format.format(at);
    time.title = at.toLocaleString(locale, { dateStyle: "full", timeStyle: "long" });
  }
}
