import { networkOf } from "./network-of.ts";

/** Failures that cost nothing: a person mistypes. */
const FREE = 10;
/** The same over all addresses together. */
const FREE_OVER_ALL = 100;
const WINDOW_MS = 60_000;
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** After this long without a failure, an address begins anew. */
const FORGET_MS = 60 * 60_000;
const ADDRESSES = 10_000;
/** Its own account, which no address can be. */
const OVER_ALL = "over all";

interface Account {
  count: number;
  windowStartedAt: number;
  lastAt: number;
  /** How often it had to wait. */
  waits: number;
  blockedUntil: number;
}

/**
 * Slows down whoever fails again and again: ten failures within a minute, then each further one doubles the
 * wait, from 10 s to 15 minutes. Counts by address (of IPv6 the network of 64 bits) and over all. Holds
 * state; instants in ms since the epoch.
 */
export class FailureBrake {
  readonly #accounts = new Map<string, Account>();

  /** How long this address has to wait before its next try, in ms; 0: not at all. */
  waitMs(address: string, now: number): number {
    const until = [networkOf(address), OVER_ALL].map((key) => this.#accounts.get(key)?.blockedUntil ?? 0);
    return Math.max(0, ...until.map((at) => at - now));
  }

  fail(address: string, now: number): void {
    this.#count(networkOf(address), FREE, now);
    this.#count(OVER_ALL, FREE_OVER_ALL, now);
  }

  #count(key: string, free: number, now: number): void {
    const known = this.#accounts.get(key);
    const account =
      known !== undefined && now - known.lastAt < FORGET_MS
        ? known
        : { count: 0, windowStartedAt: now, lastAt: now, waits: 0, blockedUntil: 0 };
    if (now - account.windowStartedAt >= WINDOW_MS)
      Object.assign(account, { count: 0, windowStartedAt: now });
    account.count += 1;
    account.lastAt = now;
    if (account.count >= free) {
      account.blockedUntil = now + Math.min(FIRST_WAIT_MS * 2 ** account.waits, LONGEST_WAIT_MS);
      account.waits += 1;
    }
    this.#accounts.delete(key);
    this.#accounts.set(key, account);
    this.#forgetOldest();
  }

  /** The map is in the order of the last failure. */
  #forgetOldest(): void {
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size > ADDRESSES && oldest !== undefined) this.#accounts.delete(oldest);
  }
}
