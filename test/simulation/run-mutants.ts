import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { MUTANTS, type Mutant } from "./mutants.ts";

/**
 * Plants each fault in a copy of the sources and runs the simulation over it until the first history that
 * shows it. If none does, it runs the laws, then the tests beside the fault. Prints a table, and exits with 1
 * when nothing caught a fault.
 */
const ROOT = new URL("../../", import.meta.url).pathname;
const { values } = parseArgs({
  options: {
    histories: { type: "string", default: "3000" },
    apps: { type: "string", default: "60" },
    from: { type: "string", default: "0" },
    only: { type: "string", default: "" },
  },
});

const VITEST = "node_modules/vitest/vitest.mjs";

let missed = 0;
console.log("| planted fault | rule | caught by |");
console.log("|---|---|---|");
const planted = MUTANTS.slice(Number(values.from)).filter(({ name }) => name.includes(values.only));
for (const mutant of planted) {
  const by = catcherOf(mutant);
  if (by === null) missed += 1;
  console.log(`| ${mutant.name} | ${mutant.rule} | ${by ?? "**nothing**"} |`);
}
console.log(`${planted.length} planted, ${missed} missed`);
process.exitCode = missed === 0 ? 0 : 1;

function catcherOf(mutant: Mutant): string | null {
  const copy = mkdtempSync(join(tmpdir(), "sharekeeper-mutant-"));
  try {
    plant(mutant, copy);
    const simulation = run(copy, ["test/simulation/simulate.ts", "--first", ...layerOf(mutant)]);
    if (simulation.status !== 0) return `the simulation, ${caughtLineOf(simulation.text)}`;
    const laws = run(copy, [VITEST, "run", "--project", "unit", "test/laws", "src/sharing"]);
    if (laws.status !== 0) return "a law";
    const room = join("src", dirname(mutant.file));
    const tests = run(copy, [VITEST, "run", "--project", "unit", "--project", "database", room]);
    return tests.status === 0 ? null : `a test in ${room}`;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function layerOf({ layer }: Mutant): string[] {
  if (layer === undefined) return ["--histories", values.histories];
  return ["--layer", layer, "--histories", values.apps];
}

function plant({ file, find, replace, name }: Mutant, copy: string): void {
  for (const part of ["src", "test", "docs", "package.json", "vitest.config.ts", "tsconfig.json"])
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const path = join(copy, "src", file);
  const source = readFileSync(path, "utf8");
  if (source.split(find).length !== 2)
    throw new Error(`${name}: its place in ${file} is not there exactly once`);
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
}

function run(cwd: string, args: string[]): { status: number | null; text: string } {
  const done = spawnSync(process.execPath, args, { cwd, encoding: "utf8", timeout: 900_000 });
  return { status: done.status, text: done.stdout + done.stderr };
}

/** "seed 17: closed without evidence: …" */
function caughtLineOf(text: string): string {
  const line = /^seed .*$/m.exec(text)?.[0];
  // A run that stopped early, for want of a database say, has caught nothing.
  if (line === undefined) throw new Error(`The simulation could not continue:\n${text.slice(-2000)}`);
  return line.slice(0, 140);
}
