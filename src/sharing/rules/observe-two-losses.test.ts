import { expect, test } from "vitest";
import { derive } from "../status/derive.ts";
import type { WabaCondition } from "../model/fact.ts";
import type { Answer, ProbeResult } from "../model/probe-result.ts";
import { newShareRecord, type ShareRecord } from "../model/share-record.ts";
import { observe } from "./observe.ts";
import { MINUTE, SECOND } from "../model/timings.ts";

const START = Date.UTC(2026, 10, 22);
const TRUE: Answer = { verdict: "true", byWrite: true };

function probeAt(askedAt: number, bad: Partial<Record<WabaCondition, string>> = {}): ProbeResult {
  const names = ["Shared", "FullControl", "TokenValid", "AppInstalled", "MessagingAllowed"] as const;
  const answers = names.map((name): [WabaCondition, Answer] => {
    const reason = bad[name];
    return [name, reason === undefined ? TRUE : { verdict: "bad", reason, metaMessage: null }];
  });
  const nothing = { numbers: {}, numbersComplete: false, kind: null };
  return {
    askedAt,
    trigger: "due",
    waited: false,
    answers: Object.fromEntries(answers),
    ...nothing,
    write: "none",
  };
}

const see = (record: ShareRecord, probe: ProbeResult): ShareRecord =>
  observe(record, { type: "probe", probe }, probe.askedAt + 200);

/** Sends with the client's token, and the client removed the app: found by probing. */
function withoutApp(at: number): ShareRecord {
  const begun = newShareRecord({ adoption: "adopted", origin: "import", now: START });
  const proven = see({ ...begun, sendsWithClientToken: true }, probeAt(START + MINUTE));
  const gone = { AppInstalled: "app_uninstalled" };
  return [at, at + 2 * SECOND].reduce((record, askedAt) => see(record, probeAt(askedAt, gone)), proven);
}

/** A removal that may be an old one delivered late. It does not close by itself. */
const removedAt = (record: ShareRecord, at: number): ShareRecord => {
  const effect = {
    kind: "closing",
    condition: "Shared",
    reason: "partner_removed",
    metaMessage: null,
  } as const;
  const hint = {
    key: "removed",
    effect: { ...effect, coexistence: false },
    at,
    receivedAt: at,
    foreign: null,
  };
  return observe(record, { type: "hint", hint }, at);
};

// Simulation, seeds 1100414 and 1108396: the app was back, the share had just been lost, and for seconds the
// gate was open.
test("a proof of the app opens no gate while the share was announced as lost", () => {
  const at = START + 5 * MINUTE;
  const lost = withoutApp(at);
  expect(derive(lost, at).reason).toBe("app_uninstalled");
  const reported = removedAt(lost, at + 20 * SECOND);
  const early = see(reported, probeAt(at + 21 * SECOND));
  expect(derive(early, at + 21 * SECOND).gate).toBe("closed");
  // A probe that refutes the announcement follows, and then both are proven.
  expect(early.dueProbes).toContain(at + 23 * SECOND);
  expect(derive(see(early, probeAt(at + 23 * SECOND)), at + 23 * SECOND).gate).toBe("open");
});

test("without an announcement the app's proof opens at once", () => {
  const at = START + 5 * MINUTE;
  expect(derive(see(withoutApp(at), probeAt(at + 20 * SECOND)), at + 20 * SECOND).gate).toBe("open");
});
