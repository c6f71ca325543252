import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GraphReply } from "../../meta/graph-reply.ts";
import {
  admissionOf,
  BUDGET,
  flowOff,
  learnReply,
  mergeBuckets,
  newBucket,
  spendCall,
  throttledLimitOf,
  type Bucket,
} from "./probe-budget.ts";
import { HOUR, MINUTE, SECOND } from "../model/timings.ts";

const NOW = Date.UTC(2026, 10, 22);
const SWEEP = 300 * SECOND;
const SWEEPS = { urgent: false, byPerson: false };
const URGENT = { urgent: true, byPerson: false };
const PERSON = { urgent: true, byPerson: true };

const spent = (calls: number, hourly = 200): Bucket => ({ ...newBucket(hourly, NOW), spent: calls });
const replyOf = (answer: Partial<GraphReply>, at = NOW): GraphReply =>
  ({
    request: { method: "GET", path: "/1" },
    askedAt: at,
    answeredAt: at,
    ...answer,
  }) as GraphReply;
const success = (at = NOW): GraphReply =>
  replyOf({ kind: "success", status: 200, body: {}, usage: null }, at);
const refusal = (code: number | null, status = 400, at = NOW): GraphReply => {
  const fault = {
    code,
    subcode: null,
    type: null,
    message: "",
    details: null,
    traceId: null,
    transient: null,
  };
  return replyOf({ kind: "refusal", status, fault }, at);
};

describe("a rolling hour", () => {
  test.each([BUDGET.hourly.unregistered, BUDGET.hourly.registered])(
    "of probes begun whenever there is room never holds more than is used of %i",
    (hourly) => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 0, max: 10 * MINUTE }), { maxLength: 60 }),
          fc.boolean(),
          (gaps, urgent) => {
            let bucket = newBucket(hourly, NOW);
            let now = NOW;
            const calls: number[] = [];
            for (const gap of gaps) {
              now += gap;
              // A burst at this instant: as many probes as are admitted.
              while (admissionOf(flowOff(bucket, now), { urgent, byPerson: false }, now).ok)
                for (let count = 0; count < BUDGET.callsOfProbe; count += 1) {
                  bucket = spendCall(flowOff(bucket, now));
                  calls.push(now);
                }
            }
            for (const from of new Set(calls)) {
              const within = calls.filter((at) => at >= from && at < from + HOUR).length;
              expect(within).toBeLessThanOrEqual(hourly * BUDGET.used);
            }
          },
        ),
        { numRuns: 40 },
      );
    },
  );

  test("the sweep leaves a part of the bucket to urgent probes, and says when it has room again", () => {
    const bucket = spent(27);
    expect(admissionOf(bucket, URGENT, NOW)).toEqual({ ok: true });
    const refused = admissionOf(bucket, SWEEPS, NOW);
    expect(refused).toMatchObject({ ok: false, why: "spent" });
    const at = refused.ok ? 0 : refused.at;
    expect(admissionOf(flowOff(bucket, at), SWEEPS, at)).toEqual({ ok: true });
    expect(admissionOf(flowOff(bucket, at - SECOND), SWEEPS, at - SECOND).ok).toBe(false);
    // Deviation 4: when our own probes have used up their room, a person can still check.
    expect(admissionOf(spent(45), URGENT, NOW)).toMatchObject({ ok: false });
    expect(admissionOf(spent(45), PERSON, NOW)).toEqual({ ok: true });
    expect(admissionOf(spent(60), PERSON, NOW)).toMatchObject({ ok: false, why: "spent" });
  });

  test("calls that one instance has not written yet are added to those that all have written", () => {
    const merged = mergeBuckets(spent(20), { ...spent(20), strikes: 2, closedUntil: NOW + 9 }, NOW);
    expect(merged).toMatchObject({ spent: 40, strikes: 2, closedUntil: NOW + 9 });
    expect(mergeBuckets(spent(20), undefined, NOW).spent).toBe(20);
  });
});

describe("what Meta says", () => {
  test.each([
    [4, 400, "app"],
    [17, 400, "app"],
    [32, 400, "app"],
    [613, 400, "app"],
    [80007, 400, "waba"],
    [80008, 400, "waba"],
    [null, 429, "waba"],
    [190, 401, null],
    [100, 400, null],
    [2, 500, null],
  ])("code %s with HTTP %i: the limit of %s", (code, status, limit) => {
    expect(throttledLimitOf(refusal(code, status))).toBe(limit);
  });

  test("a refusal closes, each further one for longer, up to a sweep period; an answer opens", () => {
    let [bucket, now] = [newBucket(200, NOW), NOW];
    const closings = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(() => {
      bucket = learnReply(bucket, refusal(80008, 400, now), null, SWEEP);
      const closedForMs = bucket.closedUntil - now;
      expect(admissionOf(bucket, URGENT, now)).toMatchObject({ why: "throttled", at: bucket.closedUntil });
      expect(admissionOf(bucket, PERSON, now).ok).toBe(true);
      now = bucket.closedUntil;
      return closedForMs / SECOND;
    });
    expect(closings).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
    expect(learnReply(bucket, success(now), null, SWEEP)).toMatchObject({ strikes: 0, closedUntil: 0 });
  });

  test("where it says when access returns, it is closed until then, an hour at the most", () => {
    const regain = (minutes: number) => ({ percent: 100, regainAccessMin: minutes });
    const throttled = refusal(80008);
    expect(learnReply(newBucket(200, NOW), throttled, regain(7), SWEEP).closedUntil).toBe(NOW + 7 * MINUTE);
    expect(learnReply(newBucket(200, NOW), throttled, regain(999), SWEEP).closedUntil).toBe(NOW + HOUR);
  });

  test("usage of the limit: from 75 % the sweep waits, from 95 % urgent probes, until enough is free again", () => {
    const at = (percent: number): Bucket => ({ ...newBucket(5000, NOW), percent, percentAt: NOW });
    expect(admissionOf(at(74), SWEEPS, NOW).ok).toBe(true);
    expect(admissionOf(at(80), SWEEPS, NOW)).toEqual({ ok: false, why: "usage", at: NOW + 0.1 * HOUR });
    expect(admissionOf(at(80), SWEEPS, NOW + 0.1 * HOUR).ok).toBe(true);
    expect(admissionOf(at(80), URGENT, NOW).ok).toBe(true);
    expect(admissionOf(at(96), URGENT, NOW)).toMatchObject({ ok: false, why: "usage" });
    expect(admissionOf(at(96), PERSON, NOW).ok).toBe(true);
  });

  test("its header refutes the smaller limit, and a small count refutes nothing", () => {
    const answered = (calls: number, percent: number): number => {
      const figure = { percent, regainAccessMin: 0 };
      return learnReply({ ...spent(calls), answered: calls - 1 }, success(), figure, SWEEP).hourly;
    };
    expect(answered(20, 0)).toBe(5000);
    expect(answered(20, 10)).toBe(200);
    expect(answered(8, 0)).toBe(200);
  });
});

test("a clock that is set back holds nothing closed for longer than an hour", () => {
  const later = { ...newBucket(200, NOW + 5 * HOUR), closedUntil: NOW + 5 * HOUR, percent: 99 };
  expect(flowOff(later, NOW)).toMatchObject({ closedUntil: 0, percent: null, at: NOW });
});
