import { expect, it } from "vitest";
import { NumberLanes } from "./number-lanes.ts";

/** Lanes and the messages that were started, in order. */
function lanesOf(places: number, perNumber: number) {
  const lanes = new NumberLanes({ places, perNumber });
  const started: string[] = [];
  const enter = (numberId: string, count = 1): void => {
    for (let nth = 0; nth < count; nth += 1) lanes.enter(numberId, () => started.push(numberId));
  };
  return { lanes, started, enter };
}

it("S5: a number whose messages hang fills only its own places", () => {
  const { started, enter } = lanesOf(1024, 64);
  enter("hangs", 900);
  expect(started).toHaveLength(64);
  enter("other", 3);
  expect(started.slice(64)).toEqual(["other", "other", "other"]);
});

it("ten numbers that hang leave a place for the next one", () => {
  const { started, enter } = lanesOf(100, 64);
  for (let number = 0; number < 10; number += 1) enter(`hangs ${number}`, 50);
  enter("other");
  expect(started.at(-1)).toBe("other");
});

it("waiting numbers alternate, and each keeps its order", () => {
  const { lanes, started, enter } = lanesOf(2, 64);
  enter("a", 4);
  enter("b", 3);
  expect(started).toEqual(["a", "b"]);
  for (const left of ["a", "b", "a", "b", "a"]) lanes.leave(left);
  expect(started).toEqual(["a", "b", "a", "b", "a", "b", "a"]);
});

it("a message that starts and leaves at once frees its place for the others", () => {
  const lanes = new NumberLanes({ places: 1, perNumber: 64 });
  lanes.enter("a", () => undefined);
  let skipped = 0;
  for (let nth = 0; nth < 900; nth += 1)
    lanes.enter("a", () => {
      skipped += 1;
      lanes.leave("a");
    });
  lanes.leave("a");
  expect(skipped).toBe(900);
});
