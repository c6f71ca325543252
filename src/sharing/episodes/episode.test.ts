import { describe, expect, test } from "vitest";
import { BAD, PARTIAL, Story, T0 } from "../../../test/laws/story.ts";
import { endingOf, lossOf, type OpenLoss, type Sign } from "./episode.ts";
import type { ShareRecord } from "../model/share-record.ts";
import type { Transition } from "../record/record-observation.ts";
import { HOUR, MINUTE, SECOND } from "../model/timings.ts";
import { stateOf } from "../status/share-state.ts";

interface Step {
  record: ShareRecord;
  transition: Transition;
}

/** What the listener receives for one step of a story. */
function stepOf(story: Story, step: (story: Story) => Story): Step {
  const record = story.record;
  const before = stateOf(record, T0 + story.at);
  step(story);
  const at = T0 + story.at;
  const after = stateOf(story.record, at);
  return { record, transition: { before, after, record: story.record, at, mode: "enforce" } };
}

const loss = (change: Partial<OpenLoss> = {}): OpenLoss => ({
  condition: "Shared",
  lostAt: T0,
  announcedAt: T0,
  lostAfter: null,
  closedAt: T0,
  ...change,
});
const endOf = (open: OpenLoss, { record, transition }: Step, signs: Sign[] = []) =>
  endingOf(open, record, transition, signs);
const added = (at: number, saidAt: number | null = null): Sign => ({
  name: "partner_added",
  at: T0 + at,
  saidAt: saidAt === null ? null : T0 + saidAt,
});

describe("how long it took to close", () => {
  test("an announced loss counts from the second that Meta named, and our part of it from the receipt", () => {
    const { transition } = stepOf(Story.proven(), (story) => story.hint(2300, undefined, { at: T0 + 999 }));
    expect(lossOf({ ...transition, at: T0 + 2350 })).toEqual({
      condition: "Shared",
      reason: "partner_removed",
      how: "announced",
      lostAt: T0,
      announcedAt: T0 + 2300,
      lostAfter: null,
      detectionMs: 2350,
      receiptMs: 50,
    });
  });

  test("a suspect notice that closes only after its probes counts the same way", () => {
    const silent = { verdict: "none", reason: "meta_unreachable", ours: false } as const;
    const story = Story.repaired(HOUR).hint(0).probeAt(3300, { shared: silent }).tick(9499);
    expect(story.gate).toBe("open");
    const { transition } = stepOf(story, (same) => same.tick(9500));
    expect(lossOf(transition)).toMatchObject({ how: "announced", detectionMs: 9500, receiptMs: 9500 });
  });

  test("one that a probe confirmed is still dated by its notice", () => {
    const story = Story.repaired(HOUR).hint(0);
    expect(lossOf(stepOf(story, (same) => same.probeAt(400, { shared: BAD })).transition)).toMatchObject({
      how: "announced",
      announcedAt: T0,
      detectionMs: 400,
    });
  });

  test("a silent one is only bounded by the last proof", () => {
    const story = Story.proven().probeAt(0).probeAt(15_000, { shared: BAD });
    expect(lossOf(stepOf(story, (same) => same.probeAt(16_000, { shared: BAD })).transition)).toEqual({
      condition: "Shared",
      reason: "unspecified",
      how: "probed",
      lostAt: null,
      announcedAt: null,
      lostAfter: T0,
      detectionMs: 16_000,
      receiptMs: null,
    });
    const partial = Story.proven().probeAt(0).probeAt(1000, { control: PARTIAL });
    const { transition } = stepOf(partial, (same) => same.probeAt(2000, { control: PARTIAL }));
    expect(lossOf(transition)).toMatchObject({
      condition: "FullControl",
      reason: "partial_control",
      detectionMs: 2000,
    });
  });

  test("an impossible time is not measured from; the receipt still is", () => {
    const { transition } = stepOf(Story.proven(), (story) => story.hint(0));
    const record = structuredClone(transition.record);
    for (const hint of record.hints) hint.at = -1e300;
    expect(lossOf({ ...transition, record })).toMatchObject({
      lostAt: null,
      detectionMs: null,
      receiptMs: 0,
    });
  });

  test("a closing by people is no loss, nor is a gate that was closed before", () => {
    const byOperator = { kind: "operator_close", actor: "usr_1", why: "test" } as const;
    expect(lossOf(stepOf(Story.proven(), (story) => story.act(0, byOperator)).transition)).toBeUndefined();
    expect(
      lossOf(stepOf(Story.proven(), (story) => story.act(0, { kind: "offboard" })).transition),
    ).toBeUndefined();
    const closed = Story.proven().act(0, byOperator);
    expect(lossOf(stepOf(closed, (story) => story.hint(1000)).transition)).toBeUndefined();
    const { transition } = stepOf(Story.proven(), (story) => story.hint(0));
    expect(lossOf({ ...transition, before: null })).toBeUndefined();
  });
});

describe("how long it took to open", () => {
  const lost = () => Story.proven().hint(0).probeAt(1000, { shared: BAD });
  const opening = (at: number) => (story: Story) => story.probeAt(at, { write: "passed" });

  test("from the first sign of the repair", () => {
    const step = stepOf(lost(), opening(60_000));
    expect(endOf(loss(), step, [added(58_000, 57_000), added(59_000)])).toMatchObject({
      outcome: "reopened",
      sign: { name: "partner_added", at: T0 + 58_000 },
      resumeHow: "announced",
      resumeMs: 2000,
    });
  });

  test("a notice from before the loss, or from before a newer notice, is no sign", () => {
    const early = stepOf(lost(), opening(60_000));
    expect(endOf(loss(), early, [added(30_000, -1000)])).toMatchObject({ sign: null, resumeHow: "probed" });
    const twice = stepOf(lost().hint(40_000), opening(60_000));
    expect(endOf(loss(), twice, [added(30_000, 30_000), added(50_000, 50_000)])).toMatchObject({
      resumeMs: 10_000,
    });
  });

  test("a signup that finished is a sign", () => {
    const story = lost().act(20_000, { kind: "signup_finished", as: "platform" });
    expect(endOf(loss(), stepOf(story, opening(23_500)))).toMatchObject({
      sign: { name: "signup" },
      resumeMs: 3500,
    });
  });

  test("without a sign it is at most the time since the newest probe that missed it", () => {
    const story = lost().probeAt(45_000, { shared: BAD });
    expect(endOf(loss(), stepOf(story, opening(60_000)))).toEqual({
      outcome: "reopened",
      sign: null,
      resumeHow: "probed",
      resumeMs: 15_000,
    });
  });

  test("a sign ten minutes before a bad probe did not announce the successful repair", () => {
    const partly = (missedAt: number) => stepOf(lost().probeAt(missedAt, { shared: BAD }), opening(2 * HOUR));
    expect(endOf(loss(), partly(10 * MINUTE + 999), [added(1000)])).toMatchObject({ resumeHow: "announced" });
    expect(endOf(loss(), partly(10 * MINUTE + 1000), [added(1000)])).toMatchObject({
      resumeHow: "probed",
      resumeMs: 2 * HOUR - 10 * MINUTE - SECOND,
    });
  });

  test("a command by people sets it aside", () => {
    const byOperator = { kind: "operator_close", actor: "usr_1", why: "test" } as const;
    const step = stepOf(lost(), (story) => story.act(5000, byOperator));
    expect(endOf(loss(), step)).toMatchObject({ outcome: "set_aside", resumeMs: null });
    expect(
      endOf(
        loss(),
        stepOf(lost(), (story) => story.probeAt(2000, { shared: BAD })),
      ),
    ).toBeUndefined();
  });
});

describe("a false closure", () => {
  const opening = (story: Story) => story.probeAt(5000, { write: "passed" });
  const outcomeOf = (story: Story, open = loss(), signs: Sign[] = []) =>
    endOf(open, stepOf(story, opening), signs)?.outcome;

  test("is a notice that the next proof refuted, with no sign of a loss in between", () => {
    expect(outcomeOf(Story.proven().hint(0))).toBe("refuted");
    expect(outcomeOf(Story.proven().hint(0).probeAt(2000, { write: "passed" }))).toBe("refuted");
  });

  test("is none when a probe missed the share in between, even if another proved part of it again", () => {
    expect(outcomeOf(Story.proven().hint(0).probeAt(1000, { shared: BAD }))).toBe("reopened");
    const inParts = Story.proven().hint(0).probeAt(1000, { shared: BAD }).probeAt(20_000);
    expect(inParts.fact("Shared").status).toBe("True");
    expect(
      endOf(
        loss(),
        stepOf(inParts, (story) => story.probeAt(25_000, { write: "passed" })),
      )?.outcome,
    ).toBe("reopened");
  });

  test("is none when a repair was announced in between", () => {
    expect(outcomeOf(Story.proven().hint(0), loss(), [added(2000, 2000)])).toBe("reopened");
  });

  test("is none when it was found by probing", () => {
    const story = Story.proven().probeAt(0, { shared: BAD }).probeAt(1000, { shared: BAD });
    expect(outcomeOf(story, loss({ announcedAt: null, lostAt: null, lostAfter: T0 - MINUTE }))).toBe(
      "reopened",
    );
  });
});
