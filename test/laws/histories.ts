import fc from "fast-check";
import type { WabaCondition } from "../../src/sharing/model/fact.ts";
import type { Hint, HintEffect } from "../../src/sharing/evidence/hint.ts";
import type { Answer, ProbeResult } from "../../src/sharing/model/probe-result.ts";
import {
  clampToNow,
  newShareRecord,
  newNumberRecord,
  type ShareRecord,
} from "../../src/sharing/model/share-record.ts";
import type { Command } from "../../src/sharing/rules/observe-command.ts";
import { observe, type Observation } from "../../src/sharing/rules/observe.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/sharing/model/timings.ts";

/**
 * Random histories of one share: hints, probes, commands and passing time, with instants at and beside every
 * limit of the rules.
 */

export const START = Date.UTC(2026, 10, 22);
const NUMBER_IDS = ["num_1", "num_2"];

/**
 * One step of a history: how long after the previous one, and what happens then. `at` is when it is recorded.
 */
export interface Move {
  afterMs: number;
  observationAt(at: number): Observation;
  /** The text of a counterexample. */
  [fc.toStringMethod]: () => string;
}

const moveOf = (afterMs: number, observationAt: (at: number) => Observation): Move => ({
  afterMs,
  observationAt,
  [fc.toStringMethod]: () => `+${afterMs} ms ${JSON.stringify(observationAt(0))}`,
});

export interface Step {
  before: ShareRecord;
  observation: Observation;
  after: ShareRecord;
  at: number;
}

/** One step as it is recorded: a clock that was set back first, then the observation. */
export function recordStep(record: ShareRecord, observation: Observation, at: number): ShareRecord {
  return observe(clampToNow(record, at), observation, at);
}

export function play(record: ShareRecord, moves: readonly Move[], from = START): Step[] {
  const steps: Step[] = [];
  let [known, at] = [record, from];
  for (const move of moves) {
    at += move.afterMs;
    const observation = move.observationAt(at);
    const after = recordStep(known, observation, at);
    steps.push({ before: known, observation, after, at });
    known = after;
  }
  return steps;
}

export const lastOf = (steps: readonly Step[], record: ShareRecord): ShareRecord =>
  steps.at(-1)?.after ?? record;

export function recordWith(input: {
  origin: ShareRecord["origin"];
  adoption: ShareRecord["adoption"];
  numbers: number;
  coexistence: boolean;
  clientToken: boolean;
}): ShareRecord {
  const record = newShareRecord({ origin: input.origin, adoption: input.adoption, now: START });
  for (const id of NUMBER_IDS.slice(0, input.numbers))
    record.numbers[id] = { ...newNumberRecord(`2000${id.slice(-1)}`, START), coexistence: input.coexistence };
  return { ...record, everCoexistence: input.coexistence, sendsWithClientToken: input.clientToken };
}

export const anyRecord = fc
  .record({
    origin: fc.constantFrom<ShareRecord["origin"]>("import", "signup", "discovery"),
    adoption: fc.constantFrom<ShareRecord["adoption"]>("adopted", "adopted", "discovered"),
    numbers: fc.integer({ min: 0, max: 2 }),
    coexistence: fc.boolean(),
    clientToken: fc.boolean(),
  })
  .map(recordWith);

const GAPS = [0, 1, 500, 999, 1000, 1500, 3000, 3300, 4999, 5000, 8000, 9500, 10_000, 30_000];
const LONG_GAPS = [MINUTE, 5 * MINUTE, 10 * MINUTE, HOUR, DAY, 7 * DAY];
export const anyGap = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...GAPS) },
  { weight: 1, arbitrary: fc.constantFrom(...LONG_GAPS) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 * SECOND }) },
);

const closing = (condition: WabaCondition, reason: string, coexistence = false): HintEffect => ({
  kind: "closing",
  condition,
  reason,
  metaMessage: null,
  coexistence,
});
const RESTRICTED = (...types: string[]): HintEffect => ({
  kind: "restricted",
  restrictions: types.map((type) => ({ type, until: START + DAY })),
});

export const EFFECTS: readonly HintEffect[] = [
  closing("Shared", "partner_removed"),
  closing("Shared", "waba_deleted"),
  closing("Shared", "unspecified", true),
  closing("Shared", "coexistence_banned", true),
  closing("AppInstalled", "app_uninstalled"),
  closing("MessagingAllowed", "meta_disabled"),
  RESTRICTED("RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"),
  RESTRICTED("RESTRICTED_BIZ_INITIATED_MESSAGING"),
  { kind: "companion_lost" },
  { kind: "companion_back" },
  { kind: "share_back" },
  { kind: "warning", metaMessage: "SCHEDULE_FOR_DISABLE" },
  { kind: "probe" },
];

/** A hint of the second that contains `saidAt`, received at `at`, with the time by rule 1. */
export function hintAt(effect: HintEffect, at: number, ageMs = 0, foreign: string | null = null): Hint {
  const saidAt = Math.floor((at - ageMs) / SECOND) * SECOND + 999;
  const detail = effect.kind === "restricted" ? effect.restrictions.map((one) => one.type).join() : "";
  const reason = effect.kind === "closing" ? effect.reason : detail;
  return {
    key: `${effect.kind}|${reason}|${foreign ?? ""}`,
    effect,
    at: Math.min(saidAt, at),
    receivedAt: at,
    foreign,
  };
}

const anyAge = fc.constantFrom(0, 0, 0, 900, 4000, 5000, 6000, 30_000, HOUR, 8 * DAY);
const anyForeign = fc.constantFrom(null, null, null, "it is about another app");

export const hintMoveOf = (effects: readonly HintEffect[]) =>
  fc
    .record({ afterMs: anyGap, effect: fc.constantFrom(...effects), age: anyAge, foreign: anyForeign })
    .map(({ afterMs, effect, age, foreign }) =>
      moveOf(afterMs, (at) => ({ type: "hint", hint: hintAt(effect, at, age, foreign) })),
    );

export type World = "full" | "partial" | "gone" | "unanswered" | "ours";

const NONE: Answer = { verdict: "none", reason: "meta_unreachable", ours: false };
const OURS: Answer = { verdict: "none", reason: "provider_token_invalid", ours: true };
const TRUE: Answer = { verdict: "true" };

/** What a probe shows of a world: the whole answer, as judgeProbe gives it. */
export function probeOf(
  world: World,
  askedAt: number,
  more: Partial<ProbeResult> = {},
  numbers = NUMBER_IDS,
): ProbeResult {
  const write = more.write ?? "none";
  const silent = world === "ours" ? OURS : NONE;
  const numberSeen = world === "full" || world === "partial" ? TRUE : silent;
  return {
    askedAt,
    trigger: "due",
    waited: false,
    numbers: Object.fromEntries(
      numbers.map((id) => [
        id,
        { phoneNumberId: `2000${id.slice(-1)}`, connected: numberSeen, coexistence: null },
      ]),
    ),
    numbersComplete: false,
    kind: null,
    ...more,
    write: world === "full" ? write : world === "partial" ? "failed" : "none",
    answers: answersOf(world, write === "passed"),
  };
}

function answersOf(world: World, byWrite: boolean): ProbeResult["answers"] {
  const rest = { TokenValid: TRUE, WebhookSubscribed: TRUE, MessagingAllowed: TRUE, AppInstalled: TRUE };
  switch (world) {
    case "full":
      return { Shared: TRUE, FullControl: { verdict: "true", byWrite }, ...rest };
    case "partial":
      return {
        Shared: TRUE,
        FullControl: { verdict: "bad", reason: "partial_control", metaMessage: null },
        ...rest,
      };
    case "gone":
      return {
        TokenValid: TRUE,
        Shared: { verdict: "bad", reason: "unspecified", metaMessage: null },
        MessagingAllowed: NONE,
      };
    case "unanswered":
      return { TokenValid: NONE, Shared: NONE, FullControl: NONE, MessagingAllowed: NONE };
    case "ours":
      return { TokenValid: NONE, Shared: OURS, FullControl: OURS, MessagingAllowed: OURS };
  }
}

/** A probe whose single answers are then changed at random. Each condition has its own answer. */
const anyAnswer = (reason: string): fc.Arbitrary<Answer> =>
  fc.constantFrom<Answer>(TRUE, NONE, OURS, { verdict: "bad", reason, metaMessage: null });

const anyTwist = fc.record({
  MessagingAllowed: fc.option(anyAnswer("meta_disabled"), { nil: undefined }),
  WebhookSubscribed: fc.option(anyAnswer("subscription_missing"), { nil: undefined }),
  TokenValid: fc.option(anyAnswer("provider_token_invalid"), { nil: undefined }),
  AppInstalled: fc.option(anyAnswer("app_uninstalled"), { nil: undefined }),
  number: fc.option(anyAnswer("number_deregistered"), { nil: undefined }),
});

/**
 * Probes of the given worlds: asked up to 8 s before their answer is recorded, for every trigger, with and
 * without a write.
 */
export const probeMoveOf = (worlds: readonly World[], twisted: boolean) =>
  fc
    .record({
      afterMs: anyGap,
      lagMs: fc.constantFrom(0, 0, 0, 10, 1000, 3000, 8000),
      world: fc.constantFrom(...worlds),
      write: fc.constantFrom<ProbeResult["write"]>("passed", "none"),
      trigger: fc.constantFrom<ProbeResult["trigger"]>("due", "sweep", "check", "send", "listing", "import"),
      waited: fc.boolean(),
      twist: twisted ? anyTwist : fc.constant(null),
      complete: fc.boolean(),
    })
    .map(({ afterMs, lagMs, world, twist, complete, ...more }) => {
      const observationAt = (at: number): Observation => {
        const probe = probeOf(
          world,
          at - lagMs,
          more,
          world === "full" && twist?.number !== undefined ? ["num_1"] : NUMBER_IDS,
        );
        if (twist === null) return { type: "probe", probe };
        for (const name of ["MessagingAllowed", "WebhookSubscribed", "TokenValid", "AppInstalled"] as const)
          if (twist[name] !== undefined && probe.answers[name] !== undefined)
            probe.answers[name] = twist[name];
        const [first] = Object.values(probe.numbers);
        if (first !== undefined && twist.number !== undefined) first.connected = twist.number;
        return { type: "probe", probe: { ...probe, numbersComplete: complete && world === "full" } };
      };
      return moveOf(afterMs, observationAt);
    });

export const ACTS: readonly Command[] = [
  { kind: "adopt" },
  { kind: "offboard" },
  { kind: "operator_close", actor: "user_1", why: "asked to" },
  { kind: "operator_close", actor: "user_1", why: "for a while", until: START + 2 * HOUR },
  { kind: "operator_reopen" },
  { kind: "operator_open" },
  { kind: "signup_finished", as: "unknown" },
  { kind: "suspicion" },
  { kind: "half_open", numberId: "num_1", accepted: true },
  { kind: "half_open", numberId: "num_1", accepted: false },
];

export const actMoveOf = (commands: readonly Command[]) =>
  fc
    .record({ afterMs: anyGap, act: fc.constantFrom(...commands) })
    .map(({ afterMs, act }) => moveOf(afterMs, () => ({ type: "command", command: act })));

/** Only time passes. Now and then the clock is set back, as a reset of the sandbox does. */
export const tickMove = fc
  .oneof({ weight: 9, arbitrary: anyGap }, { weight: 1, arbitrary: fc.constantFrom(-500, -10_000, -HOUR) })
  .map((afterMs) => moveOf(afterMs, () => ({ type: "tick" })));

const ALL_WORLDS: readonly World[] = ["full", "full", "partial", "gone", "unanswered", "ours"];

const anyMove = fc.oneof(
  { weight: 4, arbitrary: hintMoveOf(EFFECTS) },
  { weight: 6, arbitrary: probeMoveOf(ALL_WORLDS, true) },
  { weight: 2, arbitrary: actMoveOf(ACTS) },
  { weight: 1, arbitrary: tickMove },
);
export const anyHistory = fc.array(anyMove, { maxLength: 25 });

/** The same histories at every run. LAWS_SEED and LAWS_RUNS select others. */
const { LAWS_SEED: seed = "20261122", LAWS_RUNS: runs = "150" } = process.env;
export const RUNS = { numRuns: Number(runs), seed: Number(seed) };
