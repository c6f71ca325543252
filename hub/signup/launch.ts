/**
 * Opens Meta's Embedded Signup and sends both of its signup events to our server: the code of the login
 * callback, which lives 30 s, and the `WA_EMBEDDED_SIGNUP` message, in whichever order they come. Used by the
 * client's page and by the Hub; knows neither.
 *
 *     await loadSdk(launch) // when the button is shown button.onclick = () => openSignup({ page: window,
 *     launch, post, onNews }) // and nothing awaited before it
 */
import {
  sendUntil,
  SignupRefusal,
  type PageWayOut,
  type SignupAnswer,
  type SignupEvent,
  type SignupLaunch,
  type SignupPost,
} from "./signup-wire.ts";

export interface FacebookSdk {
  init(settings: object): void;
  login(callback: (answer: LoginAnswer | null | undefined) => void, options: object): void;
}
interface LoginAnswer {
  authResponse?: { code?: string | null } | null;
}
interface Popup {
  readonly closed: boolean;
  focus(): void;
  close(): void;
}

/** The part of `window` that is used. */
interface SignupPage {
  FB?: FacebookSdk;
  open(url?: string | URL, target?: string, features?: string): Popup | null;
  addEventListener(type: "message", listener: (event: SignupMessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: SignupMessageEvent) => void): void;
}
interface SignupMessageEvent {
  readonly origin: string;
  readonly data: unknown;
}

export type SignupNews<A> =
  /** The window is open; the person acts there. */
  | { kind: "opened" }
  /** The server accepted an event: `answer` is the signup after it. */
  | { kind: "answered"; answer: A }
  /**
   * Nothing more comes from the window. `code`: the server continues; `message`: the dialog itself said why
   * it ended.
   */
  | { kind: "ended"; by: "code" | "message" | PageWayOut }
  /** The server refused for good, or (null) was not reached in time. */
  | { kind: "failed"; refusal: SignupRefusal | null };

export interface SignupOpening<A extends SignupAnswer> {
  page: SignupPage;
  launch: SignupLaunch;
  post: SignupPost<A>;
  onNews(news: SignupNews<A>): void;
}

export interface OpenedSignup {
  /** Whether the window may still answer. */
  isOpen(): boolean;
  focus(): void;
  /** Stops listening: the page shows something else. */
  leave(): void;
}

/** Meta's codes live this long (embedded-signup/implementation). */
const CODE_LIVES_MS = 30_000;
/** For the other events, which do not expire. */
const SENT_WITHIN_MS = 120_000;
/** The callback without a code may come before the message that says why. */
const MESSAGE_AWAITED_MS = 1200;
/** After a window has closed without a message: its last messages may still be on their way. */
const GONE_AWAITED_MS = 5000;
const LOOK_MS = 500;
/** No message within this time. A late code is still accepted. */
const ANSWERS_WITHIN_MS = 15 * 60_000;

/**
 * Call it in the click itself: a browser blocks a window that opens later. The attempt is begun beside it and
 * not waited for.
 */
export function openSignup<A extends SignupAnswer>(opening: SignupOpening<A>): OpenedSignup {
  const dialog = new Dialog(opening);
  dialog.open();
  return dialog;
}

class Dialog<A extends SignupAnswer> implements OpenedSignup {
  readonly #opening: SignupOpening<A>;
  readonly #attemptId: Promise<string>;
  #popup: Popup | null = null;
  #isOver = false;
  /** The dialog's own message said how it ended. */
  #isSaid = false;
  #hasCode = false;
  #isFailed = false;
  #timers: ReturnType<typeof setTimeout>[] = [];

  constructor(opening: SignupOpening<A>) {
    this.#opening = opening;
    this.#attemptId = this.#begin();
    this.#attemptId.catch((error: unknown) => this.#fail(error));
  }

  open(): void {
    const { page, launch } = this.#opening;
    const sdk = page.FB;
    if (typeof sdk?.login !== "function") return this.#leaveBy("sdk_blocked");
    page.addEventListener("message", this.#receive);
    let isOpened: boolean;
    try {
      isOpened = this.#logIn(sdk, launch);
    } catch {
      // The SDK throws when something on the page has replaced a part of it.
      return this.#leaveBy("sdk_blocked");
    }
    if (!isOpened) return this.#leaveBy("popup_blocked");
    if (this.#isOver) return;
    this.#opening.onNews({ kind: "opened" });
    this.#watch();
    this.#after(ANSWERS_WITHIN_MS, () => this.#leaveBy("timed_out"));
  }

  isOpen(): boolean {
    return !this.#isOver && this.#popup?.closed !== true;
  }

  focus(): void {
    this.#popup?.focus();
  }

  leave(): void {
    this.#isOver = true;
    this.#timers.forEach(clearTimeout);
    this.#opening.page.removeEventListener("message", this.#receive);
  }

  async #begin(): Promise<string> {
    const answer = await sendUntil(Date.now() + SENT_WITHIN_MS, () => this.#opening.post({ type: "begun" }));
    if (answer.attempt_id === null) throw new Error("Broken assumption: what was begun has an attempt");
    this.#opening.onNews({ kind: "answered", answer });
    return answer.attempt_id;
  }

  /**
   * @returns false when the browser kept the window shut: the SDK itself does not distinguish that from a
   * cancelled login.
   */
  #logIn(sdk: FacebookSdk, launch: SignupLaunch): boolean {
    const { page } = this.#opening;
    const open = page.open;
    let isBlocked = false;
    page.open = (...given) => {
      const popup = open.apply(page, given);
      isBlocked = popup === null;
      this.#popup ??= popup;
      return popup;
    };
    try {
      // Not an async function: the SDK refuses one.
      sdk.login((answer) => this.#onCallback(isBlocked, answer?.authResponse?.code ?? null), {
        config_id: launch.config_id,
        response_type: "code",
        override_default_response_type: true,
        extras: launch.extras,
      });
    } finally {
      page.open = open;
    }
    return !isBlocked;
  }

  #onCallback(isBlocked: boolean, code: string | null): void {
    if (isBlocked) return;
    if (code !== null) return this.#takeCode(code);
    if (this.#isSaid) return this.#end("message");
    this.#after(MESSAGE_AWAITED_MS, () => this.#leaveBy("login_cancelled"));
  }

  #takeCode(code: string): void {
    if (this.#hasCode) return;
    this.#hasCode = true;
    void this.#send({ type: "code", code }, CODE_LIVES_MS);
    // The message may still come: it is accepted until the page opens another window.
    this.#timers.forEach(clearTimeout);
    this.#end("code");
  }

  /** Exactly Meta's origins: an address that only ends like Meta's may belong to anybody. */
  readonly #receive = ({ origin, data }: SignupMessageEvent): void => {
    if (!this.#opening.launch.dialog_origins.includes(origin)) return;
    const message = parseSignupMessage(data);
    if (message === null) return;
    const isEnd = /^(CANCEL|ERROR)/.test(String(message["event"]));
    this.#isSaid ||= isEnd;
    void this.#send({ type: "session", message }, SENT_WITHIN_MS);
    if (isEnd && !this.#hasCode) {
      this.#timers.forEach(clearTimeout);
      this.#end("message");
    }
  };

  /** A window that was closed without a message and without a callback. */
  #watch(): void {
    this.#after(LOOK_MS, () => {
      if (this.#popup?.closed === true) this.#after(GONE_AWAITED_MS, () => this.#leaveBy("timed_out"));
      else this.#watch();
    });
  }

  #leaveBy(code: PageWayOut): void {
    if (this.#isOver || this.#hasCode || this.#isSaid) return;
    this.#timers.forEach(clearTimeout);
    void this.#send({ type: "exit", code }, SENT_WITHIN_MS);
    this.#end(code);
  }

  async #send(event: SignupEvent, withinMs: number): Promise<void> {
    const deadline = Date.now() + withinMs;
    try {
      const attemptId = await this.#attemptId;
      const answer = await sendUntil(deadline, () => this.#opening.post({ ...event, attempt_id: attemptId }));
      this.#opening.onNews({ kind: "answered", answer });
    } catch (error) {
      this.#fail(error);
    }
  }

  #end(by: Extract<SignupNews<A>, { kind: "ended" }>["by"]): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#opening.onNews({ kind: "ended", by });
  }

  /** Only once: a failure that follows from the first one is not reported. */
  #fail(error: unknown): void {
    if (this.#isFailed) return;
    this.#isFailed = true;
    this.#popup?.close();
    this.leave();
    this.#opening.onNews({ kind: "failed", refusal: error instanceof SignupRefusal ? error : null });
  }

  #after(ms: number, then: () => void): void {
    this.#timers.push(setTimeout(then, ms));
  }
}

/** Meta posts a JSON string; the same channel carries other messages that are ignored. */
function parseSignupMessage(data: unknown): Record<string, unknown> | null {
  if (typeof data !== "string") return null;
  try {
    const said: unknown = JSON.parse(data);
    const isOurs =
      typeof said === "object" && said !== null && "type" in said && said.type === "WA_EMBEDDED_SIGNUP";
    return isOurs ? (said as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
