// `npm test`: types, lint, then every test. The last line is `N passed, N failed`.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, installIfNeeded, runNode24 } from "./launch.mjs";

await installIfNeeded();
const tool = (name, path) => ({ name, path: join(ROOT, "node_modules", ...path.split("/")) });
const checks = [
  { ...tool("types", "typescript/bin/tsc"), args: ["-p", "tsconfig.json"] },
  { ...tool("types of the Hub", "typescript/bin/tsc"), args: ["-p", "hub/tsconfig.json"] },
  {
    ...tool("lint", "eslint/bin/eslint.js"),
    args: ["--max-warnings", "0", "src", "test", "bin", "bench", "hub/src", "hub/reshare", "hub/signup"],
  },
  {
    ...tool("format", "prettier/bin/prettier.cjs"),
    args: [
      "--check",
      "--log-level",
      "warn",
      "src",
      "test",
      "bin",
      "bench",
      "hub/src",
      "hub/reshare",
      "hub/signup",
    ],
  },
  { ...tool("build of the Hub", "vite/bin/vite.js"), args: ["build", "hub", "--logLevel", "warn"] },
];

let passed = 0;
let failed = 0;
const only = process.argv.slice(2);
for (const check of only.length ? [] : checks) {
  const code = await runNode24([check.path, ...check.args], { cwd: ROOT });
  process.stdout.write(`${code === 0 ? "ok  " : "FAIL"} ${check.name}\n`);
  if (code === 0) passed += 1;
  else failed += 1;
}

const report = join(tmpdir(), `sharekeeper-test-${process.pid}.json`);
const code = await runNode24(
  [
    join(ROOT, "node_modules/vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...only,
  ],
  { cwd: ROOT },
);
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, "utf8"));
  passed += numPassedTests;
  failed += Math.max(numFailedTests, code === 0 ? 0 : numFailedTests || numFailedTestSuites || 1);
  rmSync(report, { force: true });
} else {
  failed += 1;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
