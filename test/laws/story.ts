import { derive } from "../../src/sharing/status/derive.ts";
import type { Hint, HintEffect } from "../../src/sharing/evidence/hint.ts";
import type { Answer, ProbeResult } from "../../src/sharing/model/probe-result.ts";
import { newShareRecord, newNumberRecord, type ShareRecord } from "../../src/sharing/model/share-record.ts";
import type { Command } from "../../src/sharing/rules/observe-command.ts";
import { observe } from "../../src/sharing/rules/observe.ts";
import { DAY, MINUTE } from "../../src/sharing/model/timings.ts";

export const T0 = Date.UTC(2026, 10, 22);
const OLD = 8 * DAY;
const TRUE: Answer = { verdict: "true" };
const WRITTEN: Answer = { verdict: "true", byWrite: true };
export const BAD: Answer = { verdict: "bad", reason: "unspecified", metaMessage: "HTTP 400, error 100/33" };
export const PARTIAL: Answer = {
  verdict: "bad",
  reason: "partial_control",
  metaMessage: "HTTP 403, error 200",
};
export const SILENT: Answer = { verdict: "none", reason: "meta_unreachable", ours: false };
export const OURS: Answer = { verdict: "none", reason: "provider_token_invalid", ours: true };
export const REMOVED: HintEffect = {
  kind: "closing",
  condition: "Shared",
  reason: "partner_removed",
  metaMessage: null,
  coexistence: false,
};

/** A share and its clock: `at` is in ms after T0. */
export class Story {
  record: ShareRecord;
  at = 0;

  constructor(record: ShareRecord) {
    this.record = record;
  }

  /** Proven for 8 days: no repair is recent, so a closing hint is fresh. */
  static proven(change: Partial<ShareRecord> = {}): Story {
    const record = newShareRecord({ adoption: "adopted", origin: "import", now: T0 - OLD });
    const story = new Story({ ...record, numbers: { num_1: newNumberRecord("200", T0 - OLD) }, ...change });
    story.at = -OLD;
    story.probe({ write: "passed" });
    story.at = -20 * MINUTE;
    return story.probe({ write: "passed" });
  }

  /** The same, but its newest repair is `ago` old. */
  static repaired(ago: number, how: "proof" | "import" = "proof"): Story {
    const story = Story.proven();
    story.record = { ...story.record, repair: { at: T0 - ago, how } };
    return story;
  }

  private recordStep(observation: Parameters<typeof observe>[1]): this {
    this.record = observe(this.record, observation, T0 + this.at);
    return this;
  }

  hint(at: number, effect: HintEffect = REMOVED, change: Partial<Hint> = {}): this {
    this.at = at;
    const key = JSON.stringify(effect);
    return this.recordStep({
      type: "hint",
      hint: { key, effect, at: T0 + at, receivedAt: T0 + at, foreign: null, ...change },
    });
  }

  /** A probe asked and answered now. By default the share is intact with full control. */
  probe(
    change: Partial<ProbeResult> & {
      shared?: Answer;
      control?: Answer;
      asked?: number;
      answers?: ProbeResult["answers"];
    } = {},
  ): this {
    const { shared = TRUE, control, asked = this.at, answers, ...rest } = change;
    const fullControl = control ?? (rest.write === "passed" ? WRITTEN : TRUE);
    const reported = { Shared: shared, TokenValid: TRUE, MessagingAllowed: TRUE, ...answers };
    const probe: ProbeResult = {
      askedAt: T0 + asked,
      trigger: "due",
      waited: false,
      numbers: {},
      numbersComplete: false,
      kind: null,
      write: "none",
      ...rest,
      answers: shared.verdict === "true" ? { ...reported, FullControl: fullControl } : reported,
    };
    return this.recordStep({ type: "probe", probe });
  }

  probeAt(at: number, change: Parameters<Story["probe"]>[0] = {}): this {
    this.at = at;
    return this.probe(change);
  }

  act(at: number, act: Command): this {
    this.at = at;
    return this.recordStep({ type: "command", command: act });
  }

  tick(at: number): this {
    this.at = at;
    return this.recordStep({ type: "tick" });
  }

  get gate() {
    return derive(this.record, T0 + this.at).gate;
  }
  get reason() {
    return derive(this.record, T0 + this.at).reason;
  }
  get status() {
    return derive(this.record, T0 + this.at).status;
  }
  /** Due probes in ms after T0. */
  get due() {
    return this.record.dueProbes.map((instant) => instant - T0);
  }
  fact(name: keyof ShareRecord["facts"]) {
    return this.record.facts[name];
  }
}
