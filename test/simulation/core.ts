import type { Clock, Timer } from "../../src/lib/clock.ts";
import { parseNotices } from "../../src/meta/account-update.ts";
import type { Mode } from "../../src/directory/asset-store.ts";
import { askClientToken } from "../../src/sharing/probe/ask-client-token.ts";
import { derive, type Derived } from "../../src/sharing/status/derive.ts";
import { hintOf } from "../../src/sharing/evidence/hint.ts";
import { isConfirmedAbsent, type Incident } from "../../src/sharing/rules/incident.ts";
import { judgeProbe } from "../../src/sharing/evidence/judge-probe.ts";
import { probeMeta } from "../../src/sharing/probe/probe-meta.ts";
import { mustWrite, nextProbeAt } from "../../src/sharing/rules/probe-plan.ts";
import type { ProbeTrigger } from "../../src/sharing/model/probe-result.ts";
import { clampToNow, type ShareRecord } from "../../src/sharing/model/share-record.ts";
import type { Command } from "../../src/sharing/rules/observe-command.ts";
import type { MetaAccount } from "../../src/sharing/probe/meta-account.ts";
import { needsSettling, observe, type Observation } from "../../src/sharing/rules/observe.ts";
import { modelOf } from "../../src/sharing/model/partner-model.ts";
import { createRefusedFields } from "../../src/sharing/probe/refused-fields.ts";
import type { RandomSource } from "./random-source.ts";
import {
  APP,
  BUSINESS,
  CLIENT_TOKEN,
  CONTROL_WABA,
  OWN_TOKEN,
  SYSTEM_USER,
  WABA,
  type ModelMeta,
} from "./model-meta.ts";
import { bodyOf, type Delivery } from "./webhook.ts";

/** One observation that was recorded, and what followed from it. */
export interface Step {
  at: number;
  observation: Observation;
  /** The webhook behind a hint. */
  delivery: Delivery | null;
  before: ShareRecord;
  after: ShareRecord;
  wasDerived: Derived;
  derived: Derived;
}

const INCIDENT: Incident = {
  id: "inc_1",
  connectionId: "default",
  about: "meta",
  reason: "refused",
  openedAt: 0,
  probed: 5,
  troubled: 5,
  mostTroubled: 5,
  confirmed: 0,
  endedAt: null,
  endedWhy: null,
};

/** As long as a probe is leased to one instance. The lease outlives a kill. */
const LEASE_MS = 30_000;

/**
 * The server's work on one share, over the real rules: the inbox, due probes, a check, commands. A kill loses
 * everything that is only in memory. The share, the inbox and the lease stay.
 */
export class Core {
  record: ShareRecord;
  up = true;
  mode: Mode;
  /** Since when many WABAs fail together; null: they do not. */
  incidentSince: number | null = null;
  longestProbeMs = 2500;
  probeCount = 0;
  readonly #inbox: { delivery: Delivery; receivedAt: number }[] = [];
  #refused = createRefusedFields();
  #life = 0;
  #leaseUntil = 0;
  #isLooking = false;
  #timer: Timer | null = null;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #meta: ModelMeta;
  readonly #sweepMs: number;
  readonly #hasControl: boolean;
  readonly #stepped: (step: Step) => void;

  constructor(
    parts: { clock: Clock; random: RandomSource; meta: ModelMeta; stepped: (step: Step) => void },
    given: { record: ShareRecord; mode: Mode; sweepMs: number; hasControl: boolean },
  ) {
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#meta = parts.meta;
    this.#stepped = parts.stepped;
    this.record = given.record;
    this.mode = given.mode;
    this.#sweepMs = given.sweepMs;
    this.#hasControl = given.hasControl;
    this.#arm();
  }

  derivedNow(): Derived {
    return derive(this.record, this.#clock.now());
  }

  get waiting(): number {
    return this.#inbox.length;
  }

  /** The HTTP status of the webhook route; 0: no answer. */
  receive(delivery: Delivery): number {
    if (!this.up) return 0;
    if (!delivery.webhook.isSigned) return 401;
    this.#inbox.push({ delivery, receivedAt: this.#clock.now() });
    const life = this.#life;
    this.#clock.at(this.#clock.now() + this.#random.between(0, 40), () => {
      if (life === this.#life) this.#processInbox();
    });
    return 200;
  }

  act(act: Command): void {
    if (this.up) this.#record({ type: "command", command: act });
  }

  /**
   * An operator's command. No kill loses it, because the mode is a column and the command is recorded with
   * it.
   */
  setMode(mode: Mode): void {
    this.mode = mode;
    this.#record({ type: "command", command: { kind: "configure", mode } });
  }

  /**
   * A probe for a person, beside any probe under way. It is repeated after 1 s while its result does not
   * count yet.
   */
  check(): void {
    if (this.up) void this.#check(this.#life);
  }

  /** Between any two steps: work under way is lost, written state stays. */
  kill(): void {
    this.up = false;
    this.#life += 1;
    this.#timer?.cancel();
    this.#isLooking = false;
    this.#refused = createRefusedFields();
    this.record = JSON.parse(JSON.stringify(this.record)) as ShareRecord;
  }

  start(): void {
    this.up = true;
    this.#processInbox();
    this.#arm();
  }

  /** Meta's listing disagrees with what is known, so a probe follows. */
  reconcileShared(): void {
    const isListed = this.#meta.isListed();
    if (!this.up || isListed === null || this.record.adoption !== "adopted") return;
    if (modelOf(this.record).listing === null) return;
    const isHeldLost = this.record.facts.Shared.status === "False";
    if (isListed !== isHeldLost) return;
    const isConfirmed = !isListed && this.incidentSince !== null;
    this.act({ kind: "suspicion", ...(isConfirmed && { absentAt: this.#clock.now() }) });
  }

  #processInbox(): void {
    for (const item of this.#inbox.splice(0)) {
      const parsed = parseNotices(bodyOf(item.delivery));
      if (!parsed.understood) throw new Error("Broken assumption: a webhook of the simulation is understood");
      for (const notice of parsed.notices) {
        const hint = hintOf(notice, item.receivedAt, { businessId: BUSINESS, appId: APP });
        this.#record({ type: "hint", hint }, item.delivery);
        // Killed between the record and its completion: after the start it is taken again.
        if (this.#random.chance(0.02)) this.#record({ type: "hint", hint }, item.delivery);
      }
    }
  }

  #record(observation: Observation, delivery: Delivery | null = null): void {
    const now = this.#clock.now();
    const before = this.record;
    const wasDerived = derive(before, now);
    this.record = observe(clampToNow(before, now), observation, now);
    const derived = derive(this.record, now);
    this.#stepped({ at: now, observation, delivery, before, after: this.record, wasDerived, derived });
    this.#arm();
  }

  #arm(): void {
    if (!this.up || this.#isLooking) return;
    this.#timer?.cancel();
    const now = this.#clock.now();
    const nextAt = nextProbeAt(this.record, now, this.#sweepMs, this.#random.next());
    if (nextAt !== null) this.#timer = this.#clock.at(Math.max(nextAt, this.#leaseUntil), this.#begin);
  }

  readonly #begin = (): void => {
    if (!this.up || this.#isLooking) return;
    this.#isLooking = true;
    this.#leaseUntil = this.#clock.now() + LEASE_MS;
    void this.#sweep(this.#life);
  };

  async #sweep(life: number): Promise<void> {
    await this.#probe("sweep", false, life);
    if (life !== this.#life) return;
    this.#isLooking = false;
    this.#leaseUntil = 0;
    this.#arm();
  }

  async #check(life: number): Promise<void> {
    for (let count = 0; count < 3 && life === this.#life; count += 1) {
      await this.#probe("check", count > 0, life);
      const { Shared: shared, FullControl: control } = this.record.facts;
      if (shared.badAt === null && control.badAt === null) return;
      await this.#clock.pause(1000);
    }
  }

  async #probe(wanted: ProbeTrigger, waited: boolean, life: number): Promise<void> {
    if (this.record.adoption === "offboarded" && wanted !== "check") return;
    const askedAt = this.#clock.now();
    if (needsSettling(this.record, askedAt)) this.#record({ type: "tick" });
    const isDue = (this.record.dueProbes[0] ?? Infinity) <= askedAt;
    const trigger = wanted === "sweep" && isDue ? "due" : wanted;
    const { record, mode } = this;
    const account: MetaAccount = {
      connectionId: "default",
      businessId: BUSINESS,
      appId: APP,
      systemUserId: SYSTEM_USER,
      token: OWN_TOKEN,
      graph: this.#meta,
      refused: this.#refused,
    };
    const isNeeded = record.sendsWithClientToken;
    const client = isNeeded ? await askClientToken(account, { wabaId: WABA, token: CLIENT_TOKEN }) : null;
    const probed = await probeMeta(account, {
      wabaId: WABA,
      write: mustWrite(record, askedAt, trigger),
      mayWrite: record.adoption === "adopted" && mode === "enforce",
      controlWabaId: this.#hasControl ? CONTROL_WABA : null,
      override: null,
      model: modelOf(record),
      clientToken: isNeeded ? CLIENT_TOKEN : null,
      askRole: record.facts.Shared.status !== "False",
      afresh: trigger === "check",
    });
    if (life !== this.#life) return;
    this.probeCount += 1;
    this.longestProbeMs = Math.max(this.longestProbeMs, this.#clock.now() - askedAt);
    const numberIds = Object.fromEntries(Object.keys(this.#meta.truth.now.numbers).map((id) => [id, id]));
    const terms = {
      wabaId: WABA,
      model: modelOf(record),
      sendsWithClientToken: isNeeded,
      observing: mode === "observe",
    };
    const identity = { appId: APP, systemUserId: SYSTEM_USER, numberIds, terms };
    const probe = judgeProbe({ ...probed, client }, identity, { askedAt, trigger, waited });
    this.#record({ type: "probe", probe: this.#isDoubted() ? { ...probe, distrusted: true } : probe });
  }

  /** Many fail together, and no listing confirms this loss: the verdict of the incident watch on a probe. */
  #isDoubted(): boolean {
    if (this.incidentSince === null) return false;
    return !isConfirmedAbsent(this.record, { ...INCIDENT, openedAt: this.incidentSince });
  }
}
