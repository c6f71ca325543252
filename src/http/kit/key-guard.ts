import type { Logger } from "pino";
import { keyHashOf } from "../../access/api-key.ts";
import { appendAudit } from "../../access/audit-store.ts";
import type { Database } from "../../database/database.ts";
import type { ClientAddress } from "../../lib/client-address.ts";
import type { Clock } from "../../lib/clock.ts";
import { FailureBrake } from "../../lib/failure-brake.ts";
import type { Metrics } from "../../reports/create-metrics.ts";

/** Where a wrong key was shown. */
export type Door = "api" | "session" | "gateway" | "metrics";

export interface KeyGuardDeps {
  db: Database;
  wallClock: Clock;
  log: Logger;
  metrics: Pick<Metrics, "countAuthFailure">;
  addressOf: ClientAddress;
}

type Caller = Parameters<ClientAddress>[0];

/** One line a minute for each door, however many keys are tried. */
const QUIET_MS = 60_000;
const PROVEN_KEYS = 1000;
/** Fewer characters would say too much of a short key. */
const HINTED_LENGTH = 16;

/**
 * The brake on guessed keys, and its trace: a metric, a log line and an audit line. A key that was right here once is checked whatever
 * its address has done since, so that nobody locks out programs that share an address with a guesser.
 */
export class KeyGuard {
  readonly #deps: KeyGuardDeps;
  readonly #brake = new FailureBrake();
  readonly #proven = new Set<string>();
  readonly #told = new Map<Door, { at: number; untold: number }>();

  constructor(deps: KeyGuardDeps) {
    this.#deps = deps;
  }

  /** Seconds until this caller may show a key that was never right here; 0: now. */
  waitS(caller: Caller, key: string): number {
    if (this.#proven.has(lookupOf(key))) return 0;
    return this.#waitS(this.#deps.addressOf(caller));
  }

  passed(key: string): void {
    if (this.#proven.size < PROVEN_KEYS) this.#proven.add(lookupOf(key));
  }

  /** Counts a wrong key. Returns how many seconds this caller has to wait. */
  failed(door: Door, caller: Caller, key: string): number {
    const { wallClock, metrics, addressOf } = this.#deps;
    const address = addressOf(caller);
    this.#proven.delete(lookupOf(key));
    metrics.countAuthFailure(door);
    this.#tell(door, address, key);
    const waitS = this.#waitS(address);
    if (waitS === 0) this.#brake.fail(address, wallClock.now());
    return waitS;
  }

  #waitS(address: string): number {
    return Math.ceil(this.#brake.waitMs(address, this.#deps.wallClock.now()) / 1000);
  }

  #tell(door: Door, address: string, key: string): void {
    const { db, log, wallClock } = this.#deps;
    const now = wallClock.now();
    const last = this.#told.get(door);
    if (last !== undefined && now - last.at < QUIET_MS) {
      last.untold += 1;
      return;
    }
    this.#told.set(door, { at: now, untold: 0 });
    const about = { door, address, key: hintOf(key), count: 1 + (last?.untold ?? 0) };
    log.warn(about, "a wrong key was shown");
    appendAudit(db, { at: now, actor: "anyone", action: "key.refused", detail: about }).catch(
      (error: unknown) => log.error({ err: error }, "a wrong key was not written to the audit"),
    );
  }
}

const lookupOf = (key: string): string => keyHashOf(key).toString("base64");

function hintOf(key: string): string {
  return key.length < HINTED_LENGTH ? `${key.length} characters` : `…${key.slice(-4)}`;
}
