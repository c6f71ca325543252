import { describe, expect, test } from "vitest";
import { alertOf, type Alert } from "./alert.ts";
import { termsOf, type AlertTerms } from "./alert-route.ts";
import { judgeAlert, type AlertStanding } from "./judge-alert.ts";

const T0 = Date.UTC(2026, 10, 29, 12);
const MINUTE = 60_000;

const LOSS = alertOf(
  { rule: "share_lost", subject: "waba:1", assetId: "1", cause: "x", beganAt: T0, detail: {} },
  ...(["alr_1", null] as const),
);
/** Fired and told at T0, of ten signals. */
const FIRING: Alert = { ...LOSS, state: "firing", firedAt: T0, toldAt: T0, toldCount: 10 };

interface Given {
  alert?: Partial<Alert>;
  terms?: Partial<AlertTerms>;
  signals?: number;
  inhibited?: boolean;
  quietUntil?: number;
}

function judge(alert: Alert, { alert: change, terms, signals, inhibited, quietUntil }: Given, after: number) {
  const standing: AlertStanding = {
    terms: { ...termsOf("share_lost", null), ...terms },
    signalCount: signals ?? 10,
    ...{ isInhibited: inhibited === true, quietUntil: quietUntil ?? null },
  };
  const { alert: next, told } = judgeAlert({ ...alert, ...change }, standing, T0 + after);
  const due = next.nextTurnAt === null ? null : next.nextTurnAt - T0;
  return { line: [next.state, ...told].join(" "), due, next };
}

// share_lost: it must hold 30 s, settle 30 s and at most 180 s, and be over for 300 s.
describe("a pending alert", () => {
  test.each<[string, Given, number, string, number | null]>([
    ["waits until it has held", {}, 29_999, "pending", 30_000],
    ["fires then", {}, 30_000, "firing opened", null],
    ["waits for more that join", { alert: { lastSignalAt: T0 + 20_000 } }, 30_000, "pending", 50_000],
    [
      "waits for them three minutes at most",
      { alert: { lastSignalAt: T0 + 170_000 } },
      179_999,
      "pending",
      180_000,
    ],
    ["fires then, whatever joins", { alert: { lastSignalAt: T0 + 179_000 } }, 180_000, "firing opened", null],
    [
      "is kept for a flap when it is over early",
      { alert: { clearedAt: T0 + 10_000 } },
      60_000,
      "pending",
      310_000,
    ],
    ["ends untold when no flap comes", { alert: { clearedAt: T0 + 10_000 } }, 310_000, "resolved", null],
    [
      ...([
        "is told even if it is over, once it held",
        { alert: { clearedAt: T0 + 31_000 } },
        40_000,
      ] as const),
      ...(["firing opened", 331_000] as const),
    ],
    [
      ...(["held and ended while we were away", { alert: { clearedAt: T0 + 31_000 } }, 400_000] as const),
      ...(["resolved opened resolved", null] as const),
    ],
    ["takes the route's period", { terms: { pendingMs: 0 } }, 30_000, "firing opened", null],
    ["fires and is not told while another explains it", { inhibited: true }, 30_000, "firing", null],
    ["fires and waits for the end of quiet hours", { quietUntil: T0 + MINUTE }, 30_000, "firing", MINUTE],
  ])("%s", (_name, given, after, line, due) => {
    expect(judge(LOSS, given, after)).toMatchObject({ line, due });
  });
});

const CLEARED = { clearedAt: T0 + MINUTE };
const REPEATS = { repeatMs: 60 * MINUTE };
const ESCALATES = { escalateAfterMs: 15 * MINUTE };
const SEEN = { acknowledgedAt: T0 + 1000, acknowledgedBy: "usr_1" };
const UNTOLD = { toldAt: null, toldCount: 0 };

describe("an alert that fires", () => {
  test.each<[string, Given, number, string, number | null]>([
    ["needs no turn", {}, 60 * MINUTE, "firing", null],
    ["stays while it may flap", { alert: CLEARED }, 6 * MINUTE - 1, "firing", 6 * MINUTE],
    ["is over then", { alert: CLEARED }, 6 * MINUTE, "resolved resolved", null],
    [
      "is over without a word if nobody was told",
      { alert: { ...CLEARED, ...UNTOLD }, inhibited: true },
      6 * MINUTE,
      "resolved",
      null,
    ],
    ["has not grown with 19 of 10", { signals: 19 }, 60 * MINUTE, "firing", null],
    ["has grown with twice as many", { signals: 20 }, 5 * MINUTE, "firing grew", null],
    ["is not told so within five minutes", { signals: 20 }, 5 * MINUTE - 1, "firing", 5 * MINUTE],
    [
      "is told to have grown when acknowledged, too",
      { signals: 20, alert: SEEN },
      5 * MINUTE,
      "firing grew",
      null,
    ],
    ["is repeated", { terms: REPEATS }, 60 * MINUTE, "firing repeated", 120 * MINUTE],
    ["is not repeated before", { terms: REPEATS }, 60 * MINUTE - 1, "firing", 60 * MINUTE],
    ["is not repeated once acknowledged", { terms: REPEATS, alert: SEEN }, 90 * MINUTE, "firing", null],
    [
      "is not repeated once over",
      { terms: REPEATS, alert: { clearedAt: T0 + 59 * MINUTE } },
      60 * MINUTE,
      "firing",
      64 * MINUTE,
    ],
    ["is escalated", { terms: ESCALATES }, 15 * MINUTE, "firing escalated", null],
    ["is escalated once", { terms: ESCALATES, alert: { escalatedAt: T0 } }, 30 * MINUTE, "firing", null],
    ["is not escalated once acknowledged", { terms: ESCALATES, alert: SEEN }, 30 * MINUTE, "firing", null],
    [
      "is not escalated in quiet hours",
      { terms: ESCALATES, quietUntil: T0 + 40 * MINUTE },
      30 * MINUTE,
      "firing",
      40 * MINUTE,
    ],
    [
      "is not told anything while another explains it",
      { terms: { ...REPEATS, ...ESCALATES }, signals: 40, inhibited: true },
      90 * MINUTE,
      "firing",
      null,
    ],
    ["is told once nothing explains it any more", { alert: UNTOLD }, 30 * MINUTE, "firing opened", null],
    ["is told after quiet hours", { alert: UNTOLD, quietUntil: T0 + MINUTE }, 30_000, "firing", MINUTE],
    [
      "is not repeated while snoozed",
      { terms: REPEATS, alert: { snoozedUntil: T0 + 90 * MINUTE } },
      60 * MINUTE,
      "firing",
      90 * MINUTE,
    ],
    [
      "is repeated at the end of the snooze",
      { alert: { snoozedUntil: T0 + 90 * MINUTE } },
      90 * MINUTE,
      "firing repeated",
      null,
    ],
    [
      "is over although it is snoozed",
      { alert: { ...CLEARED, snoozedUntil: T0 + 90 * MINUTE } },
      6 * MINUTE,
      "resolved resolved",
      null,
    ],
    [
      "is not told for the first time while snoozed",
      { alert: { ...UNTOLD, snoozedUntil: T0 + 90 * MINUTE } },
      60 * MINUTE,
      "firing",
      90 * MINUTE,
    ],
    ["stays snoozed while it is not worse", { alert: { snoozedAbove: 10 } }, 90 * MINUTE, "firing", null],
    [
      "is told as soon as it is worse",
      { alert: { snoozedAbove: 10 }, signals: 11 },
      1000,
      "firing grew",
      null,
    ],
  ])("%s", (_name, given, after, line, due) => {
    expect(judge(FIRING, given, after)).toMatchObject({ line, due });
  });

  test("ends when its last signal ended, not when that was sure", () => {
    expect(judge(FIRING, { alert: CLEARED }, 6 * MINUTE).next.endedAt).toBe(T0 + MINUTE);
  });

  test("forgets the snooze that has ended, and counts anew from what it told", () => {
    const { next } = judge(FIRING, { alert: { snoozedAbove: 10 }, signals: 11 }, 1000);
    expect(next).toMatchObject({ snoozedAbove: null, toldAt: T0 + 1000, toldCount: 11 });
  });
});

test("after the clock was set back, what lies in the future counts from now", () => {
  const back = -24 * 60 * MINUTE;
  expect(judge(FIRING, { terms: REPEATS }, back)).toMatchObject({ line: "firing", due: back + 60 * MINUTE });
  expect(judge(LOSS, {}, back)).toMatchObject({ line: "pending", due: back + 30_000 });
  expect(judge(FIRING, { alert: CLEARED }, back)).toMatchObject({ line: "firing", due: back + 5 * MINUTE });
});
