import { describe, expect, test } from "vitest";
import { en } from "../../messages/english.ts";
import { BAD, PARTIAL, REMOVED, Story, T0 } from "../../../test/laws/story.ts";
import { changesOf } from "../record/changes.ts";
import type { Answer } from "../model/probe-result.ts";
import { newNumberRecord } from "../model/share-record.ts";
import { REASONS } from "../model/reason.ts";
import { refusalOf } from "../gate/verdict.ts";
import { stateOf, type ConditionState, type ShareState } from "./share-state.ts";
import { conditionMessageOf, reasonSentenceOf, summaryOf, whoSentenceOf } from "./sentences.ts";

const NAMES = { client: "Atlas Cycles", partner: "360dialog", wabaId: "100000000000004" };
const READABLE = /^(?!.*(\{|\}|undefined|null|NaN)).+$/s;

const stateAfter = (story: Story): ShareState => stateOf(story.record, T0 + story.at);
const conditionOf = (state: ShareState, type: ConditionState["type"]): ConditionState => {
  const condition = state.conditions.find((candidate) => candidate.type === type);
  if (condition === undefined) throw new Error(`Broken assumption: no condition ${type}`);
  return condition;
};

describe("words", () => {
  test.each(Object.keys(REASONS))("%s has a sentence of its own", (reason) => {
    expect(reasonSentenceOf(reason, NAMES)).toMatch(READABLE);
    expect(reasonSentenceOf(reason, NAMES)).not.toBe(reasonSentenceOf("meta:X", NAMES).replace("X", reason));
  });

  test("every reason with a sentence exists", () => {
    const written = Object.keys(en.reason).filter((reason) => !["meta_word", "proven"].includes(reason));
    expect(written.filter((reason) => !Object.hasOwn(REASONS, reason))).toEqual([]);
  });

  test("an unknown reason of Meta is shown as sent", () => {
    expect(reasonSentenceOf("meta:THE_WORD", NAMES)).toBe("Meta said: THE_WORD.");
  });

  test("everybody who must act is named", () => {
    for (const who of ["client", "provider", "meta", "nobody"] as const)
      expect(whoSentenceOf(who, NAMES)).toMatch(READABLE);
  });

  test("a loss that rests on an event alone says so, and says when a probe has confirmed it", () => {
    const announced = Story.proven().hint(0);
    const event = "Last event from Meta: 22 November 2026 at 00:00:00 UTC";
    const messageOf = (story: Story) => conditionMessageOf(conditionOf(stateAfter(story), "Shared"), NAMES);
    expect(messageOf(announced)).toContain(`${event}; no probe has confirmed it yet.`);
    const before = stateAfter(announced);
    const confirmed = announced.probeAt(1000, { shared: BAD });
    expect(messageOf(confirmed)).toContain(`${event}; a probe has confirmed it.`);
    const control = conditionOf(stateAfter(confirmed), "FullControl");
    expect(conditionMessageOf(control, NAMES)).toContain(`${event}; a probe has confirmed it.`);
    expect(changesOf(before, stateAfter(confirmed))).toEqual([
      { type: "waba.conditions.changed", changed: ["confirmed"], numberId: null },
    ]);
    const [number] = stateAfter(confirmed).numbers;
    if (number === undefined) throw new Error("Broken assumption: the story has a number");
    expect(refusalOf(stateAfter(confirmed), number, NAMES).details).toContain("; a probe has confirmed it.");
  });

  test("deviation 5: the summary's sentence fits its conditions", () => {
    const messageOf = (story: Story) => conditionMessageOf(conditionOf(stateAfter(story), "Ready"), NAMES);
    const whole = (): Story => {
      const story = Story.proven();
      const { Shared: proven } = story.record.facts;
      const facts = { ...story.record.facts, TokenValid: proven, WebhookSubscribed: proven };
      story.record = { ...story.record, facts: { ...facts, MessagingAllowed: proven } };
      for (const number of Object.values(story.record.numbers)) number.facts.NumberConnected = proven;
      return story;
    };
    expect(messageOf(whole())).toBe(en.when.ready);
    const inApp = whole();
    Object.assign(inApp.record.numbers.num_1 ?? {}, { coexistence: true });
    expect(messageOf(inApp)).toBe(en.unproven.CompanionLinked);
    const none = whole();
    none.record.numbers = {};
    expect(messageOf(none)).toBe(en.unproven.NumberConnected);
    none.record.setup = { account: null, numbers: { at: T0, byId: {} } };
    expect(messageOf(none)).toBe("This WABA of Atlas Cycles has no number yet.");
    expect(messageOf(Story.proven().hint(0))).toMatch(/^Atlas Cycles removed 360dialog/);
  });

  test("a loss found by probing is dated between the last proof and the probe, never with an invented minute", () => {
    const story = Story.proven().probeAt(0, { shared: BAD }).probeAt(1000, { shared: BAD });
    const message = conditionMessageOf(conditionOf(stateAfter(story), "Shared"), NAMES);
    expect(message).toContain("21 November 2026 at 23:40:00 UTC");
    expect(message).toContain("22 November 2026 at 00:00:01 UTC");
    expect(message).toMatch(/between/i);
  });

  test("M8: no longer shared is said only of a share that once was", () => {
    const lost = stateAfter(Story.proven().probeAt(0, { shared: BAD }).probeAt(1000, { shared: BAD }));
    const conditions = lost.conditions.map((one) => ({ ...one, reason: "unspecified", lastTrueAt: null }));
    const never = { ...lost, reason: "unspecified", conditions };
    expect(summaryOf(never, NAMES)).toMatch(/^Atlas Cycles does not share this WABA with 360dialog\./);
    expect(summaryOf(never, NAMES)).not.toMatch(/no longer|since/);
    expect(conditionMessageOf(conditionOf(never, "Shared"), NAMES)).not.toContain("no longer");
    const once = conditions.map((one) => ({ ...one, lastTrueAt: T0 }));
    expect(summaryOf({ ...never, conditions: once }, NAMES)).toContain("no longer shares this WABA");
  });

  test("two probes of one day name the day once", () => {
    const story = Story.proven().probeAt(0, { shared: BAD }).probeAt(1000, { shared: BAD });
    const condition = { ...conditionOf(stateAfter(story), "Shared"), lastTrueAt: T0 };
    expect(conditionMessageOf(condition, NAMES)).toContain(
      "between 22 November 2026 at 00:00:00 UTC and 00:00:01 UTC",
    );
  });

  test("the condition that is not proven yet is named, and not called the share", () => {
    const unproven = { ...conditionOf(stateAfter(Story.proven()), "WebhookSubscribed") };
    const message = conditionMessageOf({ ...unproven, status: "Unknown", reason: "not_yet_proven" }, NAMES);
    expect(message).toContain("webhooks");
    expect(message).not.toContain("share");
  });

  test("a summary names the time once", () => {
    const summary = summaryOf(stateAfter(Story.proven().hint(0)), NAMES);
    expect(summary.match(/UTC/g)).toHaveLength(1);
    expect(summary).toMatch(/Messages have stopped since\.$/);
  });

  test("the summary of a discovered WABA says whether it is shared at all", () => {
    const found = (status: ConditionState["status"]): string => {
      const state = stateAfter(Story.proven());
      const conditions = state.conditions.map((one) => (one.type === "Shared" ? { ...one, status } : one));
      return summaryOf({ ...state, status: "discovered", reason: "not_adopted", conditions }, NAMES);
    };
    expect(found("True")).toMatch(/shares this WABA with .*, but it is not adopted here yet\.$/);
    expect(found("False")).toMatch(/does not share this WABA/);
    expect(found("Unknown")).toMatch(/not proven yet\.$/);
  });

  test("the summary of a loss names the cause and since when messages have stopped", () => {
    expect(summaryOf(stateAfter(Story.proven().hint(0)), NAMES)).toMatch(READABLE);
    expect(summaryOf(stateAfter(Story.proven()), NAMES)).toMatch(READABLE);
  });
});

describe("changes: the lines of the journal", () => {
  const types = (before: ShareState | null, after: ShareState) =>
    changesOf(before, after).map((change) => change.type);
  const live = stateAfter(Story.proven());

  test("nothing changed: no line", () => expect(types(live, stateAfter(Story.proven()))).toEqual([]));

  test("lost, restored, partial, disabled: each with its gate", () => {
    const lost = stateAfter(Story.proven().hint(0));
    expect(types(live, lost)).toEqual(["waba.share.lost", "waba.gate.closed"]);
    expect(types(lost, live)).toEqual(["waba.share.restored", "waba.gate.opened"]);
    const failed = { control: PARTIAL, write: "failed" } as const;
    const partial = stateAfter(Story.proven().probeAt(0, failed).probeAt(1000, failed));
    expect(types(live, partial)).toEqual(["waba.share.partial", "waba.gate.closed"]);
  });

  test("what changed is named", () => {
    const [line] = changesOf(live, stateAfter(Story.proven().hint(0)));
    expect(line?.changed).toEqual(
      expect.arrayContaining(["status", "reason", "who_must_act", "Shared", "FullControl", "Ready"]),
    );
  });

  test("the first line says how the share began", () => {
    expect(types(null, live)).toEqual(["waba.imported"]);
    expect(types(null, { ...live, adoption: "discovered" })).toEqual(["waba.discovered"]);
  });

  test("a number that closes alone has a line of its own", () => {
    const withTwo = () => {
      const story = Story.proven();
      story.record.numbers.num_2 = newNumberRecord("201", T0);
      return story;
    };
    const connected: Answer = { verdict: "bad", reason: "number_deregistered", metaMessage: null };
    const gone = { num_1: { phoneNumberId: "200", connected, coexistence: null } };
    const after = stateAfter(withTwo().probeAt(0, { numbers: gone }).probeAt(1000, { numbers: gone }));
    expect(changesOf(stateAfter(withTwo()), after)).toContainEqual({
      type: "number.changed",
      changed: ["NumberConnected", "gate"],
      numberId: "num_1",
    });
    const lost = stateAfter(Story.proven().hint(0, REMOVED));
    expect(types(live, lost)).not.toContain("number.changed");
  });
});
