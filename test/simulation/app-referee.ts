import type { Clock } from "../../src/lib/clock.ts";
import type { Mode } from "../../src/directory/asset-store.ts";
import type { EmulatedMeta } from "./emulated-meta.ts";
import type { TestApp } from "./test-app.ts";
import {
  canSendAtAll,
  hasPermission,
  isFullyShared,
  isShared,
  maySend,
  type Truth,
  type TruthLine,
} from "./truth.ts";

export const SWEEP_MS = 15_000;
export const LAG_MS = 2999;
/** A lost wake-up of an instance costs a poll. */
const POLL_MS = 5000;
/** 9.5 s, the probes under way (10 s each at the worst), and a poll of the loops. */
const ANNOUNCED_BOUND_MS = 9500 + 2 * 10_000 + POLL_MS;
/**
 * A sweep, Meta's lag, a bad probe that is repeated 30 s later, the probes themselves while Meta answers, and
 * a poll.
 */
const FOUND_BOUND_MS = SWEEP_MS + 3000 + 30_000 + 3 * 2500 + POLL_MS;
/** Where five may fail together a reconciliation must confirm a loss, and the incident may end first. */
const INCIDENT_MS = 2 * SWEEP_MS + 15_000;
/**
 * Until when an admitted notice may have closed a gate, wherever it is read: 9.5 s, a probe under way, two
 * polls.
 */
const CLOSES_BY_NOTICE_MS = 9500 + 2500 + 2 * POLL_MS + 3000;
/** A probe may show an older state, and an instance may learn it, this late. */
const KNOWN_LATE_MS = LAG_MS + 10_000 + POLL_MS + 2000;
/** docs/decisions/0003: so many may close before the fifth opens the incident. */
const CLOSED_BEFORE_INCIDENT = 4;
/** For so long a probe that was ordered to write may still write. */
const PROBE_AT_MOST_MS = 17_500;

interface Watched {
  clock: Clock;
  at(atMs: number, run: () => void): void;
  meta: EmulatedMeta;
  truths: ReadonlyMap<string, TruthLine>;
  isFleet: boolean;
  instances(): readonly TestApp[];
  violated(text: string): void;
  turned(text: string): void;
}

/**
 * Watches one history of the whole app: the state at Meta, the messages that every instance lets pass, and
 * writes in observe mode.
 */
export class AppReferee {
  readonly #on: Watched;
  /** Until when something of ours failed; and anything at all. */
  #oursUntil = 0;
  #troubleUntil = 0;
  /** Closing webhooks answered 200, by WABA: when the newest came. */
  readonly #announcedAt = new Map<string, number>();
  readonly #modes = new Map<string, { mode: Mode; since: number }>();
  /** Spans in which a WABA was in observe mode. */
  readonly #observed: { wabaId: string; from: number; until: number }[] = [];
  readonly #gates = new WeakMap<TestApp, Map<string, string>>();
  readonly #checked = new Map<string, number>();
  #denied: { since: number; until: number; closed: Set<string> } | null = null;

  constructor(on: Watched) {
    this.#on = on;
    on.meta.onWrite = (wabaId, path) => this.#judgeWrite(wabaId, path);
    on.meta.onDoubleProbe = (wabaId) => this.#judgeDoubleProbe(wabaId);
  }

  disturbed(whose: "ours" | "meta", until: number): void {
    this.#troubleUntil = Math.max(this.#troubleUntil, until);
    if (whose === "ours") this.#oursUntil = Math.max(this.#oursUntil, until);
  }

  /** Our own fault is over, with everything that it may have delayed. */
  restored(until: number): void {
    this.#oursUntil = until;
    this.#troubleUntil = Math.max(until, Math.min(this.#troubleUntil, until));
  }

  denied(until: number): void {
    this.#denied = { since: this.#now(), until, closed: new Set() };
  }

  modeSet(wabaId: string, mode: Mode): void {
    const now = this.#now();
    const was = this.#modes.get(wabaId);
    if (was?.mode === "observe") this.#observed.push({ wabaId, from: was.since, until: now });
    this.#modes.set(wabaId, { mode, since: now });
  }

  isObserving(wabaId: string): boolean {
    return this.#modes.get(wabaId)?.mode === "observe";
  }

  /** A person's check runs beside the sweep. */
  checkBegins(wabaId: string): void {
    this.#checked.set(wabaId, (this.#checked.get(wabaId) ?? 0) + 1);
  }

  checkEnds(wabaId: string): void {
    this.#checked.set(wabaId, (this.#checked.get(wabaId) ?? 1) - 1);
  }

  /** A closing webhook about this WABA was answered 200. */
  announced(wabaId: string, closes: string): void {
    const receivedAt = this.#now();
    this.#announcedAt.set(wabaId, receivedAt);
    if (closes !== "Shared" || isFullyShared(this.#line(wabaId).now)) return;
    this.#on.at(receivedAt + ANNOUNCED_BOUND_MS, () => {
      const wasBack = this.#line(wabaId).wasEver(receivedAt - LAG_MS, this.#now(), isFullyShared);
      if (wasBack || this.#oursUntil > receivedAt || this.#wasObserved(wabaId, receivedAt)) return;
      this.#demandClosed(wabaId, "announced loss");
    });
  }

  /** The truth of a WABA changed: a loss must be found, and a repaired WABA must open. */
  changed(wabaId: string, was: Truth, is: Truth): void {
    // During an incident no listing can confirm a loss while the share itself is intact
    // (docs/decisions/0003).
    const isFound = this.#on.isFleet ? isShared : hasPermission;
    if (isFound(was) && !isFound(is)) this.#expect(wabaId, "closed");
    if (!isWhole(was) && isWhole(is)) this.#expect(wabaId, "open");
  }

  #expect(wabaId: string, what: "open" | "closed", from = this.#now()): void {
    const since = this.#now();
    const boundMs = FOUND_BOUND_MS + (this.#on.isFleet ? INCIDENT_MS : 0);
    const other = what === "closed" ? hasPermission : (truth: Truth): boolean => !isWhole(truth);
    this.#on.at(from + boundMs, () => {
      const now = this.#now();
      if (this.#line(wabaId).wasEver(since, now, other) || this.#wasObserved(wabaId, since)) return;
      const isMisled = what === "open" && now - (this.#announcedAt.get(wabaId) ?? 0) < 30_000;
      if (this.#troubleUntil > from - LAG_MS || isMisled) {
        if (this.#troubleUntil < Infinity) this.#expect(wabaId, what, Math.max(now, this.#troubleUntil));
      } else if (what === "closed") this.#demandClosed(wabaId, "loss");
      else this.#demandOpen(wabaId);
    });
  }

  #demandClosed(wabaId: string, why: string): void {
    for (const app of this.#up())
      for (const phoneNumberId of Object.keys(this.#line(wabaId).now.numbers))
        if (app.gate.findByPhone(phoneNumberId)?.verdict.decision === "open")
          this.#on.violated(`${why} of ${wabaId}: ${phoneNumberId} still open`);
  }

  #demandOpen(wabaId: string): void {
    for (const app of this.#up())
      for (const phoneNumberId of Object.keys(this.#line(wabaId).now.numbers))
        if (app.gate.findByPhone(phoneNumberId)?.verdict.decision === "closed")
          this.#on.violated(`repair of ${wabaId}: ${phoneNumberId} still closed`);
  }

  /** No gate closes without a loss, a dead token, or an announcement; and none in observe mode. */
  watchGates(): void {
    for (const app of this.#up()) {
      const gates = this.#gates.get(app) ?? new Map<string, string>();
      this.#gates.set(app, gates);
      for (const [wabaId, line] of this.#on.truths)
        for (const phoneNumberId of Object.keys(line.now.numbers)) {
          const decision = app.gate.findByPhone(phoneNumberId)?.verdict.decision ?? "none";
          this.#judgeObserved(wabaId, decision);
          const was = gates.get(phoneNumberId);
          if (was === decision) continue;
          gates.set(phoneNumberId, decision);
          this.#on.turned(`${app.name} ${phoneNumberId} ${was ?? ""} -> ${decision}`);
          if (was === "open" && decision === "closed") this.#judgeClosing(wabaId, phoneNumberId);
        }
    }
  }

  #judgeClosing(wabaId: string, phoneNumberId: string): void {
    const now = this.#now();
    const isLost = (truth: Truth): boolean => !maySend(truth, phoneNumberId) || !canSendAtAll(truth);
    const lateMs = this.#oursUntil > now - KNOWN_LATE_MS ? 60_000 : 0;
    if (this.#line(wabaId).wasEver(now - KNOWN_LATE_MS - lateMs, now, isLost)) return;
    if (now - (this.#announcedAt.get(wabaId) ?? 0) < CLOSES_BY_NOTICE_MS + lateMs) return;
    // A loss during observe mode closes at the switch.
    const denied = this.#denied;
    if (denied !== null && now < denied.until + KNOWN_LATE_MS) {
      denied.closed.add(wabaId);
      if (denied.closed.size <= CLOSED_BEFORE_INCIDENT) return;
    }
    this.#on.violated(`${phoneNumberId} closed without evidence`);
  }

  #judgeObserved(wabaId: string, decision: string): void {
    const known = this.#modes.get(wabaId);
    if (known?.mode !== "observe" || decision === "open" || decision === "none") return;
    if (this.#now() - known.since > 2 * POLL_MS)
      this.#on.violated(`${wabaId} is only observed, and its gate is ${decision}`);
  }

  #judgeWrite(wabaId: string, path: string): void {
    const known = this.#modes.get(wabaId);
    if (known?.mode === "observe" && this.#now() - known.since > PROBE_AT_MOST_MS)
      this.#on.violated(`${path} was written at Meta in observe mode`);
  }

  /** Where many fail together other WABAs are probed, whichever instance holds their lease. */
  #judgeDoubleProbe(wabaId: string): void {
    if (!this.#on.isFleet && (this.#checked.get(wabaId) ?? 0) === 0)
      this.#on.violated(`two instances probed ${wabaId} at once`);
  }

  /** Whether a link that was made automatically is about a loss in observe mode only. */
  judgeLink(wabaId: string, madeAt: number): void {
    const isObserved = this.#observed.some(
      (span) => span.wabaId === wabaId && span.from < madeAt && madeAt < span.until,
    );
    if (isObserved) this.#on.violated(`a link for the client of ${wabaId} was made in observe mode`);
  }

  #wasObserved(wabaId: string, since: number): boolean {
    const known = this.#modes.get(wabaId);
    return known !== undefined && (known.mode === "observe" || known.since > since - SWEEP_MS - 10_000);
  }

  #up(): readonly TestApp[] {
    return this.#on.instances().filter((app) => app.isUp);
  }

  #line(wabaId: string): TruthLine {
    return this.#on.truths.get(wabaId) as TruthLine;
  }

  #now(): number {
    return this.#on.clock.now();
  }
}

/** Whether every number of it could send. */
function isWhole(truth: Truth): boolean {
  const isAble = Object.keys(truth.numbers).every((id) => maySend(truth, id));
  return isAble && truth.linked && canSendAtAll(truth);
}
