import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { derive } from "../../src/sharing/status/derive.ts";
import { mustWrite, nextProbeAt } from "../../src/sharing/rules/probe-plan.ts";
import type { ShareRecord } from "../../src/sharing/model/share-record.ts";
import { MINUTE, SECOND } from "../../src/sharing/model/timings.ts";
import {
  ACTS,
  actMoveOf,
  EFFECTS,
  hintAt,
  hintMoveOf,
  lastOf,
  probeMoveOf,
  probeOf,
  recordWith,
  play,
  recordStep,
  RUNS,
  START,
  tickMove,
  type World,
} from "./histories.ts";

const SWEEP = 15 * SECOND;
/** A probe of Meta takes this long. */
const ANSWER = 50;

/**
 * Plays from `from` to `until` in a world that does not change, with exactly the probes that the plan asks
 * for. A probe writes when the rules say so, and its write passes exactly in a world of full control.
 */
function live(record: ShareRecord, world: World, from: number, until: number): ShareRecord {
  let [known, at] = [record, from];
  for (;;) {
    const next = nextProbeAt(known, at, SWEEP, 0);
    if (next === null || Math.max(next, at) + ANSWER > until) return known;
    at = Math.max(next, at);
    const trigger = (known.dueProbes[0] ?? Infinity) <= at ? "due" : "sweep";
    const probe = probeOf(world, at, { trigger, write: mustWrite(known, at, trigger) ? "passed" : "none" });
    at += ANSWER;
    known = recordStep(known, { type: "probe", probe }, at);
  }
}

const adopted = fc
  .record({
    origin: fc.constantFrom<ShareRecord["origin"]>("import", "signup"),
    adoption: fc.constant<ShareRecord["adoption"]>("adopted"),
    numbers: fc.integer({ min: 0, max: 2 }),
    coexistence: fc.boolean(),
    clientToken: fc.boolean(),
  })
  .map(recordWith);

/** Any history before, without what only a person, or Meta's notice about a companion, can undo. */
const before = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: hintMoveOf(EFFECTS.filter(({ kind }) => kind !== "companion_lost")) },
    { weight: 5, arbitrary: probeMoveOf(["full", "partial", "gone", "unanswered", "ours"], true) },
    {
      weight: 1,
      arbitrary: actMoveOf(ACTS.filter(({ kind }) => !["offboard", "operator_close"].includes(kind))),
    },
    { weight: 1, arbitrary: tickMove },
  ),
  { maxLength: 20 },
);

/**
 * A sweep until the first probe, the half minute of rule 6 after a repair, once more for a repair meanwhile,
 * and a sweep.
 */
const BOUND = SWEEP + 30 * SECOND + 30 * SECOND + SWEEP;

/** How every history ends once the world answers. */
function endsAs(world: World, holds: (record: ShareRecord, at: number) => void): void {
  fc.assert(
    fc.property(adopted, before, (record, moves) => {
      const steps = play(record, moves);
      const at = steps.at(-1)?.at ?? START;
      holds(live(lastOf(steps, record), world, at, at + BOUND), at + BOUND);
    }),
    RUNS,
  );
}

describe("probes settle everything, whatever came before", () => {
  test("a share with full control ends live, its gate open", () => {
    endsAs("full", (record, at) => {
      const { status, gate, numbers } = derive(record, at);
      expect([status, gate]).toEqual(["live", "open"]);
      expect(Object.values(numbers).map((number) => number.gate)).toEqual(["open", "open"]);
    });
  });

  test("a share that is gone ends as BSP PERMISSION REMOVED, its gate closed; a signup never proven stays a signup", () => {
    endsAs("gone", (record, at) => {
      const { row, gate } = derive(record, at);
      const label = record.signupOpen ? "ONBOARDING" : "BSP PERMISSION REMOVED";
      expect([row.label, gate]).toEqual([label, "closed"]);
      expect([record.facts.Shared.status, record.facts.FullControl.status]).toEqual(["False", "False"]);
    });
  });

  test("a partial share ends closed, and says that full control is missing", () => {
    endsAs("partial", (record, at) => {
      const { gate, reason } = derive(record, at);
      expect([gate, reason]).toEqual(["closed", record.signupOpen ? "not_yet_proven" : "partial_control"]);
    });
  });

  test(
    "with a Meta that does not answer nothing settles: no True is left, no False is made, and the gate " +
      "stays",
    () => {
      fc.assert(
        fc.property(adopted, before, (record, moves) => {
          const steps = play(record, moves);
          const at = steps.at(-1)?.at ?? START;
          const known = lastOf(steps, record);
          // Suspect hints of the past are settled first, because they have their evidence.
          const settled = { ...known, hints: known.hints.filter((hint) => hint.closed) };
          const after = live(settled, "unanswered", at, at + BOUND);
          expect(derive(after, at + BOUND).gate).toBe(derive(settled, at).gate);
          for (const name of ["Shared", "FullControl"] as const) {
            const expected = settled.facts[name].status === "False" ? "False" : "Unknown";
            expect([name, after.facts[name].status]).toEqual([name, expected]);
          }
        }),
        RUNS,
      );
    },
  );
});

describe("order: the same hints, delivered in any order", () => {
  const anyDelivery = fc
    .array(fc.record({ effect: fc.constantFrom(...EFFECTS), saidAgo: fc.integer({ min: 0, max: 60 }) }), {
      minLength: 2,
      maxLength: 5,
    })
    .chain((said) => {
      const order = fc.shuffledSubarray([...said.keys()], { minLength: said.length, maxLength: said.length });
      return fc.record({ said: fc.constant(said), order, gapMs: fc.constantFrom(10, 400, 2500, 6000) });
    });

  /** Delivers after a proof at START, with the planned probes in between. */
  function deliver(
    record: ShareRecord,
    world: World,
    hints: { effect: (typeof EFFECTS)[number]; saidAgo: number }[],
    gapMs: number,
  ) {
    const reported = START + 2 * MINUTE;
    let known = recordStep(
      record,
      { type: "probe", probe: probeOf("full", START, { write: "passed" }) },
      START,
    );
    let at = reported;
    for (const { effect, saidAgo } of hints) {
      known = live(known, world, at, at + gapMs);
      at += gapMs;
      const saidAt = reported - saidAgo * SECOND;
      known = recordStep(
        known,
        { type: "hint", hint: { ...hintAt(effect, saidAt), at: saidAt, receivedAt: at } },
        at,
      );
    }
    const end = reported + 3 * MINUTE;
    const after = live(known, world, at, end);
    const { status, gate, numbers } = derive(after, end);
    return { status, gate, numbers: Object.values(numbers).map((number) => number.gate) };
  }

  test.each<World>(["full", "gone", "partial"])("a world that is %s ends in the same status", (world) => {
    fc.assert(
      fc.property(adopted, anyDelivery, (record, { said, order, gapMs }) => {
        const inOrder = deliver(record, world, said, gapMs);
        const shuffled = deliver(
          record,
          world,
          order.map((index) => said[index] as (typeof said)[number]),
          gapMs,
        );
        expect(shuffled).toEqual(inOrder);
      }),
      RUNS,
    );
  });
});
