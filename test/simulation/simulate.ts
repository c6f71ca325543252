import { parseArgs } from "node:util";
import { linesOf, type Measures } from "./measure.ts";
import { runCore } from "./run-core.ts";
import { runApp } from "./run-app.ts";

const HELP = `npm run simulate -- [options]

  --seed N        the first history (1)
  --histories M   how many, with the seeds N, N+1, … (1000)
  --layer L       core: the rules against a model of Meta (core)
                  app: whole processes and a database against the emulator
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

const RUNS = { core: runCore, app: runApp } as const;

interface Order {
  run: (typeof RUNS)[keyof typeof RUNS];
  first: number;
  count: number;
}

/** What the options ask for; null when they are not valid. */
function orderOf(): Order | null {
  const [first, count] = [Number(values.seed), Number(values.histories)];
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count)) return null;
  const run = Object.hasOwn(RUNS, values.layer) ? RUNS[values.layer as keyof typeof RUNS] : null;
  return run && { run, first, count };
}

async function main(): Promise<number> {
  const order = orderOf();
  if (values.help || order === null) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const { measures, probes, done, failed } = await playAll(order);
  if (measures.length > 0) console.log(`${linesOf(measures).join("\n")}\nprobes: ${probes}`);
  console.log(`${done} histories, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

interface Played {
  measures: Measures[];
  probes: number;
  done: number;
  failed: number;
}

async function playAll(order: Order): Promise<Played> {
  const { run, first, count } = order;
  const played: Played = { measures: [], probes: 0, done: 0, failed: 0 };
  for (let seed = first; seed < first + count; seed += 1) {
    const outcome = await run(seed, values.trace);
    played.done += 1;
    if ("measures" in outcome) played.measures.push(outcome.measures);
    if ("probes" in outcome) played.probes += outcome.probes;
    if (values.trace) console.log(outcome.trace.join("\n"));
    if (outcome.violations.length === 0) continue;
    played.failed += 1;
    await showFailure(order, seed, outcome.violations, played.failed);
    if (values.first || played.failed >= SHOWN_FAILURES) break;
  }
  return played;
}

async function showFailure(
  { run }: Order,
  seed: number,
  violations: readonly string[],
  failed: number,
): Promise<void> {
  console.log(`seed ${seed}: ${violations.slice(0, 3).join("; ")}`);
  // The same seed is the same history: it is played once more, with its trace.
  if (!values.trace && !values.first && failed <= TRACED_FAILURES)
    console.log((await run(seed, true)).trace.join("\n"));
}

process.exit(await main());
