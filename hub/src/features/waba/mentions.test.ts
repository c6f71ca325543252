import { expect, test } from "vitest";
import { mentionsOf } from "./mentions.ts";

const COLLEAGUES = [
  { id: "usr_1", name: "Ada" },
  { id: "usr_2", name: "Ada Lovelace" },
  { id: "usr_3", name: "Grace" },
];

test.each([
  ["nobody here", []],
  ["@ada, please call", ["usr_1"]],
  ["@Ada Lovelace and @Grace, then @grace again", ["usr_2", "usr_3"]],
  ["write to shop@example.com", []],
])("%j mentions %j", (text, ids) => {
  expect(mentionsOf(text, COLLEAGUES)).toEqual(ids);
});
