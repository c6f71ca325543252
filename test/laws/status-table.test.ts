import { describe, expect, test } from "vitest";
import { derive } from "../../src/sharing/status/derive.ts";
import type { NumberRecord } from "../../src/sharing/model/share-record.ts";
import { stateOf } from "../../src/sharing/status/share-state.ts";
import { STATUS_ROWS, statusLineOf } from "../../src/sharing/status/status.ts";
import { refusalOf } from "../../src/sharing/gate/verdict.ts";
import {
  BOTH,
  caseText,
  everyOf,
  recordOf,
  NOW,
  NUMBERS,
  rowByTheText,
  VERDICTS,
  SOUND,
  type Case,
  type NumberKind,
} from "./status-cases.ts";

/**
 * The status table (docs/reference/rules.md) for every combination of its inputs, against a second,
 * deliberately plain reading of the same text. A disagreement means that one of the two misread the table.
 */
/** As printed in the rule book: status, label, lamp, gate, refusal. */
const PRINTED = [
  [0, "closed", "CLOSED BY OPERATOR", "grey", "closed", 403, 131005, false],
  [1, "offboarded", "OFFBOARDED", "grey", "closed", 403, 131005, false],
  [2, "discovered", "FOUND, NOT ADOPTED", "grey", "closed", 403, 131005, false],
  [3, "onboarding", "ONBOARDING", "amber", "closed", 403, 131005, false],
  [4, "permission_removed", "BSP PERMISSION REMOVED", "red", "closed", 403, 131005, false],
  [5, "disabled", "DISABLED", "red", "closed", 403, 131031, false],
  [6, "unknown", "CHECKING", "grey", "keep", 503, 131016, true],
  [7, "reconnecting", "RECONNECTING", "amber", "closed", 503, 131016, true],
  [8, "disconnected", "NUMBER DISCONNECTED", "red", "closed", 400, 133010, false],
  [9, "live", "LIVE", "green", "open", 503, 131016, true],
] as const;

function* everyCase(): Generator<Case> {
  const fleets: (readonly NumberKind[])[] = [
    [],
    ...NUMBERS.flatMap((a) => [[a], ...NUMBERS.map((b) => [a, b])]),
  ];
  const decisions = everyOf({
    operatorClosed: BOTH,
    adoption: ["adopted", "discovered", "offboarded"] as const,
    signupOpen: BOTH,
    proven: BOTH,
  });
  const answers = everyOf({
    ...{ shared: VERDICTS, control: VERDICTS, app: VERDICTS, appRequired: BOTH },
    ...{ messaging: VERDICTS, token: VERDICTS },
  });
  // Decisions (24) x answers of Meta (486) x numbers (31): the first is only combined with one fleet, the
  // others with all.
  for (const shown of answers) {
    for (const decided of decisions) yield { ...decided, ...shown, numbers: ["able"] };
    for (const numbers of fleets) yield { ...SOUND, ...shown, numbers };
  }
}

describe("every combination", () => {
  test("exactly the row that the text selects, with its gate", () => {
    const wrong: string[] = [];
    let count = 0;
    for (const given of everyCase()) {
      count += 1;
      const record = recordOf(given);
      const expected = rowByTheText(given);
      const { row, gate } = derive(record, NOW);
      const printed = PRINTED[expected];
      // An imported WABA without a decision stays open.
      const expectedGate = printed?.[4] === "keep" ? "open" : printed?.[4];
      if (row.number !== expected || gate !== expectedGate)
        wrong.push(`${caseText(given)}: row ${row.number}, ${gate}`);
    }
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(count).toBeGreaterThan(20_000);
  });

  test("each number by itself: a dead one never stops its sibling, a closed WABA stops them all", () => {
    const wrong: string[] = [];
    for (const given of everyCase()) {
      const derived = derive(recordOf(given), NOW);
      const row = rowByTheText(given);
      const isWabaClosed = row <= 5 || (row === 6 && given.token === "False");
      given.numbers.forEach((kind, index) => {
        const gate = derived.numbers[`num_${index}`]?.gate;
        const mayTry = kind === "not_restored" && given.shared === "True";
        const own = kind === "able" ? "open" : mayTry ? "half_open" : "closed";
        const expected = isWabaClosed ? "closed" : own;
        if (gate !== expected) wrong.push(`${caseText(given)}: number ${index} ${gate}, not ${expected}`);
      });
    }
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  test("in row 4 the reason is that of the first condition lost", () => {
    for (const given of everyCase()) {
      if (rowByTheText(given) !== 4) continue;
      const reason =
        given.shared === "False"
          ? "partner_removed"
          : given.control === "False"
            ? "partial_control"
            : "app_uninstalled";
      if (derive(recordOf(given), NOW).reason !== reason) expect(caseText(given)).toBe(reason);
    }
  });
});

describe("the table as printed", () => {
  test("status, label, lamp, gate and refusal of every row", () => {
    const rows = STATUS_ROWS.map(({ number, status, label, lamp, gate, refusal }) => [
      number,
      status,
      label,
      lamp,
      gate,
      refusal.status,
      refusal.code,
      refusal.retryable,
    ]);
    expect(rows).toEqual(PRINTED.map((row) => [...row]));
  });

  const names = { client: "Atlas Cycles", partner: "360dialog", wabaId: "100000000000004" };

  /** The refusal of the first number: "status/code reason who". */
  const refusal = (change: Partial<Case>): string => {
    const state = stateOf(recordOf({ ...SOUND, ...change }), NOW);
    const [number] = state.numbers;
    if (number === undefined) throw new Error("Broken assumption: no number");
    const { status, code, reason, whoMustAct, retryable, details } = refusalOf(state, number, names);
    expect(details).not.toMatch(/[{}]|undefined/);
    return `${status}/${code} ${reason} ${whoMustAct}${retryable ? " retryable" : ""}`;
  };

  test("T2 is the label of a lost permission, with a red lamp", () => {
    const state = stateOf(recordOf({ ...SOUND, shared: "False" }), NOW);
    expect(statusLineOf(state)).toBe("\u{1F534}BSP PERMISSION REMOVED");
    expect([state.label, state.lamp, state.status]).toEqual([
      "BSP PERMISSION REMOVED",
      "red",
      "permission_removed",
    ]);
  });

  test("the refusal of a message, row by row", () => {
    expect(refusal({ operatorClosed: true })).toBe("403/131005 closed_by_operator provider");
    expect(refusal({ adoption: "offboarded" })).toBe("403/131005 offboarded nobody");
    expect(refusal({ adoption: "discovered" })).toBe("403/131005 not_adopted provider");
    expect(refusal({ signupOpen: true, proven: false })).toBe("403/131005 not_yet_proven client");
    expect(refusal({ shared: "False" })).toBe("403/131005 partner_removed client");
    expect(refusal({ control: "False" })).toBe("403/131005 partial_control client");
    expect(refusal({ app: "False", appRequired: true })).toBe("403/131005 app_uninstalled client");
    expect(refusal({ messaging: "False" })).toBe("403/131031 meta_disabled client");
    expect(refusal({ token: "False" })).toBe("503/131016 provider_token_invalid provider retryable");
    expect(refusal({ numbers: ["counting_down"] })).toBe("503/131016 companion_offboarded meta retryable");
    expect(refusal({ numbers: ["not_restored"] })).toBe("400/133010 companion_not_restored client");
    expect(refusal({ numbers: ["deregistered"] })).toBe("400/133010 number_deregistered provider");
    expect(refusal({ numbers: ["deleted"] })).toBe("400/33 number_deleted client");
  });

  test("a number's own problem is shown on that number alone, beside a sibling that sends", () => {
    expect(refusal({ numbers: ["deleted", "able"] })).toBe("400/33 number_deleted client");
    expect(refusal({ numbers: ["counting_down", "able"] })).toBe(
      "503/131016 companion_offboarded meta retryable",
    );
    const state = stateOf(recordOf({ ...SOUND, numbers: ["deleted", "able"] }), NOW);
    expect(state.numbers.map(({ gate, ownFault }) => [gate, ownFault])).toEqual([
      ["closed", true],
      ["open", false],
    ]);
  });

  test("a lost share is shown on every number, whatever other problem it has", () => {
    expect(refusal({ shared: "False", numbers: ["deleted"] })).toBe("403/131005 partner_removed client");
  });

  test("row 6 keeps the last decision, and with none is open for an import and closed for a signup", () => {
    const record = recordOf({ ...SOUND, shared: "Unknown" });
    expect(derive(record, NOW).gate).toBe("open");
    expect(derive({ ...record, origin: "signup" }, NOW).gate).toBe("closed");
    for (const gate of ["open", "closed"] as const)
      expect(derive({ ...record, decided: { status: "live", gate, since: NOW } }, NOW).gate).toBe(gate);
  });

  test("row 6 never opens a number that row 7 or 8 would close", () => {
    for (const kind of ["deregistered", "deleted", "counting_down", "not_restored"] as const) {
      const derived = derive(
        recordOf({ ...SOUND, control: "Unknown", shared: "Unknown", numbers: [kind, "able"] }),
        NOW,
      );
      expect([kind, derived.gate, derived.numbers.num_0?.gate, derived.numbers.num_1?.gate]).toEqual([
        kind,
        "open",
        "closed",
        "open",
      ]);
    }
  });

  test("row 8: the WABA speaks for the least final of its numbers", () => {
    const spokesman = (...numbers: NumberKind[]) => derive(recordOf({ ...SOUND, numbers }), NOW).reason;
    expect(spokesman("deleted", "not_restored")).toBe("companion_not_restored");
    expect(spokesman("deleted", "deregistered")).toBe("number_deregistered");
    expect(spokesman("deregistered", "not_restored")).toBe("companion_not_restored");
    expect(spokesman("deleted", "deleted")).toBe("number_deleted");
    const banned = recordOf({ ...SOUND, numbers: ["deleted", "deregistered"] });
    const number = banned.numbers.num_1 as NumberRecord;
    number.facts.NumberConnected.reason = "meta_disabled";
    expect(derive(banned, NOW).reason).toBe("meta_disabled");
  });

  test("row 9: a WABA without numbers is live and not Ready; Ready names the setup issue", () => {
    const ready = (change: Partial<Case>) => {
      const state = stateOf(recordOf({ ...SOUND, ...change }), NOW);
      const condition = state.conditions.find(({ type }) => type === "Ready");
      return [state.status, condition?.status];
    };
    expect(ready({ numbers: [] })).toEqual(["live", "Unknown"]);
    expect(ready({ numbers: ["able"] })).toEqual(["live", "Unknown"]);
    expect(ready({ numbers: ["deleted", "able"] })).toEqual(["live", "False"]);
  });
});
