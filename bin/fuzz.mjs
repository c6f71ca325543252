// `npm run fuzz`: malformed and hostile webhooks and Graph answers. docs/reference/fuzz.md
import { join } from "node:path";
import { ROOT, installIfNeeded, runNode24 } from "./launch.mjs";

await installIfNeeded();
const program = join(ROOT, "test", "fuzz", "fuzz.ts");
process.exitCode = await runNode24([program, ...process.argv.slice(2)], { cwd: ROOT });
