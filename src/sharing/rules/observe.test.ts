import { describe, expect, test } from "vitest";
import { BAD, OURS, PARTIAL, REMOVED, SILENT, Story, T0 } from "../../../test/laws/story.ts";
import { derive } from "../status/derive.ts";
import type { HintEffect } from "../evidence/hint.ts";
import type { Answer, ProbeResult } from "../model/probe-result.ts";
import { mustWrite, nextProbeAt } from "./probe-plan.ts";
import { newNumberRecord } from "../model/share-record.ts";
import type { Command } from "./observe-command.ts";
import { needsSettling, observe } from "./observe.ts";
import { DAY, HOUR, MINUTE } from "../model/timings.ts";

/** The ten rules, one group for each: what was observed when, and what is then known. */

describe("rule 1: times", () => {
  test("a hint with a larger time is new, with its own first receipt; an equal one is not", () => {
    const story = Story.proven().hint(0);
    expect(story.hint(900, REMOVED, { at: T0 }).record.hints).toHaveLength(1);
    expect(
      story.hint(1500, REMOVED, { at: T0 + 1 }).record.hints.map((hint) => hint.receivedAt - T0),
    ).toEqual([0, 1500]);
  });

  test("a proof is as old as its question: one asked before the loss proves nothing", () => {
    const story = Story.proven().probeAt(0, { shared: BAD }).probeAt(1000, { shared: BAD });
    expect(story.gate).toBe("closed");
    expect(story.probeAt(1200, { asked: 900, write: "passed" }).gate).toBe("closed");
    expect(story.probeAt(1300, { write: "passed" }).gate).toBe("open");
  });

  test("a probe has its own answer for each condition", () => {
    const story = Story.proven().probeAt(0, { control: SILENT }).probeAt(1500, { control: SILENT });
    expect([story.fact("Shared").status, story.fact("FullControl").status]).toEqual(["True", "Unknown"]);
  });
});

describe("rule 2: admitted", () => {
  test("4.999 s older than the newest proof closes, 5 s older does not", () => {
    const reported = (ageMs: number) =>
      Story.proven()
        .probeAt(0)
        .hint(1000, REMOVED, { at: T0 - ageMs });
    expect(reported(4999).gate).toBe("closed");
    expect(reported(5000).gate).toBe("open");
    expect(reported(5000).due).toContain(1000);
  });

  test("an opening hint opens nothing, and only starts probes", () => {
    const story = Story.proven().hint(0).hint(100, { kind: "share_back" });
    expect(story.gate).toBe("closed");
    expect(story.due).toEqual(expect.arrayContaining([100, 5100, 30_100, 300_100]));
  });
});

describe("rule 3: fresh", () => {
  test("it closes at once; a True asked before 5 s have passed does not refute it, one asked at 5 s does", () => {
    const story = Story.proven().hint(0);
    expect([story.gate, story.reason]).toEqual(["closed", "partner_removed"]);
    expect(story.probeAt(4999, { write: "passed" }).gate).toBe("closed");
    expect(story.record.heldUntil).toBe(T0 + 5000);
    expect(story.probeAt(5000, { write: "passed" }).gate).toBe("open");
  });

  test("after a signup that we saw finish since, 3 s after that are enough", () => {
    const story = Story.proven().hint(0).act(1000, { kind: "signup_finished", as: "unknown" });
    expect(story.probeAt(3999, { write: "passed" }).gate).toBe("closed");
    expect(story.probeAt(4000, { write: "passed" }).gate).toBe("open");
  });

  test("a signup that finished before the hint shortens nothing", () => {
    const story = Story.proven();
    story.record = { ...story.record, signupFinishedAt: T0 - 1 };
    expect(story.hint(0).probeAt(4999, { write: "passed" }).gate).toBe("closed");
  });
});

describe("how a loss ended", () => {
  const restoredAt = (at: number): Story =>
    Story.proven()
      .hint(0)
      .hint(at, { kind: "share_back" })
      .probeAt(at + 100, { write: "passed" });
  const finished: Command = { kind: "signup_finished", as: "unknown" };

  test("is named by the signup that made the share, also when Meta's event of it came first", () => {
    expect(restoredAt(MINUTE).record.restored?.how).toBe("partner_added");
    expect(restoredAt(MINUTE).act(MINUTE + 1000, finished).record.restored?.how).toBe("signup");
  });

  test("is not named by a signup long after", () => {
    expect(restoredAt(MINUTE).act(2 * MINUTE, finished).record.restored?.how).toBe("partner_added");
  });
});

describe("rule 4: suspect", () => {
  test("within 7 days of a repair it does not close at once, and is probed at 0, 3.3 and 5 s", () => {
    const story = Story.repaired(7 * DAY - 1).hint(0);
    expect(story.gate).toBe("open");
    expect(story.due).toEqual(expect.arrayContaining([0, 3300, 5000, 9500]));
    expect(Story.repaired(7 * DAY).hint(0).gate).toBe("closed");
  });

  test.each<[string, Command | HintEffect]>([
    ["a finished signup", { kind: "signup_finished", as: "unknown" }],
    ["an adoption", { kind: "adopt" }],
    ["a received PARTNER_ADDED", { kind: "share_back" }],
  ])("%s is a repair", (_, what) => {
    const story = Story.proven();
    if (what.kind === "share_back") story.hint(-1000, what);
    else story.act(-1000, what as Command);
    expect(story.hint(0).gate).toBe("open");
  });

  test("an opening by proof and an import are repairs", () => {
    const opened = Story.proven().hint(0).probeAt(5000, { write: "passed" });
    expect(opened.hint(20_000).gate).toBe("open");
    expect(Story.repaired(DAY, "import").hint(0).gate).toBe("open");
  });

  test("one bad probe closes, with the reason of the hint", () => {
    const story = Story.repaired(DAY).hint(0).probeAt(100, { shared: BAD });
    expect([story.gate, story.reason, story.fact("Shared").source]).toEqual([
      "closed",
      "partner_removed",
      "event",
    ]);
  });

  test("a True asked at 3 s refutes it for good, one asked before does not", () => {
    const story = Story.repaired(DAY).hint(0).probeAt(2999);
    expect(story.record.hints).toHaveLength(1);
    expect(story.probeAt(3000).record.hints).toEqual([]);
    expect(story.tick(60_000).gate).toBe("open");
  });

  test("unrefuted it closes 9.5 s after its receipt, because Meta did not answer", () => {
    const story = Story.repaired(DAY)
      .hint(0)
      .probeAt(3300, { shared: SILENT })
      .probeAt(5000, { shared: SILENT });
    expect(story.tick(9499).gate).toBe("open");
    expect(needsSettling(story.record, T0 + 9500)).toBe(true);
    expect([story.tick(9500).gate, story.reason]).toEqual(["closed", "partner_removed"]);
  });

  test("unless the failure is ours: then it is row 6, and the gate stays", () => {
    const story = Story.repaired(DAY).hint(0).probeAt(3300, { shared: OURS }).tick(9500);
    expect([story.status, story.reason, story.gate]).toEqual(["unknown", "provider_token_invalid", "open"]);
  });
});

describe("rule 4: after a failure of ours", () => {
  const spared = () => Story.repaired(DAY).hint(0).probeAt(3300, { shared: OURS }).tick(9500);

  test("missing answers of Meta do not close later what was spared", () => {
    const story = spared()
      .probeAt(HOUR, { shared: SILENT })
      .probeAt(HOUR + 1500, { shared: SILENT });
    expect([story.status, story.gate]).toEqual(["unknown", "open"]);
    expect(needsSettling(story.record, T0 + HOUR)).toBe(false);
  });

  test("within 5 min of the hint one bad probe is enough, later it takes two", () => {
    expect(spared().probeAt(5 * MINUTE, { shared: BAD }).gate).toBe("closed");
    const later = spared().probeAt(5 * MINUTE + 1, { shared: BAD });
    expect(later.gate).toBe("open");
    expect(later.probeAt(5 * MINUTE + 1001, { shared: BAD }).gate).toBe("closed");
  });
});

describe("rule 5: probes", () => {
  test("a failed probe is repeated after 1.5 s for 30 s after a hint, and not later", () => {
    expect(Story.proven().hint(0).probeAt(30_000, { shared: SILENT }).due).toContain(31_500);
    expect(Story.proven().hint(0).probeAt(30_001, { shared: SILENT }).due).not.toContain(31_501);
  });

  test("probes follow every closing at 5 and 8 s, also that of one number alone", () => {
    expect(Story.proven().probeAt(0, { shared: BAD }).probeAt(1000, { shared: BAD }).due).toEqual(
      expect.arrayContaining([6000, 9000]),
    );
    const gone = {
      num_1: {
        phoneNumberId: "200",
        connected: { ...BAD, reason: "number_deregistered" },
        coexistence: null,
      },
    };
    const other = Story.proven();
    other.record = {
      ...other.record,
      numbers: { ...other.record.numbers, num_2: newNumberRecord("201", T0) },
    };
    const story = other.probeAt(0, { numbers: gone }).probeAt(1000, { numbers: gone });
    expect([story.status, story.due]).toEqual(["live", expect.arrayContaining([6000, 9000])]);
  });

  test("then the sweep: at its period after the newest probe, up to a tenth earlier", () => {
    const { record } = Story.proven().probeAt(0);
    const idle = { ...record, dueProbes: [] };
    expect(nextProbeAt(idle, T0, 15_000, 0)).toBe(T0 + 15_000);
    expect(nextProbeAt(idle, T0, 15_000, 1)).toBe(T0 + 13_500);
    expect(nextProbeAt({ ...idle, dueProbes: [T0 + 7] }, T0, 15_000, 1)).toBe(T0 + 7);
    expect(nextProbeAt({ ...idle, adoption: "offboarded" }, T0, 15_000, 1)).toBeNull();
  });
});

describe("rule 6: without a hint False needs two bad probes", () => {
  const gone = (story: Story, gap: number, change: Partial<ProbeResult> = {}) =>
    story.probeAt(0, { shared: BAD, ...change }).probeAt(gap, { shared: BAD, ...change });

  test("1 s apart, and the first schedules its repetition", () => {
    expect(Story.proven().probeAt(0, { shared: BAD }).due).toContain(1000);
    expect(gone(Story.proven(), 999).gate).toBe("open");
    const story = gone(Story.proven(), 1000);
    expect([story.gate, story.reason, story.fact("Shared").source]).toEqual([
      "closed",
      "unspecified",
      "probe",
    ]);
    expect(story.fact("Shared").lastTrueAt).toBe(T0 - 20 * MINUTE);
  });

  test("in a row: a True or an inconclusive probe between them begins anew", () => {
    expect(Story.proven().probeAt(0, { shared: BAD }).probeAt(500).probeAt(1000, { shared: BAD }).gate).toBe(
      "open",
    );
    expect(
      Story.proven()
        .probeAt(0, { shared: BAD })
        .probeAt(500, { shared: SILENT })
        .probeAt(1000, { shared: BAD }).gate,
    ).toBe("open");
  });

  test("30 s apart within 10 min of a repair, but 1 s when it was an import or is older", () => {
    expect(Story.repaired(MINUTE).probeAt(0, { shared: BAD }).due).toContain(30_000);
    expect(gone(Story.repaired(MINUTE), 29_999).gate).toBe("open");
    expect(gone(Story.repaired(MINUTE), 30_000).gate).toBe("closed");
    expect(gone(Story.repaired(MINUTE, "import"), 1000).gate).toBe("closed");
    expect(gone(Story.repaired(10 * MINUTE), 1000).gate).toBe("closed");
  });

  test("a check counts after 1 s, except within 30 s of a repair", () => {
    expect(gone(Story.repaired(MINUTE), 1000, { trigger: "check" }).gate).toBe("closed");
    expect(gone(Story.repaired(20_000), 1000, { trigger: "check" }).gate).toBe("open");
    expect(gone(Story.repaired(20_000), 1000, { trigger: "check", waited: true }).gate).toBe("open");
  });

  test("a bad probe from before a repair is not the first of two, nor is one that is answered after it", () => {
    const story = Story.proven()
      .probeAt(0, { shared: BAD })
      .act(25_000, { kind: "signup_finished", as: "unknown" });
    expect(story.probeAt(30_000, { shared: BAD }).gate).toBe("open");
    expect(
      Story.proven()
        .act(100, { kind: "signup_finished", as: "unknown" })
        .probeAt(200, { asked: 50, shared: BAD })
        .fact("Shared").badAt,
    ).toBeNull();
  });

  test("an admitted hint of the last 5 min makes one bad probe enough, unless it was asked before the hint", () => {
    const reported = (at: number, asked = at) => {
      const story = Story.repaired(DAY).hint(0, REMOVED);
      story.record = {
        ...story.record,
        hints: story.record.hints.map((hint) => ({ ...hint, receivedAt: T0 })),
      };
      story.at = at;
      return story.probe({ asked, shared: BAD });
    };
    expect(reported(5000).gate).toBe("closed");
    expect(reported(5000, -1).gate).toBe("open");
  });
});

describe("rule 7: full control", () => {
  test("a failed write that its control passed is a bad probe; after it only a passed write proves", () => {
    const failed = { control: PARTIAL, write: "failed" } as const;
    const story = Story.proven().probeAt(0, failed).probeAt(1000, failed);
    expect([story.status, story.reason, story.gate]).toEqual([
      "permission_removed",
      "partial_control",
      "closed",
    ]);
    expect(mustWrite(story.record, T0 + 1000, "sweep")).toBe(true);
    expect(story.probeAt(20_000).gate).toBe("closed");
    expect(story.probeAt(40_000, { write: "passed" }).gate).toBe("open");
  });

  test("whatever makes Shared False makes FullControl False, and it requires a passed write", () => {
    const story = Story.proven().hint(0).probeAt(6000);
    expect([story.fact("Shared").status, story.fact("FullControl").status, story.gate]).toEqual([
      "True",
      "False",
      "closed",
    ]);
    expect(story.probeAt(7000, { write: "passed" }).gate).toBe("open");
  });

  test("a write that was asked before the loss does not end it", () => {
    const story = Story.proven().hint(0).probeAt(6000, { control: SILENT });
    expect(story.probeAt(6100, { asked: -10, write: "passed" }).fact("FullControl").status).toBe("False");
  });

  test("it writes after a hint, in a repair, on check, and once a day", () => {
    const { record } = Story.proven().probeAt(0, { write: "passed" });
    expect(mustWrite(record, T0 + DAY - 1, "sweep")).toBe(false);
    expect(mustWrite(record, T0 + DAY, "sweep")).toBe(true);
    expect(mustWrite(record, T0 + 1, "check")).toBe(true);
    expect(mustWrite(Story.proven().hint(0, { kind: "probe" }).record, T0 + 1, "due")).toBe(true);
    expect(mustWrite(Story.proven().hint(0).record, T0 + 1, "due")).toBe(true);
  });
});

describe("rule 8: inconclusive probes", () => {
  test("two failed probes in a row make Unknown; the gate stays; one True ends it", () => {
    const story = Story.proven().probeAt(0, { shared: SILENT });
    expect(story.status).toBe("live");
    story.probeAt(1000, { shared: SILENT });
    expect([story.status, story.reason, story.gate]).toEqual(["unknown", "meta_unreachable", "open"]);
    expect(story.probeAt(2000).status).toBe("live");
  });

  test("a loss outlives any number of inconclusive probes", () => {
    const story = Story.proven().hint(0);
    for (let at = 6000; at < 60_000; at += 6000) story.probeAt(at, { shared: SILENT });
    expect([story.status, story.reason]).toEqual(["permission_removed", "partner_removed"]);
  });

  test("an answer that a young hint holds back is not shown as the last proof", () => {
    const story = Story.repaired(DAY).hint(0).probeAt(1000);
    expect(story.record.provenAt).toBe(T0 - 20 * MINUTE);
  });

  test("our own dead token closes each number with a retryable refusal, and the provider must act", () => {
    const dead: Answer = { verdict: "bad", reason: "provider_token_invalid", metaMessage: "190" };
    const probe = { shared: OURS, answers: { TokenValid: dead } };
    const story = Story.proven().probeAt(0, probe).probeAt(1000, probe);
    expect([story.status, story.reason, story.gate]).toEqual(["unknown", "provider_token_invalid", "open"]);
    expect(derive(story.record, T0 + 1000).numbers.num_1?.gate).toBe("closed");
  });
});

describe("row 5: messaging", () => {
  const restricted = (...types: string[]): HintEffect => ({
    kind: "restricted",
    restrictions: types.map((type) => ({ type: `RESTRICTED_${type}_INITIATED_MESSAGING`, until: T0 + HOUR })),
  });

  test("only both directions close; one warns, and still does after a look that shows nothing", () => {
    const story = Story.proven().hint(0, restricted("BIZ")).probeAt(6000);
    expect([story.gate, story.record.restrictions.length]).toEqual(["open", 1]);
    story.hint(7000, restricted("CUSTOMER"));
    expect([story.status, story.reason, story.gate]).toEqual(["disabled", "meta_restricted", "closed"]);
    expect(story.probeAt(13_000).gate).toBe("open");
    expect(story.record.restrictions).toEqual([]);
  });

  test("a scheduled ban warns until Meta withdraws it", () => {
    const story = Story.proven()
      .hint(0, { kind: "warning", metaMessage: "SCHEDULE_FOR_DISABLE" })
      .probeAt(6000);
    expect([story.gate, story.record.warning]).toEqual(["open", "SCHEDULE_FOR_DISABLE"]);
    expect(story.hint(7000, { kind: "warning", metaMessage: null }).record.warning).toBeNull();
  });
});

describe("deviation 6: opening by hand", () => {
  const gate = (story: Story) => derive(story.record, T0 + story.at).gate;
  const openedAt = (story: Story, atMs: number): Story => {
    story.record = observe(story.record, { type: "command", command: { kind: "operator_open" } }, T0 + atMs);
    return story;
  };
  const keptClosed = (): Story => {
    const story = Story.proven();
    const unknown = { status: "Unknown", reason: "meta_unreachable" } as const;
    const facts = { ...story.record.facts, Shared: { ...story.record.facts.Shared, ...unknown } };
    story.record = {
      ...story.record,
      facts,
      decided: { ...story.record.decided, status: "unknown", gate: "closed" },
    };
    return story;
  };

  test("a gate that is closed because nothing is known opens, stays open without answers, and closes by two bad probes", () => {
    expect(gate(keptClosed())).toBe("closed");
    const open = openedAt(keptClosed(), 0).probeAt(1000, { shared: SILENT });
    expect(gate(open)).toBe("open");
    expect(gate(open.probeAt(10_000, { shared: BAD }).probeAt(20_000, { shared: BAD }))).toBe("closed");
  });

  test("a loss does not open", () => {
    expect(gate(openedAt(Story.proven().hint(0), 1000))).toBe("closed");
  });
});
