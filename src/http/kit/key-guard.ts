import type { Logger } from "pino";
import { keyHashOf } from "../../access/api-key.ts";
import { appendAudit } from "../../access/audit-store.ts";
import type { Database } from "../../database/database.ts";
import type { ClientAddress } from "../../lib/client-address.ts";
import type { Clock } from "../../lib/clock.ts";
import { FailureBrake } from "../../lib/failure-brake.ts";
import type { Metrics } from "../../reports/create-metrics.ts";

/** Where a wrong key was sent. */
export type EntryPoint = "api" | "session" | "gateway" | "metrics";

export interface KeyGuardDeps {
  db: Database;
  wallClock: Clock;
  log: Logger;
  metrics: Pick<Metrics, "countAuthFailure">;
  addressOf: ClientAddress;
}

type Caller = Parameters<ClientAddress>[0];

/** One log line a minute for each entry point, however many keys are tried. */
const LOG_INTERVAL_MS = 60_000;
const PROVEN_KEYS = 1000;
/** A hint at the whole of a short key would reveal too much. */
const HINTED_LENGTH = 16;

/**
 * Limits guessed keys and records them in a metric, a log line and an audit line. A key that was right here
 * once is always checked, so that a guesser cannot lock out programs that share its address.
 */
export class KeyGuard {
  readonly #deps: KeyGuardDeps;
  readonly #brake = new FailureBrake();
  readonly #proven = new Set<string>();
  readonly #logged = new Map<EntryPoint, { at: number; unlogged: number }>();

  constructor(deps: KeyGuardDeps) {
    this.#deps = deps;
  }

  /** Seconds until this caller may send a key that was never right here; 0: now. */
  waitS(caller: Caller, key: string): number {
    if (this.#proven.has(lookupOf(key))) return 0;
    return this.#waitS(this.#deps.addressOf(caller));
  }

  passed(key: string): void {
    if (this.#proven.size < PROVEN_KEYS) this.#proven.add(lookupOf(key));
  }

  /** Counts a wrong key. Returns how many seconds this caller has to wait. */
  failed(entryPoint: EntryPoint, caller: Caller, key: string): number {
    const { wallClock, metrics, addressOf } = this.#deps;
    const address = addressOf(caller);
    this.#proven.delete(lookupOf(key));
    metrics.countAuthFailure(entryPoint);
    this.#log(entryPoint, address, key);
    const waitS = this.#waitS(address);
    if (waitS === 0) this.#brake.fail(address, wallClock.now());
    return waitS;
  }

  #waitS(address: string): number {
    return Math.ceil(this.#brake.waitMs(address, this.#deps.wallClock.now()) / 1000);
  }

  #log(entryPoint: EntryPoint, address: string, key: string): void {
    const { db, log, wallClock } = this.#deps;
    const now = wallClock.now();
    const last = this.#logged.get(entryPoint);
    if (last !== undefined && now - last.at < LOG_INTERVAL_MS) {
      last.unlogged += 1;
      return;
    }
    this.#logged.set(entryPoint, { at: now, unlogged: 0 });
    const about = { entry_point: entryPoint, address, key: hintOf(key), count: 1 + (last?.unlogged ?? 0) };
    log.warn(about, "wrong key");
    const line = {
      at: now,
      actor: "anyone",
      action: "key.refused",
      outcome: "refused",
      address,
      detail: about,
    } as const;
    db.transaction((tx) => appendAudit(tx, line)).catch((error: unknown) =>
      log.error({ err: error }, "could not write a wrong key to the audit"),
    );
  }
}

const lookupOf = (key: string): string => keyHashOf(key).toString("base64");

function hintOf(key: string): string {
  return key.length < HINTED_LENGTH ? `${key.length} characters` : `…${key.slice(-4)}`;
}
