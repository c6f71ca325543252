// `npm test`: types, lint, then every test. The last line is `N passed, N failed`; tests that were skipped
// stand in the line before.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, installIfNeeded, runNode24 } from "./launch.mjs";

await installIfNeeded();
// Escape codes are for a terminal; a file and a pipe get plain text.
if (!process.stdout.isTTY) process.env.NO_COLOR ??= "1";
const tool = (name, path) => ({ name, path: join(ROOT, "node_modules", ...path.split("/")) });
/** Lint takes as long as the others together. */
const checks = [
  {
    ...tool("lint", "eslint/bin/eslint.js"),
    args: ["--max-warnings", "0", "src", "test", "bin", "bench", "hub/src", "hub/reshare", "hub/signup"],
  },
  { ...tool("types", "typescript/bin/tsc"), args: ["-p", "tsconfig.json"] },
  { ...tool("types of the Hub", "typescript/bin/tsc"), args: ["-p", "hub/tsconfig.json"] },
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
  // Files, exports, types and dependencies that nothing uses.
  { ...tool("knip", "knip/bin/knip.js"), args: ["--no-progress"] },
  { ...tool("build of the Hub", "vite/bin/vite.js"), args: ["build", "hub", "--logLevel", "warn"] },
];

/** Each keeps one core busy. */
const CHECKS_AT_ONCE = 2;

let passed = 0;
let failed = 0;

/** What a check prints stands in one piece above its verdict. */
async function runCheck({ name, path, args }) {
  let text = "";
  const stdio = ["ignore", "pipe", "pipe", "ipc"];
  const code = await runNode24([path, ...args], { cwd: ROOT, stdio }, (child) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  });
  process.stdout.write(`${text}${code === 0 ? "ok  " : "FAIL"} ${name}\n`);
  if (code === 0) passed += 1;
  else failed += 1;
}

async function runInTurn(waiting) {
  for (let check = waiting.shift(); check; check = waiting.shift()) await runCheck(check);
}

const only = process.argv.slice(2);
const waiting = only.length ? [] : checks;
await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, () => runInTurn(waiting)));

const counted = join(tmpdir(), `sharekeeper-test-${process.pid}.json`);
const code = await runNode24(
  [
    join(ROOT, "node_modules/vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    `--reporter=${join(ROOT, "bin", "count-tests.mjs")}`,
    ...only,
  ],
  { cwd: ROOT, env: { ...process.env, COUNT_TESTS_FILE: counted } },
);
let skipped = 0;
if (existsSync(counted)) {
  const counts = JSON.parse(readFileSync(counted, "utf8"));
  passed += counts.passed;
  failed += counts.failed || (code === 0 ? 0 : 1);
  skipped = counts.skipped;
  rmSync(counted, { force: true });
} else {
  failed += 1;
}
const why = process.env.DATABASE_URL ? "" : ": they need a PostgreSQL server. Set DATABASE_URL to run them.";
if (skipped > 0) process.stdout.write(`${skipped} skipped${why}\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
