import { parseArgs } from "node:util";
import { runHeart, type Outcome } from "./run-heart.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    histories: { type: "string", default: "1000" },
    first: { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
  },
});
const [first, count] = [Number(values.seed), Number(values.histories)];
const begun = process.hrtime.bigint();
const failures: Outcome[] = [];
const all: Outcome["measures"][] = [];
let steps = 0;
for (let seed = first; seed < first + count; seed += 1) {
  const outcome = await runHeart(seed, values.trace);
  steps += outcome.steps;
  all.push(outcome.measures);
  if (values.trace) console.log(outcome.trace.join("\n"));
  if (outcome.violations.length > 0) {
    failures.push(outcome);
    console.log(`seed ${seed}: ${outcome.violations.slice(0, 3).join("; ")}`);
    if (values.first || failures.length >= 20) break;
  }
}
const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
const spread = (list: number[]): string => {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    `${((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) / 1000).toFixed(2)} s`;
  return sorted.length === 0
    ? "none"
    : `${sorted.length} times, p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}`;
};
console.log(`announced loss -> closed: ${spread(all.flatMap((one) => one.announcedMs))}`);
console.log(`silent loss -> closed: ${spread(all.flatMap((one) => one.silentMs.map((s) => s.ms)))}`);
console.log(`repair -> open: ${spread(all.flatMap((one) => one.reopenedMs))}`);
console.log(`closed on an old hint, opened again after: ${spread(all.flatMap((one) => one.falseClosedMs))}`);
console.log(`${count} histories, ${steps} steps, ${failures.length} failed, ${seconds.toFixed(1)} s`);
process.exitCode = failures.length === 0 ? 0 : 1;
