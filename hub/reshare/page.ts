/**
 * The client's page, made alive. The server renders everything; this asks now and then what is known, and puts the new picture in the
 * place of the old one. Without it the page still works: every act is a form.
 */
import "./page.css";

/** Watching asks our own database only. */
const WATCH_MS = 3000;
const WATCH_DONE_MS = 15_000;
/** Looking at Meta: well within the six a minute that one link may ask for. */
const LOOK_MS = 20_000;
/** A page that is left open looks at Meta no longer than this after its reader's last move. */
const LOOK_WHILE_MS = 15 * 60_000;

interface State {
  version: string;
  done: boolean;
  said: string;
  html: string | null;
}

const main = document.querySelector<HTMLElement>("#page");
const said = document.querySelector<HTMLElement>("#said");
const wide = { lookedAt: 0, movedAt: Date.now(), isLooking: false, isAsked: false, timer: 0 };

document.documentElement.classList.add("js");
document.addEventListener("click", onClick);
if (main) localise(main);
if (main?.dataset["state"]) begin(main);

function begin(page: HTMLElement): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset["act"] !== "check") return;
    event.preventDefault();
    void look(page, form.action, true);
  });
  for (const move of ["pointerdown", "keydown", "scroll"])
    document.addEventListener(move, () => (wide.movedAt = Date.now()), { passive: true });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    // Whoever comes back comes back from Meta.
    wide.movedAt = Date.now();
    void watch(page);
  });
  window.addEventListener("online", () => void watch(page));
  void watch(page);
}

/** Asks what is known, then again after a while. */
async function watch(page: HTMLElement): Promise<void> {
  window.clearTimeout(wide.timer);
  if (!document.hidden) {
    await ask(page);
    if (mustLook(page)) void look(page, `${checkAddress()}&by_itself=1`, false);
  }
  wide.timer = window.setTimeout(
    () => void watch(page),
    page.dataset["done"] === "true" ? WATCH_DONE_MS : WATCH_MS,
  );
}

function mustLook(page: HTMLElement): boolean {
  const now = Date.now();
  const isWatched = now - wide.movedAt < LOOK_WHILE_MS;
  return (
    checkAddress() !== "" && page.dataset["done"] !== "true" && isWatched && now - wide.lookedAt >= LOOK_MS
  );
}

function checkAddress(): string {
  return document.querySelector<HTMLFormElement>("form[data-act=check]")?.action ?? "";
}

async function ask(page: HTMLElement): Promise<void> {
  const address = new URL(page.dataset["state"] ?? "", location.href);
  address.searchParams.set("version", page.dataset["version"] ?? "");
  try {
    await take(page, await fetch(address, { headers: { Accept: "application/json" } }));
    if (document.body.dataset["offline"] === "true") tell("");
    document.body.dataset["offline"] = "false";
  } catch {
    document.body.dataset["offline"] = "true";
    tell(page.dataset["offline"] ?? "");
  }
}

/** Has Meta looked at. One look at a time; only a person who pressed the button, before it or during it, hears how it went. */
async function look(page: HTMLElement, address: string, isAsked: boolean): Promise<void> {
  if (isAsked) busy(true);
  wide.isAsked ||= isAsked;
  if (wide.isLooking) return;
  wide.isLooking = true;
  wide.lookedAt = Date.now();
  try {
    const answer = await fetch(address, { method: "POST", headers: { Accept: "application/json" } });
    const isLater = answer.status === 429;
    if (!isLater) await take(page, answer);
    const seconds = answer.headers.get("retry-after") ?? "";
    const words = isLater ? page.dataset["later"]?.replace("{seconds}", seconds) : page.dataset["checked"];
    if (wide.isAsked) tell(words ?? "");
  } catch {
    tell(page.dataset["offline"] ?? "");
  } finally {
    wide.isLooking = false;
    wide.isAsked = false;
    busy(false);
  }
}

/** A link that has ended meanwhile shows its own page; a new picture takes the place of the old one. */
async function take(page: HTMLElement, answer: Response): Promise<void> {
  if (answer.status === 404 || answer.status === 410) return location.reload();
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  const state = (await answer.json()) as State;
  if (state.version === page.dataset["version"] || state.html === null) return;
  page.dataset["version"] = state.version;
  page.dataset["done"] = String(state.done);
  redraw(page, state.html);
  if (said) said.textContent = state.said;
}

/** Open parts stay open, and the focus stays where it was. */
function redraw(page: HTMLElement, html: string): void {
  const opened = [...page.querySelectorAll("details[open]")].map((part) => part.id);
  const focused = pathTo(page, document.activeElement);
  page.innerHTML = html;
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  localise(page);
  if (focused) page.querySelector<HTMLElement>(focused)?.focus({ preventScroll: true });
}

/** How to find the element with the focus again: by what it does. */
function pathTo(page: HTMLElement, element: Element | null): string | null {
  if (!(element instanceof HTMLElement) || !page.contains(element)) return null;
  if (element.dataset["copy"]) return `[data-copy="${CSS.escape(element.dataset["copy"])}"]`;
  if (element instanceof HTMLAnchorElement)
    return `a[href="${CSS.escape(element.getAttribute("href") ?? "")}"]`;
  const owner = element.closest("form, details");
  if (owner instanceof HTMLDetailsElement) return `#${CSS.escape(owner.id)} > summary`;
  return owner instanceof HTMLFormElement
    ? `form[action="${CSS.escape(owner.getAttribute("action") ?? "")}"] button`
    : null;
}

function busy(isBusy: boolean): void {
  const button = document.querySelector<HTMLButtonElement>("form[data-act=check] button");
  if (!button) return;
  button.dataset["calm"] ??= button.textContent ?? "";
  button.setAttribute("aria-disabled", String(isBusy));
  button.textContent = (isBusy ? button.dataset["running"] : button.dataset["calm"]) ?? "";
}

/** Seen under the button, and heard. */
function tell(words: string): void {
  const place = document.querySelector("#checked");
  if (place && words) place.textContent = words;
  if (said) said.textContent = words;
}

function onClick(event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  const copy = target?.closest<HTMLElement>("[data-copy]");
  if (copy) void copyFrom(copy);
  const share = target?.closest("[data-share]");
  // A phone knows better than a mail where its reader wants the link.
  if (share && "share" in navigator && matchMedia("(pointer: coarse)").matches) {
    event.preventDefault();
    navigator.share({ title: document.title, url: location.href }).catch(() => undefined);
  }
}

async function copyFrom(button: HTMLElement): Promise<void> {
  const words = button.dataset["copied"] ?? "";
  button.dataset["calmHtml"] ??= button.innerHTML;
  if (!(await toClipboard(button.dataset["copy"] ?? ""))) return;
  button.textContent = words;
  if (said) said.textContent = words;
  window.setTimeout(() => (button.innerHTML = button.dataset["calmHtml"] ?? ""), 2000);
}

/** Old browsers and plain http have no clipboard of their own: then the value is selected and copied the old way. */
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
