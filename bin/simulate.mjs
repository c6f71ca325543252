// `npm run simulate` and `npm run mutants`: deterministic simulation, and the faults that it must catch.
// docs/reference/simulation.md
import { join } from "node:path";
import { ROOT, installIfNeeded, runNode24 } from "./launch.mjs";

await installIfNeeded();
const [first, ...rest] = process.argv.slice(2);
const isMutants = first === "mutants";
const program = join(ROOT, "test", "simulation", isMutants ? "run-mutants.ts" : "simulate.ts");
const args = isMutants ? rest : process.argv.slice(2);
process.exitCode = await runNode24([program, ...args], { cwd: ROOT });
