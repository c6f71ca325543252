import { describe, expect, test } from "vitest";
import { changesOf, instantsOf } from "./audit-lines.ts";

describe("what an act changed", () => {
  test("has a field of each state, with the words of people", () =>
    expect(
      changesOf({
        before: { role: "viewer", client_id: null },
        after: { role: "admin", client_id: "cli_1" },
      }),
    ).toEqual([
      { field: "Role", before: "viewer", after: "admin" },
      { field: "Client id", before: "nothing", after: "cli_1" },
    ]));
  test("has one state where something was made or removed", () => {
    expect(changesOf({ after: { scopes: ["reshare", "keys"], tags: [] } })).toEqual([
      { field: "Scopes", before: undefined, after: "reshare, keys" },
      { field: "Tags", before: undefined, after: "nothing" },
    ]);
    expect(changesOf({ before: { is_on: true } })).toEqual([
      { field: "Is on", before: "Yes", after: undefined },
    ]);
  });
  test("shows what is no plain value as it is kept", () =>
    expect(changesOf({ after: { limits: { a: 1 } } })[0]?.after).toBe('{"a":1}'));
  test("is nothing where the line has no state", () => expect(changesOf({})).toEqual([]));
});

describe("the days of the address", () => {
  test("are both included, in the viewer's zone", () =>
    expect(instantsOf({ actor: "usr_1", from: "2026-11-28", until: "2026-11-30" })).toEqual({
      actor: "usr_1",
      from: new Date("2026-11-28T00:00:00").toISOString(),
      until: new Date("2026-12-01T00:00:00").toISOString(),
    }));
  test("count only where they are days", () =>
    expect(instantsOf({ from: "yesterday", until: "2026-99-99" })).toEqual({
      from: undefined,
      until: undefined,
    }));
});
