import { expect, test } from "vitest";
import { csvCellOf } from "./csv.ts";

test.each([
  ["+49 150 1", "+49 150 1"],
  ["+49 150 1; +49 150 2", "+49 150 1; +49 150 2"],
  ["+1 (555) 010-0001; +49 150 2; +33 1", "+1 (555) 010-0001; +49 150 2; +33 1"],
  ["+49 150 1; =1+1", "'+49 150 1; =1+1"],
  ["+49 150 1; ", "'+49 150 1; "],
  ["=1+1", "'=1+1"],
  [" @sum", "' @sum"],
  ["+a1", "'+a1"],
  ['say "hi", then', '"say ""hi"", then"'],
])("a cell of %j is written as %j", (value, cell) => expect(csvCellOf(value)).toBe(cell));
