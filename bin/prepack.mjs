// `prepack`: what a published package carries. Node refuses .ts under node_modules, so src/ is emitted as
// JavaScript beside the Hub.
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT, installIfNeeded, runNode24 } from "./launch.mjs";

await installIfNeeded();
rmSync(join(ROOT, "dist"), { recursive: true, force: true });
const steps = [
  ["typescript/bin/tsc", "-p", "tsconfig.build.json"],
  // The types of what tests import: sharekeeper/emulator.
  ["typescript/bin/tsc", "-p", "tsconfig.types.json"],
  ["vite/bin/vite.js", "build", "hub", "--logLevel", "warn"],
];
for (const [tool, ...args] of steps) {
  const code = await runNode24([join(ROOT, "node_modules", ...tool.split("/")), ...args], { cwd: ROOT });
  if (code !== 0) process.exit(code);
}
cpSync(join(ROOT, "src", "database", "migrations"), join(ROOT, "dist", "database", "migrations"), {
  recursive: true,
});
