import { runHouse } from "./run-house.ts";
const [, , first = "1", count = "5", trace = ""] = process.argv;
let failed = 0;
const begun = process.hrtime.bigint();
for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
  const outcome = await runHouse(seed, trace !== "");
  if (trace !== "") console.log(outcome.trace.join("\n"));
  if (outcome.violations.length > 0) {
    failed += 1;
    console.log(`seed ${seed}: ${outcome.violations.slice(0, 3).join("; ")}`);
  }
}
console.log(count, "houses", failed, "failed", Number(process.hrtime.bigint() - begun) / 1e9);
process.exit(failed === 0 ? 0 : 1);
