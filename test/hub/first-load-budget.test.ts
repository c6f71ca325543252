import { randomBytes } from "node:crypto";
import type { Rollup } from "vite";
import { expect, test } from "vitest";
import { firstLoadFaultOf } from "../../hub/first-load-budget.ts";

interface Chunk {
  /** Of text that does not get smaller. */
  bytes?: number;
  imports?: string[];
  modules?: string[];
}

/** What the build says of these files, of which `index.js` is the entry. */
function faultOf(chunks: Record<string, Chunk>): string | undefined {
  const bundle = Object.fromEntries(
    Object.entries(chunks).map(([fileName, { bytes = 0, imports = [], modules = [] }]) => [
      fileName,
      {
        type: "chunk",
        fileName,
        name: fileName.replace(".js", ""),
        isEntry: fileName === "index.js",
        code: randomBytes(bytes).toString("latin1"),
        imports,
        moduleIds: modules,
      },
    ]),
  );
  return firstLoadFaultOf(bundle as unknown as Rollup.OutputBundle);
}

test("the entry and what it imports, also through another file, count together", () => {
  const page = { bytes: 200_000, modules: ["/hub/src/WabaPage.tsx"] };
  const first = { "index.js": { imports: ["a.js"] }, "a.js": { bytes: 60_000, imports: ["b.js"] } };
  expect(faultOf({ ...first, "b.js": { bytes: 40_000 }, "page.js": page })).toBeUndefined();
  expect(faultOf({ ...first, "b.js": { bytes: 140_000 }, "page.js": page })).toMatch(
    /^The first load has \d+ bytes, gzipped. Its budget is 180000.\nindex.js: \d+\na.js: \d+\nb.js: \d+$/,
  );
});

test("a page is no part of the first load", () => {
  const entry = { imports: ["page.js"] };
  expect(faultOf({ "index.js": entry, "page.js": { modules: ["/hub/src/WabaPage.tsx"] } })).toBe(
    "Pages are part of the first load:\n/hub/src/WabaPage.tsx",
  );
});
