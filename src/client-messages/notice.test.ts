import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../sharing/model/timings.ts";
import { HELD_MS, kindOf, planNotice, SETTLE_MS, toldOf, type Need, type Notice } from "./notice.ts";

const T0 = Date.UTC(2026, 10, 29);
const LOST: Need = { is: "told", cause: "partner_removed" };
const BACK: Need = { is: "over", why: "recovered" };
const QUIET: Need = { is: "held", cause: null };
const about = { assetId: "ast_1", topic: "loss", clientId: "cli_1" } as const;

/** What follows, step by step: at each instant the WABA is looked at, and what is due is sent. */
function follow(
  steps: readonly (readonly [at: number, need: Need])[],
  reminders = 3,
  before?: Notice,
): { sent: number[]; notice: Notice | undefined } {
  const sent: number[] = [];
  let notice = before;
  for (const [at, need] of steps) {
    const now = T0 + at;
    notice = planNotice(notice, need, about, { now, reminders });
    if (notice === undefined || need.is !== "told" || notice.nextAt === null || notice.nextAt > now) continue;
    sent.push(at);
    notice = toldOf(notice, { now, reminders });
  }
  return { sent, notice };
}

/** A look each minute. */
const everyMinute = (untilMs: number, needAt: (at: number) => Need): [number, Need][] =>
  Array.from({ length: untilMs / MINUTE + 1 }, (_, n) => [n * MINUTE, needAt(n * MINUTE)]);

describe("a notice of a loss", () => {
  test.each<[what: string, steps: [number, Need][], sent: number[]]>([
    ["is told once it has settled", everyMinute(HOUR, () => LOST), [SETTLE_MS]],
    ["says nothing of what came back meanwhile", everyMinute(HOUR, (at) => (at < MINUTE ? LOST : BACK)), []],
    ["says nothing while it never settles", everyMinute(HOUR, (at) => ((at / MINUTE) % 2 ? BACK : LOST)), []],
    [
      "that comes and goes all day is told once",
      everyMinute(20 * HOUR, (at) => ((at / MINUTE) % 4 === 3 ? BACK : LOST)),
      [SETTLE_MS],
    ],
    ["is quiet while nobody knows", everyMinute(HOUR, (at) => (at === 0 ? LOST : QUIET)), []],
    [
      "goes on where another cause takes its place",
      everyMinute(2 * DAY, (at) => (at < HOUR ? LOST : { is: "told", cause: "taken_over" })),
      [SETTLE_MS, SETTLE_MS + DAY],
    ],
    [
      "is told of again a day later, and not earlier",
      everyMinute(2 * DAY, (at) => (at > HOUR && at < DAY + HOUR ? BACK : LOST)),
      [SETTLE_MS, DAY + HOUR + SETTLE_MS],
    ],
  ])("%s", (_, steps, sent) => {
    expect(follow(steps).sent).toEqual(sent);
  });

  test.each([
    [0, []],
    [1, [1]],
    [3, [1, 4, 11]],
    [6, [1, 4, 11, 25, 55, 85]],
  ])("has %i reminders at growing gaps", (reminders, days) => {
    const { sent, notice } = follow(
      everyMinute(120 * DAY, () => LOST),
      reminders,
    );
    const [first = 0, ...others] = sent;
    expect(others.map((at) => (at - first) / DAY)).toEqual(days);
    expect(notice).toMatchObject({ nextAt: null, stoppedWhy: null });
  });

  test.each([
    [0, 3, "first"],
    [1, 3, "reminder"],
    [3, 3, "last_reminder"],
  ])("after %i of %i reminders is a %s", (sentCount, reminders, kind) =>
    expect(kindOf({ topic: "loss", sentCount }, reminders)).toBe(kind),
  );

  test("that is held with a cause is looked at again, and told when nothing holds it", () => {
    const held: Need = { is: "held", cause: "partner_removed" };
    const { notice, sent } = follow([[0, held]]);
    expect([sent, notice?.nextAt]).toEqual([[], T0 + HELD_MS]);
    expect(follow([[HELD_MS, LOST]], 3, notice).sent).toEqual([HELD_MS]);
  });

  test("waits no longer than the longest gap after the clock was set back", () => {
    const { notice } = follow(everyMinute(5 * MINUTE, () => LOST));
    const back = planNotice(notice, LOST, about, { now: T0 - 365 * DAY, reminders: 3 });
    expect(back?.nextAt).toBe(T0 - 335 * DAY);
    const again = planNotice({ ...(notice as Notice), stoppedWhy: "recovered" }, LOST, about, {
      ...{ now: T0 - 365 * DAY, reminders: 3 },
    });
    expect(again?.nextAt).toBe(T0 - 364 * DAY);
  });
});

test("a warning is said once, and again when it gets worse", () => {
  const warned = { ...about, topic: "app_activity" } as const;
  const rules = (at: number) => ({ now: T0 + at, reminders: 3 });
  const due: Need = { is: "told", cause: "app_activity_due_soon" };
  const begun = planNotice(undefined, due, warned, rules(0)) as Notice;
  const told = toldOf(begun, rules(SETTLE_MS));
  expect(told.nextAt).toBeNull();
  const worse = planNotice(told, { is: "told", cause: "app_activity_overdue" }, warned, rules(DAY));
  expect(worse).toMatchObject({ sentCount: 0, nextAt: T0 + DAY + SETTLE_MS });
});
