import { gzipSync } from "node:zlib";
import type { Plugin, Rollup } from "vite";

/** What a browser reads before it shows anything, as it comes over the wire. */
const BUDGET_BYTES = 180_000;

/** No build whose first load is over the budget, or contains a page: each page is a file of its own. */
export const firstLoadBudget: Plugin = {
  name: "first-load-budget",
  generateBundle(_options, bundle) {
    const fault = firstLoadFaultOf(bundle);
    if (fault !== undefined) this.error(fault);
  },
};

export function firstLoadFaultOf(bundle: Rollup.OutputBundle): string | undefined {
  const sizes = firstLoadOf(bundle).map((chunk) => ({ ...chunk, bytes: gzipSync(chunk.code).length }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > BUDGET_BYTES) {
    const files = sizes.map(({ fileName, bytes }) => `${fileName}: ${bytes}`);
    return `The first load has ${total} bytes, gzipped. Its budget is ${BUDGET_BYTES}.\n${files.join("\n")}`;
  }
  const pages = sizes.flatMap(({ moduleIds }) => moduleIds.filter((id) => PAGE.test(id)));
  return pages.length > 0 ? `Pages are part of the first load:\n${pages.join("\n")}` : undefined;
}

const PAGE = /Page\.tsx$/;

/** The Hub's entry and all that it imports statically. */
function firstLoadOf(bundle: Rollup.OutputBundle): Rollup.OutputChunk[] {
  const chunks = new Map<string, Rollup.OutputChunk>();
  const add = (fileName: string): void => {
    const file = bundle[fileName];
    if (file?.type !== "chunk" || chunks.has(fileName)) return;
    chunks.set(fileName, file);
    file.imports.forEach(add);
  };
  for (const file of Object.values(bundle))
    if (file.type === "chunk" && file.isEntry && file.name === "index") add(file.fileName);
  return [...chunks.values()];
}
