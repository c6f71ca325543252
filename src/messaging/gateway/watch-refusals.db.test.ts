import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../test/support/create-test-app.ts";
import type { SendingIssue } from "../../sharing/model/sending-issue.ts";
import { watchRefusals } from "./watch-refusals.ts";

const PHONE = "200000000000001";
const S = 1000;
const MINUTE = 60 * S;

let app: TestApp;
let now: number;
let transactions: Promise<unknown>[];
beforeEach(async () => {
  app = await createTestApp();
  now = app.deps.clock.now();
  transactions = [];
});
afterEach(() => app?.stop());

/** The listener of one instance, with a count of its records. */
function instance(sweepPeriodMs: number) {
  const { db } = app.deps;
  const counting = Object.assign(Object.create(db) as typeof db, {
    transaction: (...args: Parameters<typeof db.transaction>) => {
      const running = db.transaction(...args);
      transactions.push(running);
      return running;
    },
  });
  const clock = { ...app.deps.clock, now: () => now };
  const log = pino({ level: "silent" });
  return watchRefusals({ ...app.deps, db: counting, clock, sweepPeriodMs, log, gate: app.gate });
}
const numberId = (): string => app.gate.findByPhone(PHONE)?.numberId ?? "";
const issue = (): SendingIssue | null => app.gate.find(numberId())?.sending ?? null;
const settle = async (): Promise<void> => {
  await Promise.all(transactions);
  await new Promise(setImmediate);
  await app.gate.follow();
};
type Watch = ReturnType<typeof instance>;
const PAYMENT_FAILED = [{ connectionId: "default", phoneNumberId: PHONE, code: 131042 }];
const fail = (watch: Watch) => {
  watch.failed(PAYMENT_FAILED);
  return settle();
};
const accept = (watch: Watch) => {
  watch.accepted(numberId());
  return settle();
};
const refuse = (watch: Watch) => {
  watch.refused({ numberId: numberId(), status: 403, code: 200 });
  return settle();
};

describe("field case 8: messages that are accepted and then fail", () => {
  test.each([
    ["every 10 s with a sweep of 900 s", 900 * S, 10 * S, 120],
    ["every 6 min with a sweep of 300 s", 300 * S, 6 * MINUTE, 6],
  ])("%s: one issue, counted from the first failure", async (_what, sweepPeriodMs, everyMs, count) => {
    const watch = instance(sweepPeriodMs);
    await fail(watch);
    const since = now;
    for (let nth = 0; nth < count; nth += 1) {
      now += everyMs;
      await accept(watch);
      expect(issue()?.since).toBe(since);
      now += S;
      await fail(watch);
    }
    now += S;
    await accept(watch);
    now += 5 * MINUTE;
    const before = transactions.length;
    await accept(watch);
    await accept(watch);
    expect([issue(), transactions.length - before]).toEqual([null, 1]);
  });

  test("whose failures another instance receives: the issue remains, and acceptances write almost nothing", async () => {
    const [ours, other] = [instance(900 * S), instance(900 * S)];
    await fail(other);
    const since = now;
    let writes = 0;
    for (let nth = 0; nth < 120; nth += 1) {
      now += 10 * S;
      const before = transactions.length;
      await accept(ours);
      writes += transactions.length - before;
      expect(issue()?.since).toBe(since);
      await fail(other);
    }
    // 20 minutes, with an attempt every five.
    expect(writes).toBeLessThanOrEqual(4);
  });

  test("a message that is accepted before the gate has read the failure counts as well", async () => {
    const watch = instance(900 * S);
    watch.failed(PAYMENT_FAILED);
    await Promise.all(transactions);
    now += S;
    watch.accepted(numberId());
    expect(issue()).toBeNull();
    await settle();
    expect(issue()?.code).toBe(131042);
    now += 5 * MINUTE;
    await accept(watch);
    expect(issue()).toBeNull();
  });
});

test("field case 4: a late refusal after a repair forms no streak with refusals from before the loss", async () => {
  const watch = instance(300 * S);
  for (let nth = 0; nth < 3; nth += 1) await refuse(watch);
  expect(issue()?.code).toBe(200);
  watch.record(numberId(), { kind: "operator_close", actor: "user_1", why: "asked to" });
  await settle();
  now += MINUTE;
  watch.record(numberId(), { kind: "operator_reopen" });
  await settle();
  expect([app.gate.find(numberId())?.verdict.decision, issue()]).toEqual(["open", null]);
  now += MINUTE;
  await refuse(watch);
  expect(issue()).toBeNull();
});
