// `npm run release`: checks that the version in package.json can be released, and makes its git tag. It
// pushes and publishes nothing. `npm run release -- --check` only checks.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, runNode24 } from "./launch.mjs";

/**
 * Why this state of the repository cannot be released; empty when it can. Each fault says what to do.
 * `changesets` are the files of changes that no version has taken in yet.
 */
export function releaseFaultsOf({ version, branch, changedFiles, changesets, changelog, tags }) {
  const faults = [];
  if (branch !== "main") faults.push(`The branch is ${branch}. Release from main.`);
  if (changedFiles.length > 0)
    faults.push(`${changedFiles.join(", ")}: not committed. Commit or undo the changes.`);
  if (changesets.length > 0)
    faults.push(
      `${changesets.join(", ")}: not in the changelog yet. Run "npm run changelog" and commit the result.`,
    );
  if (!changelog.split("\n").includes(`## ${version}`))
    faults.push(`CHANGELOG.md has no section "## ${version}". Add a changeset and run "npm run changelog".`);
  if (tags.includes(`v${version}`))
    faults.push(`The tag v${version} exists. Add a changeset and run "npm run changelog".`);
  return faults;
}

const git = (...args) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
const linesOf = (text) => text.split("\n").filter(Boolean);

function readState() {
  return {
    version: JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version,
    branch: git("branch", "--show-current"),
    changedFiles: linesOf(git("status", "--porcelain")).map((line) => line.trim().split(/\s+/).at(-1)),
    changesets: readdirSync(join(ROOT, ".changeset")).filter((name) => name.endsWith(".md")),
    changelog: readFileSync(join(ROOT, "CHANGELOG.md"), "utf8"),
    tags: linesOf(git("tag", "--list")),
  };
}

async function release() {
  const state = readState();
  const faults = releaseFaultsOf(state);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (faults.length > 0) return 1;
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const tested = await runNode24([vitest, "run", "test/package.test.ts", "test/tarball.test.ts"], {
    cwd: ROOT,
  });
  if (tested !== 0 || process.argv.includes("--check")) return tested;
  git("tag", "--annotate", `v${state.version}`, "--message", `Sharekeeper ${state.version}`);
  process.stdout.write(
    `The tag v${state.version} is made. Next: "git push --follow-tags", then "npm publish" from the tag.\n`,
  );
  return 0;
}

if (import.meta.main) process.exitCode = await release();
