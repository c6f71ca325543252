import type { Clock } from "../../src/lib/clock.ts";
import type { RandomSource } from "./random-source.ts";
import type { Delivery, Webhook } from "./webhook.ts";

/** Where webhooks arrive. Returns the HTTP status; 0: no server answered. */
export interface Receiver {
  receive(delivery: Delivery): number | Promise<number>;
}

/**
 * The network between Meta and us: it loses, delays, doubles and reorders webhooks, and carries forged ones.
 */
export class Wire {
  lastAt = 0;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #receiver: Receiver;
  readonly #onAnswer: (delivery: Delivery, status: number) => void;
  readonly #isCalm: boolean;

  /** @param isCalm every webhook arrives once, soon */
  constructor(
    parts: {
      clock: Clock;
      random: RandomSource;
      receiver: Receiver;
      onAnswer: (delivery: Delivery, status: number) => void;
    },
    isCalm: boolean,
  ) {
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#receiver = parts.receiver;
    this.#onAnswer = parts.onAnswer;
    this.#isCalm = isCalm;
  }

  send(webhook: Webhook): string {
    const random = this.#random;
    const entryTimeS = Math.floor(this.#clock.now() / 1000);
    if (this.#isCalm) return this.#carry({ webhook, entryTimeS, copy: 1 }, random.between(50, 900), 0);
    if (random.chance(0.15)) return "lost on the way";
    const way = [this.#carry({ webhook, entryTimeS, copy: 1 }, this.#delayMs(), 0)];
    while (random.chance(0.2) && way.length < 4) {
      const delayMs = this.#delayMs() + random.pick([0, 0, 1000, 30_000, 600_000]);
      // A redelivery of PARTNER_REMOVED under a new time is what rule 4 distrusts.
      const isStampedAnew = webhook.event === "PARTNER_REMOVED" && random.chance(0.2);
      const stampedS = isStampedAnew ? Math.floor((this.#clock.now() + delayMs) / 1000) : entryTimeS;
      way.push(this.#carry({ webhook, entryTimeS: stampedS, copy: way.length + 1 }, delayMs, 0));
    }
    return way.join(", again ");
  }

  #delayMs(): number {
    const how = this.#random.weighted({ prompt: 14, slow: 3, late: 3 });
    if (how === "prompt") return this.#random.between(50, 900);
    return how === "slow" ? this.#random.between(1000, 8000) : this.#random.between(8000, 600_000);
  }

  /** Only a 200 counts: after any other status it is sent again after 1, 2, 4, … s. */
  #carry(delivery: Delivery, delayMs: number, attempt: number): string {
    const at = this.#clock.now() + delayMs;
    this.lastAt = Math.max(this.lastAt, at);
    this.#clock.at(at, () => {
      const answer = this.#receiver.receive(delivery);
      const done = (status: number): void => {
        this.#onAnswer(delivery, status);
        const isTriedAgain = status !== 200 && delivery.webhook.isSigned && attempt < 10;
        if (isTriedAgain) this.#carry(delivery, 1000 * 2 ** attempt, attempt + 1);
      };
      if (typeof answer === "number") done(answer);
      else void answer.then(done);
    });
    return `after ${(delayMs / 1000).toFixed(1)} s`;
  }
}
