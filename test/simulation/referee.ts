import type { Derived } from "../../src/sharing/status/derive.ts";
import type { ProbeResult } from "../../src/sharing/model/probe-result.ts";
import { Deadlines, LAG_MS, SUSPECT_CLOSES_MS, type Spell, type Watched } from "./deadlines.ts";
import type { Heart, Step } from "./core.ts";
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

/** The referee's own numbers: taken from the text of the rules, never from the code that it judges. */
const FRESH_FENCE_MS = 5000;
const STALE_MS = 5000;
/** Five questions of 2.5 s in a row, and two more about the client's own token. */
const LONGEST_PROBE_MS = 12_500;
const CLIENT_QUESTIONS_MS = 5000;

interface Evidence {
  condition: "Shared" | "MessagingAllowed" | "AppInstalled" | "Companion";
  receivedAt: number;
}

/** Watches one history: what was so at Meta, what the server was told, and what it made of it. */
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
  #heart: Heart | null = null;

  constructor(watched: Watched) {
    this.#watched = { ...watched, violated: (text) => this.#violated(text) };
    this.#onViolation = watched.violated;
    this.#deadlines = new Deadlines(this.#watched);
  }

  watch(heart: Heart): void {
    this.#heart = heart;
    this.#deadlines.watch(heart);
  }

  /** Something is wrong until then: with our own token, rights, network or process, or with Meta. */
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

  /** A spell that stands now, for the webhook that announces it. */
  spell(kind: string): Spell | null {
    return this.#deadlines.spell(kind);
  }

  /** A webhook about this spell was answered 200. */
  announced(spell: Spell): void {
    this.#deadlines.announced(spell);
  }

  /** In observe mode nothing is written at Meta; a look that was under way when it began may end as it was ordered. */
  written(path: string): void {
    const isObserving = this.#heart?.mode === "observe";
    if (
      isObserving &&
      this.#watched.clock.now() - this.#deadlines.modeAt > LONGEST_PROBE_MS + CLIENT_QUESTIONS_MS
    )
      this.#violated(`${path} was written at Meta in observe mode`);
  }

  stepped(step: Step): void {
    const { observation } = step;
    if (observation.type === "hint") this.#weigh(step);
    // A finished signup and an adoption are repairs, too: two bad looks begin anew.
    if (observation.type === "command" && ["adopt", "signup_finished"].includes(observation.command.kind))
      this.disturbed("meta", step.at);
    // And so is every opening by proof, whatever was lost (rule 4: "any opening by proof").
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

  /** Rule 10: a half-open message proves the link to the app only where Meta took it. */
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

  /** The bounds are told in looks, so a look has its own: what takes longer would move every bound. */
  #judgeDuration({ observation, before, at }: Step): void {
    if (observation.type !== "probe") return;
    const mostMs = LONGEST_PROBE_MS + (before.sendsWithClientToken ? CLIENT_QUESTIONS_MS : 0);
    const tookMs = at - observation.probe.askedAt;
    if (tookMs > mostMs) this.#violated(`a look took ${tookMs / 1000} s`);
  }

  /** Rules 1 and 2, told from the webhook itself. */
  #weigh({ delivery, at, observation }: Step): void {
    if (delivery === null || observation.type !== "hint") return;
    const told = this.#deadlines.newest(delivery.webhook.about?.kind ?? "");
    if (told !== undefined && told === delivery.webhook.about) told.recordedAt ??= at;
    const { webhook, entryTimeS } = delivery;
    // A received PARTNER_ADDED is a repair: what looked bad before it does not count, and the two bad looks begin anew.
    if (webhook.event === "PARTNER_ADDED") this.disturbed("meta", at);
    if (webhook.closes === null || !webhook.isOurs || !webhook.isSigned) return;
    const saidAt = Math.min(entryTimeS * 1000 + 999, observation.hint.receivedAt);
    const provenAt = this.#provenAt.get(webhook.closes);
    if (provenAt !== undefined && provenAt - saidAt >= STALE_MS) return;
    this.#evidence.push({ condition: webhook.closes, receivedAt: Math.min(at, observation.hint.receivedAt) });
    // A hint makes us look and may close for a moment: what was about to be judged is judged after it.
    this.disturbed("meta", at + SUSPECT_CLOSES_MS);
  }

  /** A True answer asked 5 s after its receipt leaves nothing of a hint. */
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

  /** Silence proves nothing: without a hint it makes nothing False. */
  #judgeSilence({ observation, before, after, wasDerived, derived }: Step): void {
    if (observation.type !== "probe" || this.#evidence.length > 0) return;
    for (const condition of ["Shared", "FullControl", "MessagingAllowed", "AppInstalled"] as const) {
      const { answers } = observation.probe;
      if (answers[condition]?.verdict !== "none" || answers.Shared?.verdict === "bad") continue;
      const [was, is] = [before.facts[condition].status, after.facts[condition].status];
      if (was !== "False" && is === "False") this.#violated(`${condition} became False by silence`);
      // Not silence (rule 8): Meta answered, and the share stands without a task of ours. By docs/reference/rules.md a True
      // proof ends the loss of the share, then only a write proves full control, and observe mode forbids the write. False
      // would accuse a client who may have repaired: the status text is for control that is removed, not for control that
      // nobody may ask about. It opens nothing: the gate must stay as it was (docs/decisions/0004).
      const isUnprovable =
        is === "Unknown" &&
        after.facts[condition].reason === "not_proven_while_observing" &&
        after.facts.Shared.status === "True" &&
        wasDerived.gate === derived.gate;
      if (was === "False" && is !== "False" && !isUnprovable)
        this.#violated(`${condition} was lost and silence made it ${is}`);
    }
  }

  #judgeClosing(step: Step): void {
    const { wasDerived, derived, observation } = step;
    const isByPeople = observation.type === "command";
    if (wasDerived.gate === "open" && derived.gate === "closed" && !isByPeople) {
      this.measures.closings += 1;
      if (!this.#isBorneOut(step)) this.#violated(`closed without evidence: ${told(derived)}`);
    }
    for (const [id, number] of Object.entries(derived.numbers)) {
      if (wasDerived.numbers[id]?.gate !== "open" || number.gate !== "closed" || isByPeople) continue;
      if (number.row.number === 6 && !this.#was(step, (truth) => !canSendAtAll(truth)))
        this.#violated(`number ${id} closed for a dead token, and the token lived`);
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

  /** Whether it was so when the look behind this step was answered, or shortly before: Meta's reads may lag. */
  #was({ observation, at }: Step, test: (truth: Truth) => boolean): boolean {
    const from = observation.type === "probe" ? observation.probe.askedAt : at;
    return this.#watched.truth.wasEver(from - LAG_MS, at, test);
  }

  #judgeOpening(step: Step): void {
    const { wasDerived, derived, observation } = step;
    if (wasDerived.row.number !== 4 || derived.row.number < 6) return;
    // What is no longer asked for is no longer lost.
    if (observation.type === "command" && observation.command.kind === "configure") return;
    if (observation.type !== "probe") this.#violated(`a lost share was given back by a ${observation.type}`);
    const isBlind = this.#watched.hidesDowngrade && this.#heart?.mode === "observe";
    // While we only observe, a share that is back is no longer called lost, and its gate stays as it was.
    const isHeld = derived.reason === "not_proven_while_observing";
    const isBack =
      wasDerived.reason === "app_uninstalled"
        ? (truth: Truth) => truth.installed
        : isHeld
          ? isShared
          : isFullyShared;
    if (!isBlind && !this.#was(step, isBack)) this.#violated("opened, and what was lost was never back");
    for (const kind of derived.gate === "open" ? ["share", "app"] : []) {
      const loss = this.spell(kind);
      if (loss !== null && loss.recordedAt !== null && loss.recordedAt < step.at)
        this.#violated(
          `opened against a loss (${kind}) that Meta had announced ${this.#deadlines.age(loss)} ago`,
        );
    }
  }

  #measure({ wasDerived, derived, at }: Step): void {
    // A loss that began while the gate was closed for another reason is no measure.
    if (wasDerived.gate === "open" && derived.gate === "closed" && this.#openSince <= this.#lossSince()) {
      const loss = this.spell("share") ?? this.spell("control") ?? this.spell("stopped");
      const isOurs = loss !== null && this.#deadlines.oursUntil > loss.since;
      if (loss?.receivedAt != null && !isOurs) this.measures.announcedMs.push(at - loss.receivedAt);
      else if (
        loss !== null &&
        loss.receivedAt === null &&
        !this.#watched.hidesDowngrade &&
        Math.max(this.#deadlines.troubleUntil, this.#deadlines.enforcedSince()) < loss.since
      )
        this.measures.silentMs.push({ ms: at - loss.since, sweepMs: this.#watched.sweepMs });
    }
    if (wasDerived.gate === "closed" && derived.gate === "open") {
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
  }

  #lossSince(): number {
    return (this.spell("share") ?? this.spell("control") ?? this.spell("stopped"))?.since ?? 0;
  }

  /** After quiet: what the server says is what is so. */
  judgeEnd(expected: string, heart: Heart): void {
    const { status } = heart.derivedNow();
    if (status !== expected) this.#violated(`at the end ${status}, and the truth is ${expected}`);
    this.#judgeGates(status, heart);
    const { shared, full, subscribed } = this.#watched.truth.now;
    if (status === "live" && heart.mode === "enforce" && shared && full && !subscribed)
      this.#violated("at the end a dropped subscription was not mended");
    if (heart.waiting > 0) this.#violated(`${heart.waiting} webhooks were answered 200 and never taken`);
  }

  /** Each number by itself: a dead one never stops its sibling, a lost share stops them all. */
  #judgeGates(status: string, heart: Heart): void {
    for (const [id, number] of Object.entries(heart.derivedNow().numbers)) {
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

const told = (derived: Derived): string => `row ${derived.row.number}, ${derived.status}, ${derived.reason}`;
