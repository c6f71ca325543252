import type { Core } from "./core.ts";
import { isConnected, isFullyShared, isShared, maySend, type Truth, type TruthLine } from "./truth.ts";

/** The referee's own numbers, from the text of the rules, never from the code that it judges. */
export const LAG_MS = 3000;
export const SUSPECT_CLOSES_MS = 9500;
const REPEAT_AFTER_REPAIR_MS = 30_000;
const LAST_HINT_PROBE_MS = 30_000;
const DAY_MS = 86_400_000;

/** A loss or a repair that lasts, and its announcement. */
export interface Spell {
  kind: string;
  since: number;
  endedAt: number | null;
  receivedAt: number | null;
  /** When the server had recorded Meta's announcement. */
  recordedAt: number | null;
}

/** The parts of a history that the referee reads. */
export interface Watched {
  truth: TruthLine;
  sweepMs: number;
  hidesDowngrade: boolean;
  clock: { now(): number; at(at: number, run: () => void): unknown };
  /** No probe can prove the companion link: whether Meta's newest notice about it, if any, did not arrive. */
  isCompanionInDoubt: () => boolean;
  violated: (text: string) => void;
}

/**
 * Until when each loss must have closed a gate, and each repair opened it again. Time in which something else
 * failed does not count.
 */
export class Deadlines {
  readonly #watched: Watched;
  readonly #spells = new Map<string, Spell>();
  /** Until when something other than the loss itself failed: ours, or anything. */
  oursUntil = 0;
  troubleUntil = 0;
  /** Since when numbers can be probed at all. */
  #sharedSince = 0;
  /** Since when the current mode applies. */
  modeAt = 0;
  #core: Core | null = null;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  watch(core: Core): void {
    this.#core = core;
  }

  /** Something fails until then: our own token, rights, network or process, or Meta. */
  disturbed(whose: "ours" | "meta", until: number): void {
    this.troubleUntil = Math.max(this.troubleUntil, until);
    if (whose === "ours") this.oursUntil = Math.max(this.oursUntil, until);
  }

  /** The truth changed: spells of loss and of health begin and end. */
  changed(was: Truth, is: Truth): void {
    const now = this.#watched.clock.now();
    if (isFullyShared(is) && !isFullyShared(was)) this.#sharedSince = now;
    this.#turn("share", !isShared(was), !isShared(is), now);
    // Given back with partial access only, an announced loss is over and an unannounced one begins.
    this.#turn("control", isShared(was) && !was.full, isShared(is) && !is.full, now);
    this.#turn("app", was.needsApp && !was.installed, is.needsApp && !is.installed, now);
    this.#turn("stopped", was.stopped !== null, is.stopped !== null, now);
    for (const id of Object.keys(is.numbers)) {
      this.#turn(`number ${id}`, !isConnected(was, id), !isConnected(is, id), now);
      this.#turn(`health ${id}`, maySend(was, id) && was.linked, maySend(is, id) && is.linked, now);
    }
  }

  /** A current spell, for the webhook that announces it. */
  spell(kind: string): Spell | null {
    const spell = this.#spells.get(kind);
    return spell === undefined || spell.endedAt !== null ? null : spell;
  }

  /** A webhook about this spell was answered 200. */
  announced(spell: Spell): void {
    if (spell.receivedAt !== null) return;
    spell.receivedAt = this.#watched.clock.now();
    if (spell.kind.startsWith("health"))
      this.#demandOpen(spell, spell.receivedAt + LAST_HINT_PROBE_MS + this.#probes(2));
    else this.#demandClosed(spell, spell.receivedAt + SUSPECT_CLOSES_MS + this.#probes(2) + 500, "announced");
  }

  spells(): IterableIterator<Spell> {
    return this.#spells.values();
  }

  /** The newest spell of this kind, over or not. */
  newest(kind: string): Spell | undefined {
    return this.#spells.get(kind);
  }

  #turn(kind: string, was: boolean, is: boolean, now: number): void {
    if (was === is) return;
    if (!is) {
      const ended = this.#spells.get(kind);
      if (ended !== undefined) ended.endedAt = now;
      return;
    }
    const spell: Spell = { kind, since: now, endedAt: null, receivedAt: null, recordedAt: null };
    this.#spells.set(kind, spell);
    const dueAt = now + this.#silentBoundMs();
    if (kind.startsWith("health")) this.#demandOpen(spell, dueAt);
    else this.#demandClosed(spell, dueAt, "silent");
  }

  /**
   * A sweep, the lag of Meta's reads, and a bad probe that is repeated 30 s later. A downgrade that reads
   * hide waits for the daily write.
   */
  #silentBoundMs(): number {
    const hiddenMs = this.#watched.hidesDowngrade ? DAY_MS : 0;
    return this.#watched.sweepMs + LAG_MS + REPEAT_AFTER_REPAIR_MS + this.#probes(3) + 2000 + hiddenMs;
  }

  #probes(count: number): number {
    return count * (this.#core?.longestProbeMs ?? 2500);
  }

  #demandClosed(spell: Spell, dueAt: number, why: "announced" | "silent"): void {
    const begunAt = this.#watched.clock.now();
    this.#watched.clock.at(dueAt, () => {
      const core = this.#core;
      if (core === null || spell.endedAt !== null) return;
      const disturbedUntil = Math.max(
        why === "announced" ? this.oursUntil : this.troubleUntil,
        ["share", "control", "app"].includes(spell.kind) ? 0 : this.#seenSince(),
        spell.kind === "control" ? this.enforcedSince() : 0,
      );
      if (disturbedUntil > begunAt - LAG_MS) {
        const after = Math.max(disturbedUntil, this.#watched.clock.now());
        this.#watched.clock.at(after, () =>
          this.#demandClosed(spell, after + this.#silentBoundMs(), "silent"),
        );
        return;
      }
      if (this.#isOpen(core, spell.kind))
        this.#watched.violated(`${why} loss (${spell.kind}): still open ${this.age(spell)} after it began`);
    });
  }

  #demandOpen(spell: Spell, dueAt: number): void {
    const begunAt = this.#watched.clock.now();
    this.#watched.clock.at(dueAt, () => {
      const core = this.#core;
      if (core === null || spell.endedAt !== null) return;
      // In observe mode nobody gives back our own lost access.
      const heldUntil = this.#watched.truth.now.assigned ? 0 : this.enforcedSince();
      const disturbedUntil = Math.max(this.troubleUntil, heldUntil);
      if (disturbedUntil > begunAt - LAG_MS) {
        const after = Math.max(disturbedUntil, this.#watched.clock.now());
        this.#watched.clock.at(after, () => this.#demandOpen(spell, after + this.#silentBoundMs()));
        return;
      }
      const id = spell.kind.slice("health ".length);
      const isHeld = core.record.adoption !== "adopted" || core.record.operatorClosed !== null;
      const number = core.derivedNow().numbers[id];
      const isUnknowable =
        number?.reason?.startsWith("companion") === true && this.#watched.isCompanionInDoubt();
      if (!isHeld && !isUnknowable && number?.gate === "closed")
        this.#watched.violated(`repair of ${id}: still closed ${this.age(spell)} after it`);
    });
  }

  /** Numbers and restrictions of a WABA that is not shared cannot be probed. */
  #seenSince(): number {
    return isFullyShared(this.#watched.truth.now) ? this.#sharedSince : this.#watched.clock.now();
  }

  /** Partial control is found by writing, and observe mode writes nothing. */
  enforcedSince(): number {
    return this.#core?.mode === "observe" ? this.#watched.clock.now() : this.modeAt;
  }

  #isOpen(core: Core, kind: string): boolean {
    const derived = core.derivedNow();
    if (!kind.startsWith("number ")) return derived.gate === "open";
    return derived.numbers[kind.slice("number ".length)]?.gate === "open";
  }

  age(spell: Spell): string {
    return `${((this.#watched.clock.now() - spell.since) / 1000).toFixed(1)} s`;
  }
}
