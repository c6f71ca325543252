// `npm run hub:types`: writes docs/reference/openapi.json and the Hub's API types from the routes. With
// --check it only says whether they are as they should be.
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

const OPENAPI_FILE = new URL("../docs/reference/openapi.json", import.meta.url);
const PACKAGE_FILE = new URL("../package.json", import.meta.url);

/** The document of the API as it is published: `sharekeeper openapi` prints the same. */
async function renderOpenApi() {
  const { version } = JSON.parse(await readFile(PACKAGE_FILE, "utf8"));
  return JSON.stringify(openapiDocument(version), null, 2) + "\n";
}

if (import.meta.main) {
  const isCheck = process.argv.includes("--check");
  const made = [
    ["docs/reference/openapi.json", OPENAPI_FILE, await renderOpenApi()],
    ["hub/src/api/types.generated.ts", TYPES_FILE, await renderHubTypes()],
  ];
  for (const [name, file, text] of made) {
    if (!isCheck) await writeFile(file, text);
    else if (text !== (await readFile(file, "utf8").catch(() => ""))) {
      process.stderr.write(`${name} is not what the routes say. Run npm run hub:types and commit it.\n`);
      process.exitCode = 1;
    }
  }
}
