import { describe, expect, test } from "vitest";
import { BAD, Story, T0 } from "../../../../test/laws/story.ts";
import { changesOf } from "../../../sharing/record/changes.ts";
import type { JournalData } from "../../../sharing/record/journal-store.ts";
import { stateOf, type ShareState } from "../../../sharing/status/share-state.ts";
import { renderTimelineEntry } from "./render-timeline.ts";

const NAMES = { client: "Atlas Cycles", partner: "360dialog", wabaId: "100000000000004" };
const stateAfter = (story: Story): ShareState => stateOf(story.record, T0 + story.at);
const partOf = ({ status, gate, reason }: ShareState) => ({ status, gate, reason });

/** The details of each line between two states, as the timeline shows them. */
function detailsOf(before: ShareState | null, after: ShareState): (string | null)[] {
  return changesOf(before, after).map(({ type, changed, numberId }) => {
    const data: JournalData = { changed, before: before && partOf(before), state: after };
    const entry = { id: "seq_1", seq: "1", at: new Date(T0), kind: "transition", source: "system" } as const;
    const rest = { title: type, detail: null, actor: "system", requestId: null, numberId, evidence: data };
    return renderTimelineEntry({ ...entry, ...rest }, NAMES).detail;
  });
}

describe("the timeline's details", () => {
  const live = stateAfter(Story.proven());
  const lost = stateAfter(Story.proven().hint(0));

  test("a loss is described once, by the status line; the gate's line does not repeat it", () => {
    const [status, gate] = detailsOf(live, lost);
    expect(status).toMatch(/^LIVE → BSP PERMISSION REMOVED\. Atlas Cycles /);
    expect(gate).toBeNull();
  });

  test("changed conditions become a sentence, without the summary that repeats them", () => {
    const unsubscribed = { ...live, conditions: live.conditions.map((each) => ({ ...each })) };
    for (const each of unsubscribed.conditions)
      if (each.type === "WebhookSubscribed" || each.type === "Ready") each.status = "False";
    expect(detailsOf(live, unsubscribed)).toEqual(["Webhooks reach us: no."]);
  });

  test("a number's line names the number and its own condition, not its sibling's", () => {
    const story = Story.proven();
    const before = stateAfter(story);
    const [number] = before.numbers;
    if (number === undefined) throw new Error("Broken assumption: the story has a number");
    const sibling = { ...number, numberId: "num_2", phoneNumberId: "201" };
    const conditions = sibling.conditions.map((each) => ({ ...each, status: "False" as const }));
    const after = { ...before, numbers: [number, { ...sibling, conditions }] };
    const details = detailsOf({ ...before, numbers: [number, sibling] }, after);
    expect(details).toEqual(["201. Number connected: no."]);
  });

  test("no detail contains an internal constant", () => {
    const unseen = stateAfter(Story.proven().probeAt(0, { shared: BAD }).probeAt(1000, { shared: BAD }));
    for (const detail of [...detailsOf(live, lost), ...detailsOf(live, unseen), ...detailsOf(null, live)])
      expect(detail ?? "").not.toMatch(/[a-z]_[a-z]|[a-z][A-Z]/);
  });
});
