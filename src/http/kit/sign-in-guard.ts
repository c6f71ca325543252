import type { IncomingMessage } from "node:http";
import type { Logger } from "pino";
import { keyHashOf } from "../../access/api-key.ts";
import type { PasswordHasher } from "../../access/create-password-hasher.ts";
import type { ClientAddress } from "../../lib/client-address.ts";
import type { Clock } from "../../lib/clock.ts";
import { FailureBrake } from "../../lib/failure-brake.ts";
import { networkOf } from "../../lib/network-of.ts";
import { laterProblem, Problem, type ProblemCode } from "../../problems.ts";
import type { Metrics } from "../../reports/create-metrics.ts";

interface SignInGuardDeps {
  hasher: PasswordHasher;
  wallClock: Clock;
  log: Logger;
  metrics: Pick<Metrics, "countAuthFailure">;
  addressOf: ClientAddress;
}

const LOG_INTERVAL_MS = 60_000;
const PROVEN = 10_000;
const GUESSES: ReadonlySet<ProblemCode> = new Set(["wrong_sign_in", "wrong_password", "wrong_code"]);

/**
 * Limits guessed passwords and codes, by address and by account, with waits that end: nobody is locked out
 * for good. Who has signed in to an account from a network before waits for the failures of that network
 * alone, so a guesser elsewhere cannot keep the owner out. Each instance counts for itself.
 */
export class SignInGuard {
  readonly #deps: SignInGuardDeps;
  readonly #byAddress = new FailureBrake();
  readonly #byAccount = new FailureBrake();
  readonly #proven = new Set<string>();
  #loggedAt = -Infinity;
  #unlogged = 0;

  constructor(deps: SignInGuardDeps) {
    this.#deps = deps;
  }

  /**
   * Runs `task` in the hasher's turn, unless the caller or the account has to wait; one of its problems of
   * wrong passwords and codes counts as a guess. The wait is looked at in turn, so that many requests at once
   * are no way around it. `account`: the e-mail address.
   *
   * @throws Problem too_many_sign_ins, or what `task` throws
   */
  run<Result>(incoming: IncomingMessage, account: string, task: () => Promise<Result>): Promise<Result> {
    const address = this.#deps.addressOf(incoming);
    const owner = keyHashOf(account.trim().toLowerCase()).toString("base64");
    return this.#deps.hasher.inTurn(async () => {
      const waitMs = this.#waitMs(address, owner);
      if (waitMs > 0) throw laterProblem("too_many_sign_ins", waitMs);
      try {
        const result = await task();
        this.#passed(address, owner);
        return result;
      } catch (error) {
        if (error instanceof Problem && GUESSES.has(error.code)) this.#failed(address, owner);
        throw error;
      }
    });
  }

  #waitMs(address: string, owner: string): number {
    const now = this.#deps.wallClock.now();
    const ofAddress = this.#byAddress.waitMs(address, now);
    return this.#proven.has(placeOf(address, owner))
      ? ofAddress
      : Math.max(ofAddress, this.#byAccount.waitMs(owner, now));
  }

  #passed(address: string, owner: string): void {
    const [oldest] = this.#proven;
    if (this.#proven.size >= PROVEN && oldest !== undefined) this.#proven.delete(oldest);
    this.#proven.add(placeOf(address, owner));
  }

  #failed(address: string, owner: string): void {
    const { wallClock, metrics, log } = this.#deps;
    const now = wallClock.now();
    this.#byAddress.fail(address, now);
    this.#byAccount.fail(owner, now);
    metrics.countAuthFailure("sign_in");
    this.#unlogged += 1;
    if (Math.abs(now - this.#loggedAt) < LOG_INTERVAL_MS) return;
    log.warn({ address, count: this.#unlogged }, "wrong sign-in");
    this.#loggedAt = now;
    this.#unlogged = 0;
  }
}

const placeOf = (address: string, owner: string): string => `${networkOf(address)} ${owner}`;
