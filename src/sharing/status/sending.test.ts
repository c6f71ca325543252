import { describe, expect, test } from "vitest";
import { en } from "../../messages/english.ts";
import {
  newShareRecord,
  newNumberRecord,
  type NumberRecord,
  type ShareRecord,
} from "../model/share-record.ts";
import { observe } from "../rules/observe.ts";
import { areMessagesSent } from "./sending-claim.ts";
import { observeSending, refusalMessageOf, sendingReasonOf } from "./sending.ts";
import type { SendingIssue } from "../model/sending-issue.ts";
import type { SendingObserved } from "./sending.ts";
import { stateOf } from "./share-state.ts";
import { summaryOf } from "./sentences.ts";

const NOW = Date.parse("2026-11-28T12:00:00Z");
const MINUTE = 60_000;
const NAMES = { client: "Northwind", partner: "360dialog", wabaId: "1" };
const refused = (more: Partial<SendingIssue> = {}): SendingObserved => ({
  is: "refused",
  since: NOW,
  source: "send",
  code: 200,
  subcode: null,
  metaMessage: "no",
  ...more,
});
const accepted = (unfailedSince: number): SendingObserved => ({ is: "accepted", unfailedSince });
const seen = (...steps: [SendingObserved, number][]): NumberRecord => {
  const number = newNumberRecord("2001", NOW);
  for (const [observed, at] of steps) observeSending(number, observed, at);
  return number;
};

const live = () => {
  const record = newShareRecord({ adoption: "adopted", origin: "import", now: NOW });
  for (const fact of Object.values(record.facts)) Object.assign(fact, { status: "True", reason: "proven" });
  const number = newNumberRecord("2001", NOW);
  Object.assign(number.facts.NumberConnected, { status: "True", reason: "proven" });
  record.numbers.num_1 = number;
  const well = { status: "CONNECTED", nameStatus: "APPROVED", verification: "VERIFIED", quality: "GREEN" };
  const setup = {
    account: { at: NOW, hasFunding: true, health: [] },
    numbers: { at: NOW, byId: { num_1: well } },
  };
  return Object.assign(record, { setup });
};

describe("field case 4: refusals about a number", () => {
  test("begin with the first of the row, whichever instance reports it later, and end with an acceptance", () => {
    const two = seen(
      [refused({ since: NOW + 5 }), NOW + 9],
      [refused({ since: NOW, code: 131042 }), NOW + 20],
    );
    expect(two.sending).toMatchObject({ since: NOW, lastAt: NOW + 20, code: 131042 });
    expect(seen([refused(), NOW], [accepted(NOW), NOW]).sending).toBeUndefined();
  });

  test("from a status end once an accepted message has had time to fail, and none has", () => {
    const status = refused({ source: "status" });
    expect(seen([status, NOW], [accepted(NOW), NOW + 4 * MINUTE]).sending).toBeDefined();
    expect(seen([status, NOW], [accepted(NOW), NOW + 5 * MINUTE]).sending).toBeUndefined();
    // One message each six minutes, and each fails after it was accepted.
    expect(seen([status, NOW], [accepted(NOW + 6 * MINUTE), NOW + 6 * MINUTE]).sending).toBeDefined();
    expect(
      seen([status, NOW], [status, NOW + MINUTE], [accepted(NOW), NOW + 6 * MINUTE]).sending,
    ).toBeDefined();
  });

  test("from a status continue from their beginning when messages fail again at once", () => {
    const status = refused({ source: "status" });
    const end = NOW + 5 * MINUTE;
    const again = (at: number, more: Partial<SendingIssue> = {}) =>
      seen([status, NOW], [accepted(NOW), end], [refused({ source: "status", since: at, ...more }), at])
        .sending?.since;
    expect(again(end + 4 * MINUTE)).toBe(NOW);
    expect(again(end + 5 * MINUTE)).toBe(end + 5 * MINUTE);
    expect(again(end + MINUTE, { source: "send" })).toBe(end + MINUTE);
  });

  test.each([
    [200, null, "sending_rights", "provider"],
    [299, null, "sending_rights", "provider"],
    [10, null, "sending_rights", "provider"],
    [131005, null, "sending_rights", "provider"],
    [133010, null, "sending_not_registered", "provider"],
    [131045, null, "sending_certificate", "provider"],
    [131037, null, "sending_name", "client"],
    [131042, null, "sending_payment", "client"],
    [368, null, "sending_locked", "client"],
    [131031, null, "sending_locked", "client"],
    [100, 33, "sending_not_found", "provider"],
    [33, null, "sending_not_found", "provider"],
    [7, null, "sending_other", "provider"],
  ])("with code %s/%s say what to do: %s by %s", (code, subcode, reason, who) => {
    const issue = { since: NOW, lastAt: NOW, source: "send", code, subcode, metaMessage: "no" } as const;
    expect(sendingReasonOf(issue)).toEqual({ reason, who });
    expect(en.setup.no).toHaveProperty(reason);
    expect(refusalMessageOf(issue)).toBe(subcode === null ? `${code}: no` : `${code}/${subcode}: no`);
  });

  test("are forgotten by a repair: the gate closed and opened since", () => {
    const record: ShareRecord = live();
    const steps = [
      { kind: "sending", numberId: "num_1", observed: refused() },
      { kind: "operator_close", actor: "user_1", why: "asked to" },
      { kind: "operator_reopen" },
    ] as const;
    const after = steps.map((_, last) =>
      steps
        .slice(0, last + 1)
        .reduce((known, act) => observe(known, { type: "command", command: act }, NOW), record),
    );
    expect(after.map(({ numbers }) => numbers.num_1?.sending === undefined)).toEqual([false, false, true]);
  });
});

describe("whether a page may say that messages are being sent", () => {
  test.each(["CONNECTED", "FLAGGED", "RATE_LIMITED", "RESTRICTED"])(
    "it may while the number is %s",
    (status) => {
      const record = live();
      record.setup.numbers.byId.num_1.status = status;
      expect(areMessagesSent(stateOf(record, NOW))).toBe(true);
    },
  );

  test.each(["PENDING", "UNVERIFIED", "A_NEW_WORD"])(
    "field case 3: it may not while the number is %s",
    (status) => {
      const record = live();
      record.setup.numbers.byId.num_1.status = status;
      const state = stateOf(record, NOW);
      expect(areMessagesSent(state)).toBe(false);
      expect(summaryOf(state, NAMES)).not.toMatch(/flow/i);
    },
  );

  test("it may not while Meta's health blocks messages, or Meta refuses them", () => {
    const blocked = live();
    const issue = { entity: "WABA", canSend: "BLOCKED", code: 1, metaMessage: "no", solution: null } as const;
    Object.assign(blocked.setup.account, { health: [issue] });
    expect(areMessagesSent(stateOf(blocked, NOW))).toBe(false);
    const silent = live();
    observeSending(silent.numbers.num_1 as NumberRecord, refused(), NOW);
    const state = stateOf(silent, NOW);
    expect([areMessagesSent(state), state.status, state.gate, state.who]).toEqual([
      false,
      "live",
      "open",
      "provider",
    ]);
    expect(summaryOf(state, NAMES)).toBe(
      "The share is proven. Meta refuses this number's messages since 28 November 2026 at 12:00:00 UTC: 200: no.",
    );
  });
});
