import fc from "fast-check";
import { expect, test } from "vitest";
import { changesOf, isTransition } from "../../src/sharing/record/changes.ts";
import type { ShareState } from "../../src/sharing/status/share-state.ts";
import { stepOf } from "../../src/sharing/rules/step.ts";
import { anyHistory, anyRecord, RUNS, START } from "./histories.ts";

/** The part of a state that people read: all but the instants of probes, which change with every probe. */
const INSTANTS = new Set(["probedAt", "provenAt", "lastTrueAt", "decidedAt"]);
function shownOf(state: ShareState): unknown {
  return JSON.parse(
    JSON.stringify(state, (key, value: unknown) => (INSTANTS.has(key) ? undefined : value)),
  ) as unknown;
}

test("deviation 1: each step begins at the state that the step before left, whatever time has ended since", () => {
  fc.assert(
    fc.property(anyRecord, anyHistory, (record, moves) => {
      let [known, at, left] = [record, START, undefined as ShareState | undefined];
      for (const move of moves) {
        at += move.afterMs;
        const step = stepOf(known, move.observationAt(at), at);
        if (left !== undefined) expect(step.before).toEqual(left);
        [known, left] = [step.record, step.after];
      }
    }),
    RUNS,
  );
});

test("deviation 1: a line is written, and listeners are called, only when the state that people read changes", () => {
  fc.assert(
    fc.property(anyRecord, anyHistory, (record, moves) => {
      let [known, at] = [record, START];
      for (const move of moves) {
        at += move.afterMs;
        const { before, after, record: next } = stepOf(known, move.observationAt(at), at);
        if (changesOf(before, after).length > 0 || isTransition(before, after))
          expect(shownOf(after)).not.toEqual(shownOf(before));
        known = next;
      }
    }),
    RUNS,
  );
});

test("deviation 1: after any history, time alone reports each change once", () => {
  fc.assert(
    fc.property(
      anyRecord,
      anyHistory,
      fc.integer({ min: 0, max: 9 * 86_400_000 }),
      (record, moves, laterMs) => {
        let [known, at] = [record, START];
        for (const move of moves) {
          at += move.afterMs;
          known = stepOf(known, move.observationAt(at), at).record;
        }
        const once = stepOf(known, { type: "tick" }, at + laterMs);
        const again = stepOf(once.record, { type: "tick" }, at + laterMs);
        expect(changesOf(again.before, again.after)).toEqual([]);
      },
    ),
    RUNS,
  );
});
