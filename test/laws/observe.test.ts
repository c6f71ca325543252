import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { derive } from "../../src/sharing/status/derive.ts";
import { newShareRecord, type ShareRecord } from "../../src/sharing/model/share-record.ts";
import { observe } from "../../src/sharing/rules/observe.ts";
import { isSpecific } from "../../src/sharing/model/reason.ts";
import {
  actMoveOf,
  anyGap,
  anyHistory,
  anyRecord,
  EFFECTS,
  hintAt,
  hintMoveOf,
  lastOf,
  probeMoveOf,
  play,
  recordStep,
  RUNS,
  START,
  tickMove,
  type Step,
} from "./histories.ts";

/** Freezes a value deeply: a write to it throws. */
function freeze<T>(value: T): T {
  if (value !== null && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

const gateOf = (record: ShareRecord, at: number) => derive(record, at).gate;

/** Every step of every history satisfies `holds`. */
function always(holds: (step: Step) => void): void {
  fc.assert(
    fc.property(anyRecord, anyHistory, (record, moves) => play(record, moves).forEach(holds)),
    RUNS,
  );
}

describe("the form of observe", () => {
  test("purity: it never changes its arguments, and the same arguments give the same result", () => {
    always(({ before, observation, at }) => {
      const given = freeze(structuredClone({ before, observation }));
      expect(observe(given.before, given.observation, at)).toEqual(
        observe(given.before, given.observation, at),
      );
    });
  });

  test("a record survives the database: its JSON is the same record", () => {
    always(({ after }) => expect(JSON.parse(JSON.stringify(after))).toStrictEqual(after));
  });

  test("due probes are ascending, each once", () => {
    always(({ after }) =>
      expect(after.dueProbes).toEqual([...new Set(after.dueProbes)].sort((a, b) => a - b)),
    );
  });
});

describe("rule 1: repetition", () => {
  test("an equal hint observed again changes nothing that time alone would not", () => {
    fc.assert(
      fc.property(
        anyRecord,
        anyHistory,
        fc.constantFrom(...EFFECTS),
        anyGap,
        (record, moves, effect, gapMs) => {
          const steps = play(record, moves);
          const at = (steps.at(-1)?.at ?? START) + 1;
          const hint = hintAt(effect, at);
          const once = recordStep(lastOf(steps, record), { type: "hint", hint }, at);
          const again = { type: "hint", hint: { ...hint, receivedAt: at + gapMs } } as const;
          expect(recordStep(once, again, at + gapMs)).toEqual(recordStep(once, { type: "tick" }, at + gapMs));
        },
      ),
      RUNS,
    );
  });
});

describe("rule 2: a hint that is not admitted only starts probes", () => {
  /** The record without what a hint that is not admitted may change. */
  const withoutLooking = (record: ShareRecord) => ({
    ...record,
    dueProbes: [],
    seenHints: {},
    alertAt: null,
    write: { ...record.write, wanted: false },
  });

  test("a foreign hint, whatever it says", () => {
    fc.assert(
      fc.property(anyRecord, anyHistory, fc.constantFrom(...EFFECTS), (record, moves, effect) => {
        const steps = play(record, moves);
        const at = (steps.at(-1)?.at ?? START) + 1;
        const known = recordStep(lastOf(steps, record), { type: "tick" }, at);
        const reported = recordStep(
          known,
          { type: "hint", hint: hintAt(effect, at, 0, "it is about another app") },
          at,
        );
        expect(withoutLooking(reported)).toEqual(withoutLooking(known));
      }),
      RUNS,
    );
  });

  test("a closing hint 5 s or more older than the newest counted proof moves no condition", () => {
    fc.assert(
      fc.property(anyRecord, anyHistory, fc.constantFrom(...EFFECTS), (record, moves, effect) => {
        if (effect.kind !== "closing") return;
        const steps = play(record, moves);
        const at = (steps.at(-1)?.at ?? START) + 1;
        const known = recordStep(lastOf(steps, record), { type: "tick" }, at);
        const provenAt = known.facts[effect.condition].lastTrueAt;
        fc.pre(provenAt !== null);
        const stale = { ...hintAt(effect, at), at: provenAt - 5000 };
        const reported = recordStep(known, { type: "hint", hint: stale }, at);
        expect([reported.facts, reported.hints]).toEqual([known.facts, known.hints]);
      }),
      RUNS,
    );
  });
});

describe("rule 8: only a True proof opens, and a missing answer proves nothing", () => {
  test("a closed gate opens only by a probe that proves, or by a command that the table allows", () => {
    const openers = new Set(["adopt", "operator_reopen", "operator_open", "signup_finished", "half_open"]);
    always(({ before, observation, after, at }) => {
      if (gateOf(before, at) === "open" || gateOf(after, at) === "closed") return;
      if (observation.type === "command") return expect(openers.has(observation.command.kind)).toBe(true);
      if (observation.type === "hint") return expect(observation.hint.effect.kind).toBe("companion_back");
      expect(observation.type).toBe("probe");
      expect([after.facts.Shared.status, after.facts.FullControl.status]).toEqual(["True", "True"]);
    });
  });

  test("a False of a WABA becomes True by a True answer of that probe, and by nothing else", () => {
    always(({ before, observation, after }) => {
      for (const [name, fact] of Object.entries(after.facts)) {
        const was = before.facts[name as keyof typeof before.facts];
        if (was.status === "True" || fact.status !== "True") continue;
        const answer =
          observation.type === "probe"
            ? observation.probe.answers[name as keyof typeof before.facts]
            : undefined;
        expect([name, answer?.verdict]).toEqual([name, "true"]);
      }
    });
  });

  test("False never becomes Unknown", () => {
    always(({ before, after }) => {
      for (const [name, fact] of Object.entries(after.facts)) {
        const was = before.facts[name as keyof typeof before.facts].status;
        if (was === "False") expect([name, fact.status]).not.toEqual([name, "Unknown"]);
      }
    });
  });

  test("when every probe is inconclusive, no gate closes and nothing becomes False", () => {
    const inconclusive = fc.oneof(
      probeMoveOf(["unanswered", "ours"], false),
      tickMove,
      actMoveOf([{ kind: "suspicion" }]),
    );
    fc.assert(
      fc.property(
        anyRecord,
        fc.array(probeMoveOf(["full"], false), { maxLength: 3 }),
        fc.array(inconclusive),
        (record, proofs, moves) => {
          const steps = play(record, proofs);
          for (const { before, after, at } of play(lastOf(steps, record), moves, steps.at(-1)?.at ?? START)) {
            expect(gateOf(after, at)).toBe(gateOf(before, at));
            expect(Object.values(after.facts).filter((fact) => fact.status === "False")).toEqual([]);
          }
        },
      ),
      RUNS,
    );
  });

  test("True becomes Unknown only after two inconclusive probes in a row, or when a suspect hint meets a failure of ours", () => {
    always(({ before, after }) => {
      for (const [name, fact] of Object.entries(after.facts)) {
        const was = before.facts[name as keyof typeof before.facts];
        if (was.status !== "True" || fact.status !== "Unknown") continue;
        const isSuspected =
          after.hints.some((hint) => hint.condition === name && hint.suspect) &&
          after.inconclusive?.ours === true;
        expect([name, isSuspected || fact.failedCount >= 2]).toEqual([name, true]);
      }
    });
  });
});

describe("rules 3 to 6: nothing closes without evidence", () => {
  test("Shared becomes False by an admitted hint, by a bad probe on such a hint, or by the second bad probe", () => {
    always(({ before, observation, after, at }) => {
      if (before.facts.Shared.status === "False" || after.facts.Shared.status !== "False") return;
      const hints = after.hints.filter((hint) => hint.condition === "Shared" && hint.closed);
      if (hints.length > 0) return expect(hints.some((hint) => hint.receivedAt <= at)).toBe(true);
      expect(observation.type === "probe" && observation.probe.answers.Shared?.verdict).toBe("bad");
      expect(before.facts.Shared.badAt).not.toBeNull();
    });
  });

  test("FullControl becomes False with Shared, or by a failed write that its control passed", () => {
    always(({ before, observation, after }) => {
      if (before.facts.FullControl.status === "False" || after.facts.FullControl.status !== "False") return;
      if (after.facts.Shared.status === "False") return expect(after.write.mustPass).toBe(true);
      expect(observation.type === "probe" && observation.probe.answers.FullControl?.verdict).toBe("bad");
    });
  });

  test("rule 7: whenever Shared is False, so is FullControl, and only a passed write ends that", () => {
    always(({ before, observation, after }) => {
      if (after.facts.Shared.status === "False") expect(after.facts.FullControl.status).toBe("False");
      const isProven =
        before.facts.FullControl.status === "False" && after.facts.FullControl.status === "True";
      if (isProven) expect(observation).toMatchObject({ probe: { write: "passed" } });
    });
  });

  test("rule 5: probes follow every closing of a gate at 5 and 8 s", () => {
    always(({ before, after, at }) => {
      if (gateOf(before, at) === "open" && gateOf(after, at) === "closed")
        expect(after.dueProbes).toEqual(expect.arrayContaining([at + 5000, at + 8000]));
    });
  });

  test("rule 5: probes follow every new hint at 0, 5, 30 s and 5 min", () => {
    always(({ before, observation, after, at }) => {
      if (observation.type !== "hint" || observation.hint.at <= (before.seenHints[observation.hint.key] ?? 0))
        return;
      if (before.adoption === "offboarded") return;
      expect(after.dueProbes).toEqual(
        expect.arrayContaining([0, 5000, 30_000, 300_000].map((ms) => at + ms)),
      );
    });
  });
});

describe("reasons", () => {
  test("partial control is reported only while the newest answer about Shared is True", () => {
    fc.assert(
      fc.property(anyRecord, anyHistory, (record, moves) => {
        let newest: string | null = null;
        let newestAskedAt = -Infinity;
        for (const { before, observation, after } of play(record, moves)) {
          const probe = observation.type === "probe" ? observation.probe : undefined;
          const verdict = probe?.answers.Shared?.verdict ?? "none";
          const askedAt = probe?.askedAt ?? 0;
          // A bad answer asked before a repair is outdated.
          const isGone = verdict === "bad" && askedAt < (before.repair?.at ?? 0);
          if (verdict !== "none" && !isGone && askedAt >= newestAskedAt)
            [newest, newestAskedAt] = [verdict, askedAt];
          if (after.facts.FullControl.reason === "partial_control") expect(newest).toBe("true");
        }
      }),
      RUNS,
    );
  });

  test("within one loss a specific reason from an event stays, whatever comes later", () => {
    always(({ before, observation, after }) => {
      const [was, is] = [before.facts.Shared, after.facts.Shared];
      if (was.status === "False" && is.status === "False" && was.source === "event" && isSpecific(was.reason))
        expect([is.reason, is.source, observation.type]).toEqual([was.reason, "event", observation.type]);
    });
  });

  test("a condition always has a reason", () => {
    always(({ after }) => Object.values(after.facts).forEach((fact) => expect(fact.reason).not.toBe("")));
  });
});

test("a hint for a record without any probe closes and starts probes", () => {
  const record = newShareRecord({ adoption: "adopted", origin: "discovery", now: START });
  const hint = hintAt(
    {
      kind: "closing",
      condition: "Shared",
      reason: "partner_removed",
      metaMessage: null,
      coexistence: false,
    },
    START,
  );
  expect(gateOf(recordStep(record, { type: "hint", hint }, START), START)).toBe("closed");
  expect(hintMoveOf(EFFECTS)).toBeDefined();
});
