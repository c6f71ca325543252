import { expect, test } from "vitest";
import type { TimelineEntry } from "../../hub/src/api/types.ts";
import { foldIdOf, foldsOf } from "../../hub/src/features/waba/timeline-folds.ts";

const entry = (id: string, kind: TimelineEntry["kind"], title: string, at = `2026-11-22T00:00:${id}Z`) => ({
  ...{ id, kind, title, at, source: "probe", detail: null, actor: "system" },
  ...{ request_id: null, evidence: null },
});
const shapeOf = (entries: TimelineEntry[]) => foldsOf(entries).map((fold) => fold.map(({ id }) => id));

test("probes of one outcome in a row are one line, others are not", () => {
  const entries = [
    entry("05", "probe", "missing"),
    entry("04", "probe", "missing"),
    entry("03", "probe", "proven"),
  ];
  expect(shapeOf(entries)).toEqual([["05", "04"], ["03"]]);
});

test("a hint is always its own entry, and separates the probes around it", () => {
  const hints = [entry("05", "hint", "removed"), entry("04", "hint", "removed")];
  expect(shapeOf([entry("06", "probe", "missing"), ...hints, entry("03", "probe", "missing")])).toEqual([
    ["06"],
    ["05"],
    ["04"],
    ["03"],
  ]);
});

test("a command and the transition of its name are one line, only at the same instant", () => {
  const at = "2026-11-22T00:00:05Z";
  const both = [entry("seq", "transition", "Adopted", at), entry("obs", "command", "Adopted", at)];
  expect(shapeOf(both)).toEqual([["seq", "obs"]]);
  const later = [entry("06", "transition", "Adopted"), entry("05", "command", "Adopted")];
  expect(shapeOf(later)).toEqual([["06"], ["05"]]);
});

test("a fold keeps its name when newer probes join it", () => {
  const older = [entry("04", "probe", "missing"), entry("03", "probe", "missing")];
  const nameOf = (entries: TimelineEntry[]) => foldsOf(entries).map(foldIdOf);
  expect(nameOf([entry("05", "probe", "missing"), ...older])).toEqual(nameOf(older));
});
