import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Catalogue } from "./catalogue-faults.ts";

/** Every catalogue below this folder by language. The files are <language>/<section>.json. */
export function readCatalogues(folder: string): Record<string, Catalogue> {
  const catalogues: Record<string, Record<string, object>> = {};
  for (const file of globSync("*/*.json", { cwd: folder })) {
    const sections = (catalogues[dirname(file)] ??= {});
    sections[basename(file, ".json")] = JSON.parse(readFileSync(join(folder, file), "utf8")) as object;
  }
  return catalogues;
}
