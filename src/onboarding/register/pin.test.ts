import { describe, expect, it } from "vitest";
import { pinsAfter, withCandidate, type Pins } from "./pin.ts";

const HELD: Pins = { held: "111111", candidates: [] };

describe("the PINs of a number (S7)", () => {
  it("a candidate is kept beside the held one until Meta accepts it", () => {
    const tried = withCandidate(HELD, "222222");
    expect(tried).toEqual({ held: "111111", candidates: ["222222"] });
    expect(pinsAfter(tried, "222222", "none")).toEqual(tried);
    expect(pinsAfter(tried, "222222", "taken")).toEqual({ held: "222222", candidates: [] });
  });

  it("a refusal deletes the held one only if it is the refused one", () => {
    expect(pinsAfter(withCandidate(HELD, "222222"), "222222", "wrong")).toEqual(HELD);
    expect(pinsAfter(HELD, "111111", "wrong")).toEqual({ held: null, candidates: [] });
  });

  it("keeps every candidate that Meta neither accepted nor refused, once each", () => {
    const two = withCandidate(withCandidate(withCandidate(HELD, "222222"), "333333"), "222222");
    expect(two.candidates).toEqual(["222222", "333333"]);
    expect(withCandidate(two, "111111")).toEqual(two);
  });
});
