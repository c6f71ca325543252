import { beforeEach, describe, expect, test } from "vitest";
import { decideFact } from "../model/fact.ts";
import type { Answer, ProbeResult } from "../model/probe-result.ts";
import { newShareRecord, type ShareRecord } from "../model/share-record.ts";
import { SECOND } from "../model/timings.ts";
import { TROUBLE, type Incident } from "../rules/incident.ts";
import { ProbedWabas } from "./probed-wabas.ts";

const NOW = Date.UTC(2026, 10, 22);
const BAD: Answer = { verdict: "bad", reason: "unspecified", metaMessage: null };
const GOOD: Answer = { verdict: "true" };
const SILENT: Answer = { verdict: "none", reason: "meta_unreachable", ours: false };

const INCIDENT: Incident = {
  id: "inc_1",
  connectionId: "default",
  about: "meta",
  reason: "refused",
  openedAt: NOW,
  probed: 10,
  troubled: 5,
  mostTroubled: 5,
  confirmed: 0,
  endedAt: null,
  endedWhy: null,
};

function proven(badAt: number | null = null): ShareRecord {
  const record = newShareRecord({ adoption: "adopted", origin: "import", now: 0 });
  for (const name of ["Shared", "FullControl"] as const)
    record.facts[name] = decideFact(record.facts[name], {
      ...{ status: "True", reason: "proven", source: "probe" },
      ...{ at: NOW - 1000, now: NOW - 1000 },
    });
  record.facts.Shared = { ...record.facts.Shared, badAt };
  return record;
}

let fleet: ProbedWabas;
beforeEach(() => void (fleet = new ProbedWabas(null)));

function weigh(assetId: string, shared: Answer, record = proven(), askedAt = NOW) {
  const rest = { waited: false, numbers: {}, numbersComplete: false, kind: null, write: "none" } as const;
  const probe: ProbeResult = { ...rest, askedAt, trigger: "due", answers: { Shared: shared } };
  return fleet.weigh(probe, { assetId, connectionId: "default", record });
}

const weighMany = (count: number, shared: Answer): void => {
  for (let n = 0; n < count; n += 1) weigh(`ast_${n}`, shared);
};

describe("a refused WABA", () => {
  test("asks for witnesses, and its second bad answer waits for one", () => {
    expect(weigh("ast_1", BAD)).toMatchObject({ isTroubled: true });
    expect(fleet.wantsWitnesses).toBe(true);
    expect(fleet.refusedIds()).toEqual(["ast_1"]);
    const second = () => weigh("ast_1", BAD, proven(NOW), NOW + SECOND).weighed.held;
    expect(second()).toBe(true);
    weigh("ast_2", GOOD, proven(), NOW + SECOND);
    expect(second()).toBeUndefined();
  });

  test.each([
    ["no other WABA is left to probe", () => void (fleet.isAlone = true)],
    ["another instance saw a WABA intact", () => void (fleet.provenAt = NOW + 1)],
  ])("does not wait when %s", (_what, change) => {
    weigh("ast_1", BAD);
    change();
    expect(weigh("ast_1", BAD, proven(NOW), NOW + SECOND).weighed.held).toBeUndefined();
  });
});

describe("many WABAs that fail together", () => {
  test("are one incident, and their bad answers are distrusted", () => {
    weighMany(TROUBLE.opens.wabas - 1, BAD);
    expect(fleet.judge()).toBe("nothing");
    expect(weigh("ast_last", BAD).weighed.distrusted).toBe(true);
    expect(fleet.judge()).toBe("open");
    expect(fleet.commonReason()).toBe("refused");
  });

  test("an incident goes on while nothing is seen intact, and ends when all is", () => {
    fleet.incident = INCIDENT;
    weighMany(TROUBLE.opens.wabas, SILENT);
    expect(fleet.judge()).toBe("go_on");
    expect(fleet.troubledIds()).toHaveLength(TROUBLE.opens.wabas);
    weighMany(TROUBLE.opens.wabas, GOOD);
    expect(fleet.judge()).toBe("end");
    expect(fleet.troubledIds()).toEqual([]);
  });

  test("with those of other instances open one only after all have written again", () => {
    weigh("ast_1", BAD);
    const window = { probed: 9, good: 0, troubled: 9, ours: 0 };
    fleet.others = { ...window, firstNotifiedAt: NOW, lastNotifiedAt: NOW + 1 };
    expect(fleet.judge()).toBe("nothing");
    fleet.others = { ...window, firstNotifiedAt: NOW + 1, lastNotifiedAt: NOW + 2 };
    expect(fleet.judge()).toBe("nothing");
    fleet.others = { ...window, firstNotifiedAt: NOW + 2, lastNotifiedAt: NOW + 3 };
    expect(fleet.judge()).toBe("open");
  });
});

describe("what is forgotten", () => {
  test("a WABA that another instance has probed since, unless that closed it", () => {
    weigh("ast_1", BAD);
    weigh("ast_2", BAD);
    fleet.forgetOvertaken([
      { assetId: "ast_1", probedAt: NOW + 1, lostAt: [] },
      { assetId: "ast_2", probedAt: NOW + 1, lostAt: [NOW] },
      { assetId: "never seen", probedAt: NOW, lostAt: [] },
    ]);
    expect(fleet.seenIds()).toEqual(["ast_2"]);
  });

  test("probes outside the window", () => {
    weigh("ast_1", BAD);
    fleet.forgetOutside({ since: NOW, until: NOW });
    expect(fleet.own().troubled).toBe(1);
    fleet.forgetOutside({ since: NOW + 1, until: NOW + 2 });
    expect(fleet.own().troubled).toBe(0);
  });
});
