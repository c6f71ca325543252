/**
 * Meta's window on the client's pages: the server renders the button with all that the click needs, this
 * opens the window and says what it is doing beside the button. The server renders the result.
 */
import { openSignup, type OpenedSignup, type SignupNews } from "../signup/launch.ts";
import { loadSdk, sdkStateOf } from "../signup/load-sdk.ts";
import { readSignupAnswer, type SignupLaunch, type SignupSent } from "../signup/signup-wire.ts";

export interface SignupHooks {
  /** Asks the server for the new picture. */
  refresh(): void;
  /** Announces the message to screen readers. */
  announce(message: string): void;
}

interface Answer {
  id: string;
  attempt_id: string | null;
  exit_reason: { title: string } | null;
}

type Now = "idle" | "loading" | "open" | "sent" | "failed";

/** State of the newest click. It survives a redraw of the page. */
const wide = { wabaId: "", now: "idle" as Now, message: "", shown: "", opened: null as OpenedSignup | null };

/**
 * The server has nothing to show while it exchanges and matches; after this the button is there again
 * whatever happens.
 */
const SENT_SHOWN_MS = 25_000;

export function beginSignups(page: HTMLElement, hooks: SignupHooks): void {
  page.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-focus]")) wide.opened?.focus();
    // Meta's hosted page opens as a link; only the opening is reported.
    if (target?.closest("[data-hosted]"))
      postJson(page.dataset["signup"] ?? "", { type: "begun" }).catch(() => undefined);
    const part = target?.closest("[data-connect]")?.closest<HTMLElement>(".connect");
    if (part) connect(page, part, hooks);
  });
  showSignups(page);
}

/** After each redraw: the SDK is loaded as soon as it may be needed, because the click itself cannot wait. */
export function showSignups(page: HTMLElement): void {
  const parts = [...page.querySelectorAll<HTMLElement>(".connect")];
  if (page.querySelector("[data-progress], [data-exit-reason]") && wide.now === "sent") set(page, "idle");
  for (const part of parts) {
    void loadSdk(launchOf(part)).then(() => show(part));
    show(part);
  }
}

/** Brings the result of the window into view and gives it the focus, once. It replaces the button. */
export function showOutcome(page: HTMLElement): void {
  const outcome = page.querySelector<HTMLElement>("[data-exit-reason]");
  const attempt = outcome?.dataset["attempt"] ?? "";
  if (!outcome || wide.opened === null || attempt === wide.shown) return;
  wide.shown = attempt;
  outcome.focus({ preventScroll: true });
  outcome.scrollIntoView({ block: "center" });
}

/** Long enough to read that all is done. */
const RETURN_AFTER_MS = 4000;

/**
 * When the signup is finished on the open page, redirects to the provider's address. A later visit is not
 * redirected.
 */
export function followReturn(page: HTMLElement): void {
  const link = page.querySelector<HTMLAnchorElement>("a[data-return]");
  if (link) window.setTimeout(() => location.assign(link.href), RETURN_AFTER_MS);
}

/** Whether the page waits for news of a window, so that it asks more often. */
export function isSigningUp(page: HTMLElement): boolean {
  const isProving = page.querySelector("[data-progress]:not([data-progress=ready])") !== null;
  return wide.now === "open" || wide.now === "sent" || isProving;
}

function show(part: HTMLElement): void {
  const isOurs = (part.dataset["waba"] ?? "") === wide.wabaId;
  const isLoading = sdkStateOf(launchOf(part)) === "loading";
  const now = isOurs && wide.now !== "idle" ? wide.now : isLoading ? "loading" : "idle";
  part.dataset["now"] = now;
  const button = part.querySelector("[data-connect]");
  button?.setAttribute("aria-disabled", String(now === "loading" || now === "sent"));
  const message = part.querySelector("[data-message]");
  if (message) message.textContent = isOurs ? wide.message : "";
}

function set(page: HTMLElement, now: Now, message = ""): void {
  wide.now = now;
  wide.message = message;
  for (const part of page.querySelectorAll<HTMLElement>(".connect")) show(part);
}

/** In the click: nothing is awaited before `FB.login`. */
function connect(page: HTMLElement, part: HTMLElement, hooks: SignupHooks): void {
  const launch = launchOf(part);
  if (sdkStateOf(launch) === "loading" || wide.now === "sent") return;
  if (wide.now === "open" && wide.opened?.isOpen() === true) return wide.opened.focus();
  wide.opened?.leave();
  wide.wabaId = part.dataset["waba"] ?? "";
  set(page, "idle");
  wide.opened = openSignup<Answer>({
    page: window,
    launch,
    post: posterOf(page, part),
    onNews: (news) => onNews(page, news, hooks),
  });
  // Blocked: the server is notified, and it is tried again in the meantime.
  if (sdkStateOf(launch) === "blocked") void loadSdk(launch).then(() => showSignups(page));
}

function onNews(page: HTMLElement, news: SignupNews<Answer>, { refresh, announce }: SignupHooks): void {
  switch (news.kind) {
    case "opened":
      set(page, "open");
      return;
    case "answered":
      if (news.answer.exit_reason) announce(news.answer.exit_reason.title);
      return refresh();
    case "ended":
      if (news.by !== "code") return set(page, "idle");
      set(page, "sent");
      window.setTimeout(() => wide.now === "sent" && set(page, "idle"), SENT_SHOWN_MS);
      return;
    case "failed": {
      const message = messageOf(page, news.refusal?.code ?? null);
      set(page, message === "" ? "idle" : "failed", message);
      announce(message);
      refresh();
    }
  }
}

/** What the server refused is mostly that the page is out of date: then the new picture says enough. */
function messageOf(page: HTMLElement, code: string | null): string {
  if (code === null) return page.dataset["notSent"] ?? "";
  if (code === "too_many_attempts") return page.dataset["tooMany"] ?? "";
  return code === "attempt_ended" ? (page.dataset["windowGone"] ?? "") : "";
}

/** The beginning names the WABA and the flow; what follows names the signup that the beginning made. */
function posterOf(page: HTMLElement, part: HTMLElement): (sent: SignupSent) => Promise<Answer> {
  const { waba, cleared, flow } = part.dataset;
  const begin = {
    type: "begun",
    ...(waba && { waba_id: waba }),
    ...(cleared && { taken_over_cleared: true }),
    ...(flow && { flow }),
  };
  let signupId = "";
  return async (sent) => {
    const body = sent.type === "begun" ? begin : { ...sent, signup_id: signupId };
    const answer = await readSignupAnswer<Answer>(await postJson(page.dataset["signup"] ?? "", body));
    signupId = answer.id;
    return answer;
  };
}

export function postJson(address: string, body: object): Promise<Response> {
  return fetch(address, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify(body),
    // The reader may leave the page once Meta's window is done: what it gave is sent all the same.
    keepalive: true,
  });
}

function launchOf(part: HTMLElement): SignupLaunch {
  return JSON.parse(part.dataset["launch"] ?? "{}") as SignupLaunch;
}
