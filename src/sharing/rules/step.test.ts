import { describe, expect, test } from "vitest";
import { BAD, PARTIAL, SILENT, Story, T0 } from "../../../test/laws/story.ts";
import type { Mode } from "../../directory/asset-store.ts";
import { changesOf } from "../record/changes.ts";
import { hintAt } from "../../../test/laws/histories.ts";
import type { Answer, ProbeResult } from "../model/probe-result.ts";
import { urgentProbeAt } from "./probe-plan.ts";
import type { ShareRecord } from "../model/share-record.ts";
import type { Observation } from "./observe.ts";
import { stateOf } from "../status/share-state.ts";
import { stepOf, type Recorded } from "./step.ts";
import { verdictOf } from "../gate/verdict.ts";

const NAMES = { client: "Linden Books", partner: "360dialog", wabaId: "100000000000008" };
const TRUE: Answer = { verdict: "true" };
const UNPROVABLE: Answer = { verdict: "none", reason: "not_proven_while_observing", ours: true };

/** One WABA, step by step, each recorded in the mode of that moment. */
class Switched {
  record: ShareRecord = Story.proven().record;
  at = T0;
  mode: Mode = "observe";
  last: Recorded | undefined;

  step(observation: Observation, laterMs = 1000): this {
    this.at += laterMs;
    this.last = stepOf(this.record, observation, this.at, this.mode);
    this.record = this.last.record;
    return this;
  }

  hint(): this {
    const effect = { kind: "closing", condition: "Shared", metaMessage: null, coexistence: false } as const;
    const hint = hintAt({ ...effect, reason: "partner_removed" }, this.at + 1000);
    return this.step({ type: "hint", hint });
  }

  probe(
    shared: Answer,
    control: Answer | undefined,
    write: ProbeResult["write"] = "none",
    laterMs = 6000,
  ): this {
    const rest = { trigger: "due", waited: false, numbers: {}, numbersComplete: false, kind: null } as const;
    const answers = { Shared: shared, TokenValid: TRUE, ...(control && { FullControl: control }) };
    const mayWrite = this.mode === "enforce";
    return this.step(
      { type: "probe", probe: { ...rest, askedAt: this.at + laterMs, answers, write, mayWrite } },
      laterMs,
    );
  }

  /** As an operator sets it, or as a start in another mode finds it. */
  enforce(how: "set" | "restart"): this {
    if (how === "restart") {
      this.mode = "enforce";
      return this;
    }
    this.step({ type: "command", command: { kind: "configure", mode: "enforce" } });
    this.mode = "enforce";
    return this;
  }

  passes(): boolean {
    const state = stateOf(this.record, this.at);
    const [number] = state.numbers;
    if (number === undefined) throw new Error("Broken assumption: the story has a number");
    return verdictOf(this.mode, state, number, NAMES).decision === "open";
  }

  reported(): string[] {
    return this.last === undefined
      ? []
      : changesOf(this.last.before, this.last.after).map(({ type }) => type);
  }
}

const repaired = (): Switched => new Switched().hint().probe(TRUE, UNPROVABLE);

describe("H2: from observe to enforce, probe first and close afterwards", () => {
  test("a share that is back is not known in observe mode, and its reason names the provider", () => {
    const { FullControl: control } = repaired().record.facts;
    expect([control.status, control.reason]).toEqual(["Unknown", "not_proven_while_observing"]);
  });

  test.each(["set", "restart"] as const)(
    "%s: nothing closes before a probe that may write has answered",
    (how) => {
      const switched = repaired().enforce(how);
      expect([stateOf(switched.record, switched.at).gate, switched.passes()]).toEqual(["closed", true]);
      expect(switched.probe(SILENT, SILENT).passes()).toBe(true);
      expect(switched.probe(TRUE, { verdict: "true", byWrite: true }, "passed").passes()).toBe(true);
      expect(stateOf(switched.record, switched.at).status).toBe("live");
    },
  );

  test("set: a WABA that would close is due at once", () => {
    const switched = repaired().enforce("set");
    expect(urgentProbeAt(switched.record)).toBeLessThanOrEqual(switched.at);
  });

  test("a share that is really lost closes by that probe, and the journal reports it", () => {
    const switched = new Switched().hint().probe(BAD, undefined).enforce("restart");
    expect(switched.passes()).toBe(true);
    expect(switched.probe(BAD, undefined).passes()).toBe(false);
    expect(switched.reported()).toEqual(["waba.enforced", "waba.gate.closed"]);
  });

  test("partial control closes once its write has failed", () => {
    const switched = new Switched().probe(TRUE, PARTIAL).probe(TRUE, PARTIAL).enforce("restart");
    expect([stateOf(switched.record, switched.at).reason, switched.passes()]).toEqual([
      "partial_control",
      true,
    ]);
    expect(switched.probe(TRUE, PARTIAL, "failed").passes()).toBe(false);
  });

  test("rule 3 holds: a removal that is announced after the switch closes at once", () => {
    const switched = new Switched().probe(TRUE, TRUE).enforce("restart");
    expect([switched.passes(), switched.hint().passes()]).toEqual([true, false]);
  });
});
