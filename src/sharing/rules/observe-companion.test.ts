import { describe, expect, test } from "vitest";
import { derive } from "../status/derive.ts";
import type { HintEffect } from "../evidence/hint.ts";
import { newShareRecord, newNumberRecord, type ShareRecord } from "../model/share-record.ts";
import type { Command } from "./observe-command.ts";
import { observe } from "./observe.ts";
import { DAY, HOUR, MINUTE } from "../model/timings.ts";

/**
 * Rule 10: what no probe can prove. An intact share, with numbers of the WhatsApp Business app and perhaps a
 * platform one.
 */

const T0 = Date.UTC(2026, 10, 22);
const LOST: HintEffect = { kind: "companion_lost" };
const BACK: HintEffect = { kind: "companion_back" };

function shareWith(numbers: Record<string, boolean>): ShareRecord {
  const record = newShareRecord({ adoption: "adopted", origin: "import", now: T0 - 30 * DAY });
  for (const name of ["Shared", "FullControl"] as const)
    record.facts[name] = {
      ...record.facts[name],
      status: "True",
      reason: "proven",
      at: T0 - DAY,
      probedAt: T0 - DAY,
    };
  for (const [id, coexistence] of Object.entries(numbers))
    record.numbers[id] = { ...newNumberRecord(id, T0 - DAY), coexistence };
  return observe(record, { type: "tick" }, T0 - DAY);
}

const hint = (record: ShareRecord, effect: HintEffect, saidAt: number, receivedAt = saidAt): ShareRecord =>
  observe(
    record,
    {
      type: "hint",
      hint: { key: effect.kind, effect, at: T0 + saidAt, receivedAt: T0 + receivedAt, foreign: null },
    },
    T0 + receivedAt,
  );
const act = (record: ShareRecord, what: Command, at: number): ShareRecord =>
  observe(record, { type: "command", command: what }, T0 + at);

/** "status gate,gate": the WABA's status and the gate of each number. */
function outline(record: ShareRecord, at: number): string {
  const { status, numbers } = derive(record, T0 + at);
  return `${status} ${Object.values(numbers)
    .map((number) => number.gate)
    .join()}`;
}

const companion = () => shareWith({ num_1: true });

describe("rule 10: the companion of a coexistence number", () => {
  test("an offboarding closes for a countdown, and the refusal is retryable", () => {
    const record = hint(companion(), LOST, 0);
    expect(outline(record, 1)).toBe("reconnecting closed");
    const { numbers, reason } = derive(record, T0 + 1);
    expect([reason, numbers.num_1?.countdownUntil]).toEqual(["companion_offboarded", T0 + 60 * MINUTE]);
    expect(record.dueProbes).toContain(T0 + 60 * MINUTE);
  });

  test("a reconnection opens, also one of the same second, in either order", () => {
    expect(outline(hint(hint(companion(), LOST, 0), BACK, 5 * MINUTE), 5 * MINUTE)).toBe("live open");
    expect(outline(hint(hint(companion(), LOST, 999), BACK, 0, 1500), 1500)).toBe("live open");
    expect(outline(hint(hint(companion(), BACK, 0, 1400), LOST, 999, 1500), 1500)).toBe("live open");
  });

  test("the reconnection comes first where the number was not known to be in the app", () => {
    const record = hint(hint(shareWith({ num_1: false }), BACK, 0), LOST, 500);
    expect(outline(record, 500)).toBe("live open");
  });

  test("once the countdown is over the gate is half-open: an accepted message opens, a refused one closes", () => {
    const record = hint(companion(), LOST, 0);
    expect(outline(record, HOUR)).toBe("disconnected half_open");
    expect(outline(act(record, { kind: "half_open", numberId: "num_1", accepted: true }, HOUR), HOUR)).toBe(
      "live open",
    );
    expect(derive(record, T0 + HOUR).reason).toBe("companion_not_restored");
  });

  test("no half-open gate while the share is lost", () => {
    const record = hint(companion(), LOST, 0);
    record.facts.Shared = { ...record.facts.Shared, status: "False", reason: "partner_removed" };
    expect(outline(record, HOUR)).toBe("permission_removed closed");
  });

  test("within 7 days of a reconnection an offboarding does not close by itself: a message decides", () => {
    const reconnected = hint(companion(), BACK, 0);
    const soon = hint(reconnected, LOST, 7 * DAY - 1);
    expect(outline(soon, 7 * DAY)).toBe("live half_open");
    const refused = act(soon, { kind: "half_open", numberId: "num_1", accepted: false }, 7 * DAY);
    expect(outline(refused, 7 * DAY)).toBe("reconnecting closed");
    expect(outline(refused, 7 * DAY + HOUR)).toBe("disconnected half_open");
    expect(outline(hint(reconnected, LOST, 7 * DAY), 7 * DAY)).toBe("reconnecting closed");
  });

  test("the order of delivery does not matter: lost, back, lost again", () => {
    const inOrder = hint(hint(hint(companion(), LOST, 0), BACK, 20_000), LOST, 40_000);
    const late = hint(hint(hint(companion(), LOST, 0, 41_000), LOST, 40_000, 42_000), BACK, 20_000, 43_000);
    expect([outline(inOrder, 43_000), outline(late, 43_000)]).toEqual(["live half_open", "live half_open"]);
  });

  test("a finished signup restores it, and answers an offboarding from before it", () => {
    const record = act(hint(companion(), LOST, 0), { kind: "signup_finished", as: "unknown" }, MINUTE);
    expect(outline(record, MINUTE)).toBe("live open");
    expect(outline(hint(record, LOST, 999, 2 * MINUTE), 2 * MINUTE)).toBe("live open");
    expect(outline(hint(record, LOST, 2 * MINUTE), 2 * MINUTE)).toBe("reconnecting closed");
  });

  test("a late copy of an offboarding from seconds before a signup closes nothing", () => {
    const record = act(hint(companion(), LOST, 688), { kind: "signup_finished", as: "unknown" }, 4000);
    expect(outline(hint(record, LOST, 999, 10 * MINUTE), 10 * MINUTE)).toBe("live open");
  });

  test("an old reconnection restores nothing", () => {
    const record = hint(hint(companion(), LOST, 10 * DAY), BACK, 0, 10 * DAY + 1000);
    expect(outline(record, 10 * DAY + 1000)).toBe("reconnecting closed");
  });

  test("it stops the numbers of the app and never a platform sibling", () => {
    const record = hint(shareWith({ num_1: true, num_2: false }), LOST, 0);
    expect(outline(record, 1)).toBe("live closed,open");
    expect(record.numbers.num_2?.coexistence).toBe(false);
  });

  test("where no number is known to be in the app, any may be it, and the WABA is coexistence from then on", () => {
    const record = hint(shareWith({ num_1: false }), LOST, 0);
    expect([outline(record, 1), record.everCoexistence]).toEqual(["reconnecting closed", true]);
  });
});
