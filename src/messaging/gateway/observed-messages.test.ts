import { expect, test } from "vitest";
import { ObservedMessages } from "./observed-messages.ts";

test("counts by WABA and closure, and keeps counts that could not be stored", () => {
  const observed = new ObservedMessages();
  observed.count("ast_1", 100, true);
  observed.count("ast_1", 100, false);
  observed.count("ast_1", 100, false);
  observed.count("ast_1", 200, true);
  const taken = observed.take();
  expect(taken).toEqual([
    { assetId: "ast_1", closedAt: 100, accepted: 1, refused: 2 },
    { assetId: "ast_1", closedAt: 200, accepted: 1, refused: 0 },
  ]);
  expect(observed.take()).toEqual([]);
  observed.count("ast_1", 100, true);
  observed.giveBack(taken);
  expect(observed.take()).toEqual([
    { assetId: "ast_1", closedAt: 100, accepted: 2, refused: 2 },
    { assetId: "ast_1", closedAt: 200, accepted: 1, refused: 0 },
  ]);
});
