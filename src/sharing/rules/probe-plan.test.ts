import { describe, expect, test } from "vitest";
import { hasRegisteredNumber, nextProbeAt, PLAN, sweepEveryMs, urgentProbeAt } from "./probe-plan.ts";
import { hourlyOf } from "../budget/probe-budget.ts";
import { DETECTIONS, renderProbePlan, spanOf } from "../../reports/probe-plan-page.ts";
import { newShareRecord, newNumberRecord, type ShareRecord } from "../model/share-record.ts";
import { decideFact } from "../model/fact.ts";
import type { ProbeResult } from "../model/probe-result.ts";
import { observe } from "./observe.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../model/timings.ts";

const NOW = Date.UTC(2026, 10, 22);
const SWEEP = 300 * SECOND;

function stable(): ShareRecord {
  const record = newShareRecord({ adoption: "adopted", origin: "import", now: NOW - 30 * DAY });
  const proof = {
    status: "True",
    reason: "proven",
    source: "probe",
    at: NOW - DAY,
    now: NOW - 30 * DAY,
  } as const;
  const number = newNumberRecord("200000000000001", NOW - 30 * DAY);
  number.facts.NumberConnected = decideFact(number.facts.NumberConnected, proof);
  record.numbers = { num_1: number };
  for (const name of ["Shared", "FullControl"] as const)
    record.facts[name] = decideFact(record.facts[name], proof);
  return { ...record, dueProbes: [], probedAt: NOW };
}

const changed = (change: (record: ShareRecord) => void): ShareRecord => {
  const record = stable();
  change(record);
  return record;
};

const lostAt = (at: number) => (record: ShareRecord) => {
  const loss = { status: "False", reason: "unspecified", source: "probe", at, now: at } as const;
  record.facts.Shared = decideFact(record.facts.Shared, loss);
};

describe("the probe plan", () => {
  test.each<[string, ShareRecord, number]>([
    ["long stable", stable(), SWEEP],
    ["lost an hour ago", changed(lostAt(NOW - HOUR)), SWEEP / 4],
    ["lost a week ago", changed(lostAt(NOW - 7 * DAY)), SWEEP],
    [
      "unanswered",
      changed((record) => (record.inconclusive = { reason: "throttled", ours: false })),
      SWEEP / 4,
    ],
    ["after an event or a refused send", changed((record) => (record.alertAt = NOW - MINUTE)), SWEEP / 4],
    ["an hour after it", changed((record) => (record.alertAt = NOW - HOUR)), SWEEP],
    [
      "repaired this morning",
      changed((record) => (record.repair = { at: NOW - HOUR, how: "proof" })),
      SWEEP / 2,
    ],
    [
      "imported this morning",
      changed((record) => (record.repair = { at: NOW - HOUR, how: "import" })),
      SWEEP,
    ],
    ["found, not adopted", changed((record) => (record.adoption = "discovered")), SWEEP],
    [
      "unregistered and unanswered: thrifty",
      changed((record) => Object.assign(record, { numbers: {}, inconclusive: { reason: "x", ours: false } })),
      SWEEP,
    ],
  ])("%s", (_what, record, everyMs) => {
    expect(sweepEveryMs(record, NOW, SWEEP)).toBe(everyMs);
    expect(nextProbeAt(record, NOW, SWEEP, 0)).toBe(NOW + everyMs);
  });

  test("deviation 4: a number whose share is lost or gives no answer counts as last known", () => {
    const unseen = (record: ShareRecord): void => {
      const number = record.numbers.num_1;
      if (number === undefined) throw new Error("Broken assumption: no number");
      const inconclusive = {
        status: "Unknown",
        reason: "not_yet_proven",
        source: "probe",
        at: NOW,
        now: NOW,
      } as const;
      number.facts.NumberConnected = decideFact(number.facts.NumberConnected, inconclusive);
    };
    const lost = changed((record) => {
      unseen(record);
      lostAt(NOW - HOUR)(record);
    });
    expect([hasRegisteredNumber(lost), hourlyOf(lost), sweepEveryMs(lost, NOW, SWEEP)]).toEqual([
      true,
      5000,
      SWEEP / 4,
    ]);
    const neverSeen = changed((record) => (record.numbers = { num_1: newNumberRecord("200", NOW) }));
    expect([hasRegisteredNumber(neverSeen), hourlyOf(neverSeen)]).toEqual([false, 200]);
  });

  test("no row is slower than SWEEP_PERIOD_S, and in the sandbox all are as fast", () => {
    for (const { share } of PLAN) expect(share).toBeLessThanOrEqual(1);
    const lost = changed(lostAt(NOW - HOUR));
    expect(sweepEveryMs(lost, NOW, 15 * SECOND)).toBe(15 * SECOND);
    expect(sweepEveryMs(lost, NOW, SECOND)).toBe(SECOND);
  });

  test("a probe that a rule asked for is urgent; the sweep is not, and an offboarded share has neither", () => {
    expect(urgentProbeAt(stable())).toBeNull();
    const due = changed((record) => (record.dueProbes = [NOW + 7, NOW + 9]));
    expect([urgentProbeAt(due), nextProbeAt(due, NOW, SWEEP, 0)]).toEqual([NOW + 7, NOW + 7]);
    const ended: ShareRecord = { ...due, adoption: "offboarded" };
    expect([urgentProbeAt(ended), nextProbeAt(ended, NOW, SWEEP, 0)]).toEqual([null, null]);
  });

  test("a number that is not connected counts as unregistered", () => {
    expect(hasRegisteredNumber(stable())).toBe(true);
    const lost = changed((record) => {
      const number = record.numbers.num_1;
      if (number !== undefined) number.facts.NumberConnected.status = "False";
    });
    expect(hasRegisteredNumber(lost)).toBe(false);
  });
});

test("docs/reference/probe-plan.md is made from the tables (vitest -u writes it)", async () => {
  await expect(renderProbePlan()).toMatchFileSnapshot("../../../docs/reference/probe-plan.md");
});

test("every row of the plan and every kind of loss is on the page, and no cell breaks a table", () => {
  const lines = renderProbePlan().split("\n");
  for (const { when } of PLAN) expect(lines.filter((line) => line.includes(`| ${when} |`))).toHaveLength(1);
  for (const { loss } of DETECTIONS)
    expect(lines.filter((line) => line.startsWith(`| ${loss} |`))).toHaveLength(1);
});

test("spans are written as people say them", () => {
  const spans = [9500, 75_000, 300_000, 311_000, 3_600_000, 86_400_000 + 311_000].map(spanOf);
  expect(spans).toEqual(["9.5 s", "75 s", "5 min", "5 min 11 s", "1 h", "24 h 5 min 11 s"]);
});

describe("an inconclusive probe, soon after an event", () => {
  const unanswered = (askedAt: number): ProbeResult => ({
    askedAt,
    trigger: "due",
    waited: false,
    answers: { Shared: { verdict: "none", reason: "throttled", ours: false } },
    numbers: {},
    numbersComplete: false,
    kind: null,
    write: "none",
  });

  test("is repeated every 1.5 s, however many probes were due already", () => {
    let record = stable();
    for (const actAt of [NOW, NOW + 200, NOW + 700])
      record = observe(record, { type: "command", command: { kind: "operator_reopen" } }, actAt);
    const askedAt: number[] = [];
    for (let now = NOW + 700; ;) {
      const at = Math.max(now, nextProbeAt(record, now, SWEEP, 0.5) ?? Infinity);
      if (at > NOW + 30 * SECOND) break;
      askedAt.push(at);
      now = at + 100;
      record = observe(record, { type: "probe", probe: unanswered(at) }, now);
    }
    // One chain of 1.6 s makes 18 probes, and three commands ask for six of their own. A chain for each of
    // these made 68.
    expect(askedAt.length).toBeGreaterThanOrEqual(18);
    expect(askedAt.length).toBeLessThanOrEqual(25);
  });
});
