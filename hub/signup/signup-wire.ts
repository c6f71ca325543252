/**
 * The requests and answers between a page and our server about one signup. No DOM types: tests run without a
 * browser.
 */

/** All that `FB.init` and `FB.login` need, known before the click. `launch` of the API's signup, as it is. */
export interface SignupLaunch {
  app_id: string;
  config_id: string;
  graph_version: string;
  sdk_url: string;
  /** Messages from elsewhere are not Meta's. */
  dialog_origins: string[];
  extras: Record<string, unknown>;
}

/** Exit reasons that only the page sees. */
export type PageWayOut = "popup_blocked" | "sdk_blocked" | "login_cancelled" | "timed_out";

export type SignupEvent =
  | { type: "code"; code: string }
  | { type: "session"; message: Record<string, unknown> }
  | { type: "exit"; code: PageWayOut };

export type SignupSent = { type: "begun" } | (SignupEvent & { attempt_id: string });

/**
 * The part of the server's answer that is needed here: the attempt that was begun. Pages get the whole
 * answer.
 */
export interface SignupAnswer {
  attempt_id: string | null;
}

/**
 * Sends one event to the server. Throws `SignupRefusal` for an answer that stays the same however often it is
 * asked (4xx), and anything else, as `fetch` does without a network, for what is worth sending again.
 */
export type SignupPost<A extends SignupAnswer> = (sent: SignupSent) => Promise<A>;

/** A final refusal of the server, with the code and text of its problem document. */
export class SignupRefusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(problem: { code?: string; title?: string; detail?: string; status: number }) {
    super(problem.detail ?? problem.title ?? `answered ${problem.status}`);
    this.name = "SignupRefusal";
    this.code = problem.code ?? "";
    this.status = problem.status;
  }
}

/** The answer's JSON, or the right error for `SignupPost`. */
export async function readSignupAnswer<A extends SignupAnswer>(answer: Response): Promise<A> {
  if (answer.ok) return (await answer.json()) as A;
  if (answer.status >= 500) throw new Error(`answered ${answer.status}`);
  const problem = (await answer.json().catch(() => ({}))) as {
    code?: string;
    title?: string;
    detail?: string;
  };
  throw new SignupRefusal({ ...problem, status: answer.status });
}

const PAUSES_MS = [400, 800, 1500];
const LAST_PAUSE_MS = 2000;

/** Tries again until it succeeds, is refused for good, or its time is over. */
export async function sendUntil<T>(deadline: number, send: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      const pauseMs = PAUSES_MS[tries] ?? LAST_PAUSE_MS;
      if (error instanceof SignupRefusal || Date.now() + pauseMs >= deadline) throw error;
      await new Promise((again) => setTimeout(again, pauseMs));
    }
  }
}
