import type { BudgetedReply } from "../../sharing/probe/ask-about-waba.ts";

const FRESH_MS = 60_000;
const KEPT = 1000;

type Asked = Promise<BudgetedReply | undefined>;

/**
 * Meta's answers of the last minute, so that a page that polls costs one call a minute. Holds state; instants
 * in ms since the epoch.
 */
export class RecentReplies {
  readonly #asked = new Map<string, { at: number; reply: Asked }>();

  get(path: string, now: number, ask: () => Asked): Asked {
    const known = this.#asked.get(path);
    // When the clock is set back, every answer counts as old.
    if (known !== undefined && now >= known.at && now - known.at < FRESH_MS) return known.reply;
    const reply = ask();
    this.#asked.delete(path);
    this.#asked.set(path, { at: now, reply });
    // Only an answer is kept: after a failure or a refusal the next call asks Meta again.
    const forget = (): void => void this.#asked.delete(path);
    reply.then((answer) => {
      if (answer?.kind !== "success") forget();
    }, forget);
    const [oldest] = this.#asked.keys();
    if (this.#asked.size > KEPT && oldest !== undefined) this.#asked.delete(oldest);
    return reply;
  }
}
