import type { Derived } from "../../src/sharing/status/derive.ts";
import type { ProbeResult } from "../../src/sharing/model/probe-result.ts";
import { Deadlines, LAG_MS, SUSPECT_CLOSES_MS, type Spell, type Watched } from "./deadlines.ts";
import type { Core, Step } from "./core.ts";
import { noMeasures } from "./measure.ts";
import { falselyBlamed } from "./refusals.ts";
import {
  canSendAtAll,
  hasPermission,
  isConnected,
  isFullyShared,
  isShared,
  maySend,
  type Truth,
} from "./truth.ts";

/** The referee's own numbers, from the text of the rules, never from the code that it judges. */
const FRESH_FENCE_MS = 5000;
const STALE_MS = 5000;
/** Five questions of 2.5 s in a row, and two more about the client's own token. */
const LONGEST_PROBE_MS = 12_500;
const CLIENT_QUESTIONS_MS = 5000;

interface Evidence {
  condition: "Shared" | "MessagingAllowed" | "AppInstalled" | "Companion";
  receivedAt: number;
}

/** Watches one history: the state at Meta, the webhooks to the server, and the server's decisions. */
export class Referee {
  readonly violations: string[] = [];
  readonly measures = noMeasures();
  readonly #deadlines: Deadlines;
  readonly #onViolation: (text: string) => void;
  readonly #watched: Watched;
  #evidence: Evidence[] = [];
  #openSince = 0;
  /** When a True answer that counted was asked, by condition. */
  readonly #provenAt = new Map<string, number>();
  #falselyClosedAt: number | null = null;
  #core: Core | null = null;

  constructor(watched: Watched) {
    this.#watched = { ...watched, violated: (text) => this.#violated(text) };
    this.#onViolation = watched.violated;
    this.#deadlines = new Deadlines(this.#watched);
  }

  watch(core: Core): void {
    this.#core = core;
    this.#deadlines.watch(core);
  }

  /** Something fails until then: our own token, rights, network or process, or Meta. */
  disturbed(whose: "ours" | "meta", until: number): void {
    this.#deadlines.disturbed(whose, until);
  }

  modeSet(): void {
    this.#deadlines.modeAt = this.#watched.clock.now();
  }

  /** The truth changed: spells of loss and of health begin and end. */
  changed(was: Truth, is: Truth): void {
    this.#deadlines.changed(was, is);
  }

  /** A current spell, for the webhook that announces it. */
  spell(kind: string): Spell | null {
    return this.#deadlines.spell(kind);
  }

  /** A webhook about this spell was answered 200. */
  announced(spell: Spell): void {
    this.#deadlines.announced(spell);
  }

  /**
   * In observe mode nothing is written at Meta. A probe that was under way when it began may end as it was
   * ordered.
   */
  written(path: string): void {
    const isObserving = this.#core?.mode === "observe";
    if (
      isObserving &&
      this.#watched.clock.now() - this.#deadlines.modeAt > LONGEST_PROBE_MS + CLIENT_QUESTIONS_MS
    )
      this.#violated(`${path} was written at Meta in observe mode`);
  }

  stepped(step: Step): void {
    const { observation } = step;
    if (observation.type === "hint") this.#weigh(step);
    // A finished signup and an adoption are repairs too: the count of two bad probes begins anew.
    if (observation.type === "command" && ["adopt", "signup_finished"].includes(observation.command.kind))
      this.disturbed("meta", step.at);
    // Every opening by proof is a repair too, whatever was lost (rule 4: "any opening by proof").
    const isOpening = step.wasDerived.gate === "closed" && step.derived.gate === "open";
    if (observation.type === "probe" && isOpening) this.disturbed("meta", step.at);
    this.#judgeAcceptance(step);
    this.#judgeDuration(step);
    this.#judgeSilence(step);
    const isProbe = observation.type === "probe";
    const blamed = isProbe ? falselyBlamed(step, (test) => this.#was(step, test)) : null;
    if (blamed !== null) this.#violated(blamed);
    this.#judgeClosing(step);
    this.#judgeOpening(step);
    this.#measure(step);
    if (observation.type === "probe") this.#refute(observation.probe, step);
  }

  /** Rule 10: a half-open message proves the link to the app only where Meta accepted it. */
  #judgeAcceptance({ observation, at }: Step): void {
    if (
      observation.type !== "command" ||
      observation.command.kind !== "half_open" ||
      !observation.command.accepted
    )
      return;
    const { numberId } = observation.command;
    const truth = this.#watched.truth.at(at);
    if (!truth.linked || !maySend(truth, numberId))
      this.#violated(`a message of ${numberId} counts as accepted, and Meta takes none`);
  }

  /** The bounds are given in probes, so a probe has its own bound. A longer one would move all others. */
  #judgeDuration({ observation, before, at }: Step): void {
    if (observation.type !== "probe") return;
    const mostMs = LONGEST_PROBE_MS + (before.sendsWithClientToken ? CLIENT_QUESTIONS_MS : 0);
    const tookMs = at - observation.probe.askedAt;
    if (tookMs > mostMs) this.#violated(`a probe took ${tookMs / 1000} s`);
  }

  /** Rules 1 and 2, applied to the webhook itself. */
  #weigh({ delivery, at, observation }: Step): void {
    if (delivery === null || observation.type !== "hint") return;
    const newest = this.#deadlines.newest(delivery.webhook.about?.kind ?? "");
    if (newest !== undefined && newest === delivery.webhook.about) newest.recordedAt ??= at;
    const { webhook, entryTimeS } = delivery;
    // A received PARTNER_ADDED is a repair: a bad probe before it does not count, and the count of two begins
    // anew.
    if (webhook.event === "PARTNER_ADDED") this.disturbed("meta", at);
    if (webhook.closes === null || !webhook.isOurs || !webhook.isSigned) return;
    const saidAt = Math.min(entryTimeS * 1000 + 999, observation.hint.receivedAt);
    const provenAt = this.#provenAt.get(webhook.closes);
    if (provenAt !== undefined && provenAt - saidAt >= STALE_MS) return;
    this.#evidence.push({ condition: webhook.closes, receivedAt: Math.min(at, observation.hint.receivedAt) });
    // A hint starts probes and may close for a moment. Deadlines that were near are judged after it.
    this.disturbed("meta", at + SUSPECT_CLOSES_MS);
  }

  /** A True answer asked 5 s after its receipt refutes a hint completely. */
  #refute(probe: ProbeResult, { after }: Step): void {
    for (const condition of ["Shared", "MessagingAllowed", "AppInstalled"] as const) {
      const { status, at } = after.facts[condition];
      if (status === "True" && at === probe.askedAt) this.#provenAt.set(condition, at);
    }
    this.#evidence = this.#evidence.filter(
      ({ condition, receivedAt }) =>
        condition === "Companion" ||
        probe.answers[condition]?.verdict !== "true" ||
        probe.askedAt < receivedAt + FRESH_FENCE_MS,
    );
  }

  /** A missing answer proves nothing: without a hint it makes nothing False. */
  #judgeSilence({ observation, before, after, wasDerived, derived }: Step): void {
    if (observation.type !== "probe" || this.#evidence.length > 0) return;
    for (const condition of ["Shared", "FullControl", "MessagingAllowed", "AppInstalled"] as const) {
      const { answers } = observation.probe;
      if (answers[condition]?.verdict !== "none" || answers.Shared?.verdict === "bad") continue;
      const [was, is] = [before.facts[condition].status, after.facts[condition].status];
      if (was !== "False" && is === "False") this.#violated(`${condition} became False without an answer`);
      // This is no missing answer (rule 8): Meta answered, and the share is intact without a task of ours. By
      // docs/reference/rules.md a True proof ends the loss of the share. Then only a write proves full
      // control, and observe mode forbids the write. False would be wrong, because the client may have
      // repaired it: the status is for control that is removed, not for control that nobody may test. It
      // opens nothing: the gate must stay as it was (docs/decisions/0004).
      const isUnprovable =
        is === "Unknown" &&
        after.facts[condition].reason === "not_proven_while_observing" &&
        after.facts.Shared.status === "True" &&
        wasDerived.gate === derived.gate;
      if (was === "False" && is !== "False" && !isUnprovable)
        this.#violated(`${condition} was lost and a missing answer made it ${is}`);
    }
  }

  #judgeClosing(step: Step): void {
    const { wasDerived, derived, observation } = step;
    const isByPeople = observation.type === "command";
    if (wasDerived.gate === "open" && derived.gate === "closed" && !isByPeople) {
      this.measures.closings += 1;
      if (!this.#isBorneOut(step)) this.#violated(`closed without evidence: ${textOfDerived(derived)}`);
    }
    for (const [id, number] of Object.entries(derived.numbers)) {
      if (wasDerived.numbers[id]?.gate !== "open" || number.gate !== "closed" || isByPeople) continue;
      if (number.row.number === 6 && !this.#was(step, (truth) => !canSendAtAll(truth)))
        this.#violated(`number ${id} closed for a dead token, and the token was valid`);
      if (number.row.number >= 7 && !this.#isNumberBorneOut(step, id, number.reason))
        this.#violated(`number ${id} closed without evidence: ${number.reason}`);
    }
  }

  #isBorneOut(step: Step): boolean {
    switch (step.derived.row.number) {
      case 4:
        if (step.derived.reason === "app_uninstalled")
          return this.#wasLost(step, "AppInstalled", (truth) => truth.needsApp && !truth.installed);
        return this.#wasLost(step, "Shared", (truth) => !isFullyShared(truth));
      case 5:
        return this.#wasLost(step, "MessagingAllowed", (truth) => truth.stopped !== null);
      case 7:
      case 8:
        return Object.entries(step.derived.numbers).every(
          ([id, number]) => number.gate !== "closed" || this.#isNumberBorneOut(step, id, number.reason),
        );
      default:
        return false;
    }
  }

  #isNumberBorneOut(step: Step, id: string, reason: string | null): boolean {
    if (reason?.startsWith("companion") === true) return this.#has("Companion");
    return this.#was(step, (truth) => !isConnected(truth, id));
  }

  #wasLost(step: Step, condition: Evidence["condition"], test: (truth: Truth) => boolean): boolean {
    const isTrue = this.#was(step, test);
    if (!isTrue && this.#has(condition)) {
      this.measures.falseClosings += 1;
      this.#falselyClosedAt = step.at;
    }
    return isTrue || this.#has(condition);
  }

  #has(condition: Evidence["condition"]): boolean {
    return this.#evidence.some((evidence) => evidence.condition === condition);
  }

  /**
   * Whether it was so when the probe behind this step was answered, or shortly before. Meta's reads may lag.
   */
  #was({ observation, at }: Step, test: (truth: Truth) => boolean): boolean {
    const from = observation.type === "probe" ? observation.probe.askedAt : at;
    return this.#watched.truth.wasEver(from - LAG_MS, at, test);
  }

  #judgeOpening(step: Step): void {
    const { wasDerived, derived, observation } = step;
    if (wasDerived.row.number !== 4 || derived.row.number < 6) return;
    // A condition that is no longer required is no longer lost.
    if (observation.type === "command" && observation.command.kind === "configure") return;
    if (observation.type !== "probe") this.#violated(`a lost share was given back by a ${observation.type}`);
    const isBlind = this.#watched.hidesDowngrade && this.#core?.mode === "observe";
    if (!isBlind && !this.#was(step, isBackOf(step))) this.#violated("opened, and the loss had never ended");
    for (const kind of derived.gate === "open" ? ["share", "app"] : []) {
      const loss = this.spell(kind);
      if (loss !== null && loss.recordedAt !== null && loss.recordedAt < step.at)
        this.#violated(
          `opened against a loss (${kind}) that Meta had announced ${this.#deadlines.age(loss)} ago`,
        );
    }
  }

  #measure(step: Step): void {
    const { wasDerived, derived } = step;
    // A loss that began while the gate was closed for another reason is not measured.
    if (wasDerived.gate === "open" && derived.gate === "closed" && this.#openSince <= this.#lossSince())
      this.#measureClosing(step);
    if (wasDerived.gate === "closed" && derived.gate === "open") this.#measureOpening(step);
  }

  #measureClosing({ at }: Step): void {
    const loss = this.spell("share") ?? this.spell("control") ?? this.spell("stopped");
    if (loss === null) return;
    if (loss.receivedAt !== null) {
      if (this.#deadlines.oursUntil <= loss.since) this.measures.announcedMs.push(at - loss.receivedAt);
      return;
    }
    const isUndisturbed =
      Math.max(this.#deadlines.troubleUntil, this.#deadlines.enforcedSince()) < loss.since;
    if (isUndisturbed && !this.#watched.hidesDowngrade)
      this.measures.silentMs.push({ ms: at - loss.since, sweepMs: this.#watched.sweepMs });
  }

  #measureOpening({ at }: Step): void {
    this.#openSince = at;
    const isLostSince = (truth: Truth): boolean => !hasPermission(truth) || truth.stopped !== null;
    const falselyAt = this.#falselyClosedAt;
    if (falselyAt !== null && !this.#watched.truth.wasEver(falselyAt, at, isLostSince))
      this.measures.falseClosedMs.push(at - falselyAt);
    this.#falselyClosedAt = null;
    const health = [...this.#deadlines.spells()].find(
      (spell) => spell.kind.startsWith("health") && spell.endedAt === null,
    );
    if (health !== undefined) this.measures.reopenedMs.push(at - health.since);
  }

  #lossSince(): number {
    return (this.spell("share") ?? this.spell("control") ?? this.spell("stopped"))?.since ?? 0;
  }

  /** After the last event: the server's state is the truth. */
  judgeEnd(expected: string, core: Core): void {
    const { status } = core.derivedNow();
    if (status !== expected) this.#violated(`at the end ${status}, and the truth is ${expected}`);
    this.#judgeGates(status, core);
    const { shared, full, subscribed } = this.#watched.truth.now;
    if (status === "live" && core.mode === "enforce" && shared && full && !subscribed)
      this.#violated("at the end a dropped subscription was not repaired");
    if (core.waiting > 0) this.#violated(`${core.waiting} webhooks were answered 200 and never taken`);
  }

  /** Each number by itself: a dead one never stops its sibling, a lost share stops them all. */
  #judgeGates(status: string, core: Core): void {
    for (const [id, number] of Object.entries(core.derivedNow().numbers)) {
      const mayBeOpen = ["live", "disconnected"].includes(status) && isConnected(this.#watched.truth.now, id);
      const isUnknowable =
        number.reason?.startsWith("companion") === true && this.#watched.isCompanionInDoubt();
      if (!isUnknowable && (number.gate === "closed") === mayBeOpen)
        this.#violated(`at the end the gate of ${id} is ${number.gate}, and the WABA ${status}`);
    }
  }

  #violated(text: string): void {
    this.violations.push(text);
    this.#onViolation(text);
  }
}

const textOfDerived = (derived: Derived): string =>
  `row ${derived.row.number}, ${derived.status}, ${derived.reason}`;

/** How it is at Meta once the loss that this step ends is over. */
function isBackOf({ wasDerived, derived }: Step): (truth: Truth) => boolean {
  if (wasDerived.reason === "app_uninstalled") return (truth) => truth.installed;
  // In observe mode a share that is back is no longer called lost, and its gate stays as it was.
  return derived.reason === "not_proven_while_observing" ? isShared : isFullyShared;
}
