import { derive } from "../../src/sharing/status/derive.ts";
import type { Hint, HintEffect } from "../../src/sharing/evidence/hint.ts";
import type { Answer, Look } from "../../src/sharing/model/probe-result.ts";
import { newMemory, newNumberMemory, type ShareMemory } from "../../src/sharing/model/share-record.ts";
import type { Act } from "../../src/sharing/rules/observe-command.ts";
import { observe } from "../../src/sharing/rules/observe.ts";
import { DAY, MINUTE } from "../../src/sharing/model/timings.ts";

export const T0 = Date.UTC(2026, 10, 22);
const OLD = 8 * DAY;
const TRUE: Answer = { verdict: "true" };
const WRITTEN: Answer = { verdict: "true", byWrite: true };
export const BAD: Answer = { verdict: "bad", reason: "unspecified", words: "HTTP 400, error 100/33" };
export const PARTIAL: Answer = { verdict: "bad", reason: "partial_control", words: "HTTP 403, error 200" };
export const SILENT: Answer = { verdict: "none", reason: "meta_unreachable", ours: false };
export const OURS: Answer = { verdict: "none", reason: "provider_token_invalid", ours: true };
export const REMOVED: HintEffect = {
  kind: "closing",
  condition: "Shared",
  reason: "partner_removed",
  words: null,
  coexistence: false,
};

/** A share and its clock: `at` is in ms after T0. */
export class Story {
  memory: ShareMemory;
  at = 0;

  constructor(memory: ShareMemory) {
    this.memory = memory;
  }

  /** Proven for 8 days: no repair is young, so that a closing hint is fresh. */
  static proven(change: Partial<ShareMemory> = {}): Story {
    const memory = newMemory({ adoption: "adopted", origin: "import", now: T0 - OLD });
    const story = new Story({ ...memory, numbers: { num_1: newNumberMemory("200", T0 - OLD) }, ...change });
    story.at = -OLD;
    story.look({ write: "passed" });
    story.at = -20 * MINUTE;
    return story.look({ write: "passed" });
  }

  /** The same, but its newest repair is `ago` old. */
  static repaired(ago: number, how: "proof" | "import" = "proof"): Story {
    const story = Story.proven();
    story.memory = { ...story.memory, repair: { at: T0 - ago, how } };
    return story;
  }

  private record(observation: Parameters<typeof observe>[1]): this {
    this.memory = observe(this.memory, observation, T0 + this.at);
    return this;
  }

  hint(at: number, effect: HintEffect = REMOVED, change: Partial<Hint> = {}): this {
    this.at = at;
    const key = JSON.stringify(effect);
    return this.record({
      type: "hint",
      hint: { key, effect, at: T0 + at, receivedAt: T0 + at, foreign: null, ...change },
    });
  }

  /** A look asked and answered now; at first sight the share stands with full control. */
  look(
    change: Partial<Look> & {
      shared?: Answer;
      control?: Answer;
      asked?: number;
      answers?: Look["answers"];
    } = {},
  ): this {
    const { shared = TRUE, control, asked = this.at, answers, ...rest } = change;
    const fullControl = control ?? (rest.write === "passed" ? WRITTEN : TRUE);
    const told = { Shared: shared, TokenValid: TRUE, MessagingAllowed: TRUE, ...answers };
    const look: Look = {
      askedAt: T0 + asked,
      trigger: "due",
      waited: false,
      numbers: {},
      numbersComplete: false,
      kind: null,
      write: "none",
      ...rest,
      answers: shared.verdict === "true" ? { ...told, FullControl: fullControl } : told,
    };
    return this.record({ type: "look", look });
  }

  lookAt(at: number, change: Parameters<Story["look"]>[0] = {}): this {
    this.at = at;
    return this.look(change);
  }

  act(at: number, act: Act): this {
    this.at = at;
    return this.record({ type: "act", act });
  }

  tick(at: number): this {
    this.at = at;
    return this.record({ type: "tick" });
  }

  get gate() {
    return derive(this.memory, T0 + this.at).gate;
  }
  get reason() {
    return derive(this.memory, T0 + this.at).reason;
  }
  get status() {
    return derive(this.memory, T0 + this.at).status;
  }
  /** Due looks in ms after T0. */
  get due() {
    return this.memory.dueLooks.map((instant) => instant - T0);
  }
  fact(name: keyof ShareMemory["facts"]) {
    return this.memory.facts[name];
  }
}
