// `npm run hub:types`: writes the Hub's API types from the routes. With --check it only says whether they are as they should be.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@hey-api/openapi-ts";
import { openapiDocument } from "../src/http/server/openapi.ts";

export const TYPES_FILE = new URL("../hub/src/api/types.generated.ts", import.meta.url);

/** The types of every schema, parameter and answer of the document, as TypeScript. */
export async function renderHubTypes() {
  const folder = await mkdtemp(join(tmpdir(), "hub-types-"));
  try {
    const input = JSON.parse(JSON.stringify(openapiDocument("0.0.0")));
    await createClient({
      input,
      output: { path: folder },
      plugins: ["@hey-api/typescript"],
      logs: { level: "silent" },
    });
    return await readFile(join(folder, "types.gen.ts"), "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const types = await renderHubTypes();
  const isFresh = types === (await readFile(TYPES_FILE, "utf8").catch(() => ""));
  if (!process.argv.includes("--check")) await writeFile(TYPES_FILE, types);
  else if (!isFresh) {
    process.stderr.write(
      "hub/src/api/types.generated.ts is not what the routes say. Run npm run hub:types.\n",
    );
    process.exitCode = 1;
  }
}
