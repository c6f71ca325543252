import { describe, expect, test } from "vitest";
import { completeTag, ifMatchOf, isKnown, setVersion } from "./etag.ts";

const asking = (headers: Record<string, string>, method = "GET"): Request =>
  new Request("http://localhost/api/v1/clients/c", { method, headers });

const tagOf = (version: number, body: string): string => {
  const headers = new Headers();
  setVersion(headers, version);
  completeTag(headers, Buffer.from(body));
  return headers.get("ETag") ?? "";
};

describe("If-Match", () => {
  test.each([
    ["without the header", {}, true],
    ["*", { "If-Match": "*" }, true],
    ["the version's tag", { "If-Match": '"7-abc_D-1"' }, true],
    ["a weak tag of a compressed answer", { "If-Match": 'W/"7-abc"' }, true],
    ["one of several", { "If-Match": '"6-x", "7-y"' }, true],
    ["an older version", { "If-Match": '"6-abc"' }, false],
    ["a version that begins alike", { "If-Match": '"70-abc"' }, false],
  ])("%s", (_, headers, matches) => {
    expect(ifMatchOf(asking(headers))(7)).toBe(matches);
  });

  test.each(["7", '"seven"', '"7', "", '"7-a" "8-b"', '"7-<x>"', '"12345678901"'])(
    "%j is refused with what to send",
    (header) => {
      expect(() => ifMatchOf(asking({ "If-Match": header }))).toThrow(
        expect.objectContaining({
          code: "invalid_request",
          detail: expect.stringContaining("Send the ETag") as string,
        }),
      );
    },
  );
});

describe("If-None-Match", () => {
  const headers = new Headers({ ETag: tagOf(7, "body") });

  test("the digest changes with the answer, also within one version", () => {
    expect(tagOf(7, "body")).toMatch(/^"7-[\w-]{16}"$/);
    expect(tagOf(7, "other")).not.toBe(tagOf(7, "body"));
  });

  test.each([
    ["the same tag", { "If-None-Match": tagOf(7, "body") }, true],
    ["its weak form", { "If-None-Match": `W/${tagOf(7, "body")}` }, true],
    ["one of several", { "If-None-Match": `"x", ${tagOf(7, "body")}` }, true],
    ["*", { "If-None-Match": "*" }, true],
    ["another answer of this version", { "If-None-Match": tagOf(7, "other") }, false],
    ["without the header", {}, false],
  ])("%s", (_, sent, known) => {
    expect(isKnown(asking(sent), headers)).toBe(known);
  });

  test("holds for reads alone, and only of what has a version", () => {
    expect(isKnown(asking({ "If-None-Match": "*" }, "PATCH"), headers)).toBe(false);
    expect(isKnown(asking({ "If-None-Match": "*" }), new Headers())).toBe(false);
  });
});
