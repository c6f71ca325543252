import type { Mode } from "../../src/directory/asset-store.ts";
import { meaningOfAnswer, halfOpenOutcomeOf } from "../../src/messaging/gateway/meta-answer.ts";
import { modelOf } from "../../src/sharing/model/partner-model.ts";
import { randomOf, type RandomSource } from "./random-source.ts";
import { Core, type Step } from "./core.ts";
import { ModelMeta } from "./model-meta.ts";
import { NEEDED_READS, type RefusalName } from "./refusals.ts";
import type { Measures } from "./measure.ts";
import { Referee } from "./referee.ts";
import { DAY, MINUTE, PACES, SECOND, settingOf, START, type Setting } from "./setting.ts";
import { pickStep, STEPS, type Stage } from "./steps.ts";
import { hashOf, iso, textOf } from "./trace.ts";
import { expectedOf, hasPermission, isConnected, isFullyShared, TruthLine, type Truth } from "./truth.ts";
import { oneTurn, VirtualTime } from "./virtual-time.ts";
import type { Delivery, Webhook } from "./webhook.ts";
import { Wire } from "./wire.ts";

export interface Outcome {
  seed: number;
  violations: string[];
  /** Every event of the history, readable; empty unless asked for. */
  trace: string[];
  /** What was decided, in order: equal for equal seeds. */
  digest: string;
  steps: number;
  probes: number;
  measures: Measures;
}

const ACCEPTED = { status: 200, body: '{"messages":[{"id":"wamid.1"}]}' };
const REFUSED = { status: 400, body: '{"error":{"code":133010,"message":"Account not registered"}}' };
/** Without a new link of the number, a history would consist of messages only. */
const MOST_SENT = 12;
/** Field case 2. */
const FILTERED = [
  "<html>Please sign in</html>",
  "",
  "{}",
  '{"error":{"code":131016,"message":"Service unavailable"}}',
].map((body) => ({ status: 200, body }));

/** One history of one share, from its seed alone. */
export async function runCore(seed: number, isTraced = false): Promise<Outcome> {
  const history = new History(seed, isTraced);
  return history.run();
}

/** The longest pause after refusals that lasted for a minute: 1, 2 and 4 minutes. */
const RESTED_WITHIN = 8 * MINUTE;

class History implements Stage {
  readonly random: RandomSource;
  readonly coexistence: boolean;
  readonly isAssignable: boolean;
  readonly numberIds: readonly string[];
  readonly #seed: number;
  readonly #time = new VirtualTime(START, oneTurn);
  readonly #line: TruthLine;
  readonly #meta: ModelMeta;
  readonly #referee: Referee;
  readonly #core: Core;
  readonly #wire: Wire;
  readonly #setting: Setting;
  readonly #trace: string[] | null;
  /** Numbers whose next message is on its way. */
  readonly #sending = new Set<string>();
  #sent = 0;
  #digest = "";
  #stepCount = 0;
  #endAt = Infinity;
  #nextLieAt = 0;
  #restedAt = 0;
  /** Meta's newest notice about the companion did not arrive, or arrived out of order. */
  #isCompanionInDoubt = false;

  constructor(seed: number, isTraced: boolean) {
    this.#seed = seed;
    this.#trace = isTraced ? [] : null;
    this.random = randomOf(seed);
    this.#setting = settingOf(this.random);
    const { manners, pace, record, mode, truth, numberIds, hasControl } = this.#setting;
    this.coexistence = manners.coexistence;
    this.isAssignable = !manners.coexistence && manners.model !== "app_grant";
    this.numberIds = numberIds;
    const clock = this.#time;
    this.#line = new TruthLine(START - 10 * DAY, truth);
    this.#meta = new ModelMeta(clock, this.random, this.#line, manners);
    const { sweepMs } = pace;
    for (const [what, how] of this.#setting.refused) this.#meta.refused.set(what, how);
    this.#referee = new Referee({
      truth: this.#line,
      sweepMs,
      hidesDowngrade: !manners.readsShowDowngrade,
      clock,
      isCompanionInDoubt: () => this.#isCompanionInDoubt,
      violated: (text) => this.#note("VIOLATED", () => text),
    });
    this.#core = new Core(
      { clock, random: this.random, meta: this.#meta, stepped: (step) => this.#stepped(step) },
      { record, mode, sweepMs, hasControl },
    );
    this.#referee.watch(this.#core);
    // Rule 4: a loss that no control read confirms does not count against the client.
    this.#meta.onControlSilent = () => this.#referee.disturbed("ours", this.now());
    this.#meta.onWrite = (path) => this.#referee.written(path);
    this.#wire = new Wire(
      {
        clock,
        random: this.random,
        receiver: this.#core,
        onAnswer: (delivery, status) => this.#arrived(delivery, status),
      },
      this.#setting.isCalm,
    );
  }

  get truth(): Truth {
    return this.#line.now;
  }

  get isObserving(): boolean {
    return this.#core.mode === "observe";
  }

  now(): number {
    return this.#time.now();
  }

  async run(): Promise<Outcome> {
    const { pace, manners, record, mode } = this.#setting;
    const { origin, repair, sendsWithClientToken } = record;
    this.#note("setting", () =>
      JSON.stringify({ ...manners, ...pace, origin, repair, sendsWithClientToken, mode }),
    );
    this.#walkEvery(pace.sweepMs);
    this.#scheduleSteps();
    await this.#time.runUntil(() => this.#endAt);
    this.#quieten();
    const hiddenMs = manners.readsShowDowngrade ? 0 : DAY;
    // Two sweeps and the longest repetition after the last webhook has arrived.
    const quietMs = 2 * pace.sweepMs + 2 * MINUTE + hiddenMs;
    await this.#time.runUntil(() => Math.max(this.#wire.lastAt, this.#endAt, this.#restedAt) + quietMs);
    this.#judgeEnd();
    return {
      seed: this.#seed,
      violations: this.#referee.violations,
      trace: this.#trace ?? [],
      digest: this.#digest,
      steps: this.#stepCount,
      probes: this.#core.probeCount,
      measures: this.#referee.measures,
    };
  }

  #scheduleSteps(): void {
    let at = START + this.random.between(1000, 5000);
    for (let count = 0; count < this.#setting.stepCount; count += 1) {
      this.#time.at(at, () => this.#takeStep());
      const [low, high] = this.random.pick<readonly [number, number]>(this.#setting.pace.gaps);
      at += this.random.between(low, high);
      if (this.#setting.pace === PACES.slow && this.random.chance(0.1)) at += 8 * DAY;
    }
    this.#endAt = at;
  }

  #takeStep(): void {
    const name = pickStep(this);
    this.#note("step", () => name);
    STEPS[name].run(this);
  }

  #walkEvery(ms: number): void {
    this.#time.at(this.now() + ms, () => {
      this.#core.reconcileShared();
      this.#walkEvery(ms);
    });
  }

  /** No more faults; only the truth remains. */
  #quieten(): void {
    if (!this.#core.up) this.#core.start();
    this.#meta.trouble = null;
    this.#meta.lies = 0;
    for (const what of NEEDED_READS) this.#meta.refused.delete(what);
    this.#core.incidentSince = null;
    this.change({ tokenAlive: true, admin: true, clientTokenAlive: true });
    if (this.isObserving && this.random.chance(0.5)) this.setMode("enforce");
    if (this.#core.record.operatorClosed !== null) this.#core.act({ kind: "operator_reopen" });
    this.#note("quiet", () => "nothing more happens");
  }

  change(patch: Partial<Truth>): void {
    const was = this.truth;
    this.#line.change(this.now(), patch);
    this.#note("truth", () => JSON.stringify(patch));
    this.#referee.changed(was, this.truth);
    const { tokenAlive, admin, clientTokenAlive, needsApp } = this.truth;
    if (!tokenAlive || !admin || (needsApp && !clientTokenAlive))
      this.#referee.disturbed("ours", this.now() + 90 * SECOND);
    if (patch.linked === false) this.#isCompanionInDoubt = true;
  }

  tell(webhook: Webhook, about?: string): void {
    const spell = about === undefined ? null : this.#referee.spell(about);
    const announced = { ...webhook, about: spell };
    const way = this.#wire.send(announced);
    this.#note("webhook", () => `${webhook.event}${webhook.isOurs ? "" : " (foreign or forged)"}: ${way}`);
  }

  later(ms: number, run: () => void): void {
    this.#time.at(this.now() + ms, run);
    this.#endAt = Math.max(this.#endAt, this.now() + ms);
  }

  trouble(kind: NonNullable<ModelMeta["trouble"]>["kind"], share: number, ms: number): void {
    this.#meta.trouble = { kind, share };
    this.#note("trouble", () => `${kind}, ${share * 100} % of questions, ${ms / 1000} s`);
    this.#referee.disturbed(kind === "no_network" ? "ours" : "meta", this.now() + ms + 3000);
    const mine = this.#meta.trouble;
    this.later(ms, () => {
      if (this.#meta.trouble === mine) this.#meta.trouble = null;
    });
  }

  lie(count: number): void {
    // Two in a row would count as a loss.
    if (this.now() < this.#nextLieAt) return;
    this.#nextLieAt = this.now() + 2 * this.#setting.pace.sweepMs + 2 * MINUTE;
    this.#meta.lies = count;
    this.#referee.disturbed("meta", this.now() + this.#setting.pace.sweepMs + MINUTE);
  }

  refuse(what: string, how: RefusalName, ms: number | null): void {
    this.#meta.refused.set(what, how);
    this.#note("refuses", () => `${what} with ${how}${ms === null ? "" : `, ${ms / 1000} s`}`);
    if (ms === null) return;
    // Meanwhile its answer is unknown, and a refused field is asked for again after a pause.
    const knownAt = this.now() + ms + RESTED_WITHIN;
    this.#restedAt = Math.max(this.#restedAt, knownAt);
    this.#referee.disturbed(what === "id" ? "ours" : "meta", knownAt);
    this.later(ms, () => this.#meta.refused.delete(what));
  }

  denyAll(ms: number): void {
    if (!this.#core.up || this.#core.incidentSince !== null) return;
    const since = this.now();
    this.#core.incidentSince = since;
    this.trouble("denies", 1, ms);
    // A wrong answer just after the last denial is the second in a row, too.
    this.#meta.lies = 0;
    this.#nextLieAt = Math.max(this.#nextLieAt, since + ms + 2 * this.#setting.pace.sweepMs + 2 * MINUTE);
    // It ends after Meta's fault: a WABA must have been seen intact.
    const lastsMs = ms + this.random.between(1000, 5000);
    this.#referee.disturbed("meta", since + lastsMs + 1000);
    this.later(lastsMs, () => {
      this.#core.incidentSince = null;
    });
  }

  setMode(mode: Mode): void {
    this.#core.setMode(mode);
    this.#referee.modeSet();
    this.#note("mode", () => mode);
  }

  toggleToken(): void {
    const { up, record } = this.#core;
    if (!up || modelOf(record).sendsWith !== null) return;
    const needsApp = !record.sendsWithClientToken;
    // Before the command: a missing app was missing before it was required.
    this.change({ needsApp });
    this.#core.act({ kind: "configure", sendsWithClientToken: needsApp });
  }

  kill(downMs: number): void {
    if (!this.#core.up) return;
    this.#core.kill();
    // Its lease outlives it.
    this.#referee.disturbed("ours", this.now() + downMs + 31 * SECOND);
    this.#note("kill", () => `down for ${downMs / 1000} s`);
    this.later(downMs, () => {
      if (!this.#core.up) this.#core.start();
    });
  }

  act(what: Parameters<Stage["act"]>[0], numberId?: string): void {
    const core = this.#core;
    switch (what) {
      case "check":
        return core.check();
      case "close":
        return core.act({ kind: "operator_close", actor: "user_1", why: "asked to" });
      case "reopen":
        if (core.record.operatorClosed !== null) core.act({ kind: "operator_reopen" });
        return;
      case "adopt":
        if (core.record.adoption === "discovered") core.act({ kind: "adopt" });
        return;
      case "signup":
        if (core.up && this.truth.linked) this.#isCompanionInDoubt = false;
        return core.act({ kind: "signup_finished", as: "unknown" });
      case "refused_send":
        if (core.derivedNow().gate === "open") core.act({ kind: "suspicion" });
        return;
      case "half_open":
        return this.#try(numberId ?? "", true);
    }
  }

  /**
   * One client message through the half-open gate (rule 10). A web filter may answer in Meta's place, under
   * 200.
   */
  #try(numberId: string, mayBeFiltered: boolean): void {
    if (this.#core.derivedNow().numbers[numberId]?.gate !== "half_open") return;
    const passes = hasPermission(this.truth) && isConnected(this.truth, numberId) && this.truth.linked;
    const answer =
      mayBeFiltered && this.random.chance(0.3) ? this.random.pick(FILTERED) : passes ? ACCEPTED : REFUSED;
    const accepted = halfOpenOutcomeOf(meaningOfAnswer(answer.status, Buffer.from(answer.body)));
    this.#note("message", () => `${answer.status} ${answer.body}: ${accepted ?? "proves nothing"}`);
    if (accepted !== null) this.#core.act({ kind: "half_open", numberId, accepted });
    else this.#sendSoon(numberId);
  }

  /** Clients do not know of a half-open gate, so their next message comes within seconds. */
  #sendSoon(numberId: string): void {
    if (this.#sending.has(numberId) || this.#sent >= MOST_SENT) return;
    this.#sent += 1;
    this.#sending.add(numberId);
    this.later(this.random.between(100, 20_000), () => {
      this.#sending.delete(numberId);
      this.#try(numberId, true);
    });
  }

  #arrived(delivery: Delivery, status: number): void {
    const { webhook, copy } = delivery;
    this.#note(
      "arrives",
      () => `${webhook.event}, copy ${copy}, of ${iso(delivery.entryTimeS * 1000)}: ${status}`,
    );
    if (status !== 200) return;
    if (webhook.event === "ACCOUNT_RECONNECTED" && this.truth.linked) this.#isCompanionInDoubt = false;
    const spell = webhook.about === null ? null : this.#referee.spell(webhook.about.kind);
    if (spell !== null && spell === webhook.about) this.#referee.announced(spell);
  }

  #stepped(step: Step): void {
    this.#stepCount += 1;
    this.#referee.stepped(step);
    const { derived, observation } = step;
    for (const [id, { gate }] of Object.entries(derived.numbers))
      if (gate === "half_open") this.#sendSoon(id);
    const decided = `${derived.status} ${derived.reason ?? ""} ${derived.gate}`;
    this.#digest = `${hashOf(`${this.#digest}${step.at}${observation.type}${decided}`)}`;
    this.#note("server", () => `${textOf(observation)} -> ${decided}`);
  }

  #judgeEnd(): void {
    for (const id of this.numberIds) this.#try(id, false);
    const { record } = this.#core;
    const gates = Object.values(this.#core.derivedNow().numbers).map((number) => number.reason);
    // No probe can prove the companion link. Without Meta's notice, or after notices out of order, it is
    // unknown.
    if (this.#isCompanionInDoubt && gates.some((reason) => reason?.startsWith("companion") === true)) return;
    // Observe mode writes nothing: partial control cannot be found, nor our own access be given back.
    if (this.isObserving && isFullyShared({ ...this.truth, full: true }))
      if (!this.truth.full || !this.truth.assigned) return;
    this.#referee.judgeEnd(expectedOf(this.truth, record, this.numberIds), this.#core);
  }

  #note(what: string, text: () => string): void {
    this.#trace?.push(`${iso(this.now())}  ${what.padEnd(8)} ${text()}`);
  }
}
