import { parseArgs } from "node:util";
import { linesOf, type Measures } from "./measure.ts";
import { runCore } from "./run-core.ts";
import { runApp } from "./run-app.ts";

const HELP = `npm run simulate -- [options]

  --seed N        the first history (1)
  --histories M   how many, with the seeds N, N+1, … (1000)
  --layer L       core: the rules against a model of Meta; app: whole processes and a database against the emulator (core)
  --first         stop at the first history that fails
  --trace         print every event of every history`;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    histories: { type: "string", default: "1000" },
    layer: { type: "string", default: "core" },
    first: { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const TRACED_FAILURES = 1;
const SHOWN_FAILURES = 20;

async function main(): Promise<number> {
  const [first, count] = [Number(values.seed), Number(values.histories)];
  const isKnown = values.layer === "core" || values.layer === "app";
  if (values.help || !isKnown || !Number.isSafeInteger(first) || !Number.isSafeInteger(count)) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const run = values.layer === "core" ? runCore : runApp;
  const measures: Measures[] = [];
  let [failed, done, probes] = [0, 0, 0];
  for (let seed = first; seed < first + count; seed += 1) {
    const outcome = await run(seed, values.trace);
    done += 1;
    if ("measures" in outcome) measures.push(outcome.measures);
    if ("probes" in outcome) probes += outcome.probes;
    if (values.trace) console.log(outcome.trace.join("\n"));
    if (outcome.violations.length === 0) continue;
    failed += 1;
    console.log(`seed ${seed}: ${outcome.violations.slice(0, 3).join("; ")}`);
    // The same seed is the same history: it is played once more, with its trace.
    if (!values.trace && !values.first && failed <= TRACED_FAILURES)
      console.log((await run(seed, true)).trace.join("\n"));
    if (values.first || failed >= SHOWN_FAILURES) break;
  }
  if (measures.length > 0) console.log(`${linesOf(measures).join("\n")}\nprobes: ${probes}`);
  console.log(`${done} histories, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exit(await main());
