/**
 * How long after one instance has recorded a closing, or an opening, the gate of another instance follows.
 * Two whole Sharekeepers in one process over one PostgreSQL; the clock starts when the commit of the one is
 * answered, and stops when the gate in the memory of the other says so. Nothing is asserted.
 *
 * DATABASE_URL=… npm run bench:instances [-- rounds]
 */
import { cpus, loadavg } from "node:os";
import { setImmediate } from "node:timers/promises";
import { freshDatabase } from "../test/support/fresh-database.ts";
import { openFleet } from "../test/instances/fleet.ts";
import { findOwnerId } from "../src/directory/meta-id-store.ts";
import { recordObservation, SYSTEM } from "../src/sharing/record/record-observation.ts";
import type { Command } from "../src/sharing/rules/observe-command.ts";

const ROUNDS = Number(process.argv[2] ?? 200);
const PATIENCE_MS = 10_000;
const WABA = "100000000000001";
const NUMBER = "200000000000001";

const load = (): string =>
  loadavg()
    .map((each) => each.toFixed(2))
    .join(" ");
const database = await freshDatabase();
if (database === undefined) {
  console.error("Several instances need a PostgreSQL server: set DATABASE_URL.");
  process.exit(2);
}
const loadBefore = load();
const fleet = await openFleet(database.url, { SWEEP_PERIOD_S: "600" });
const samples = { closed: [] as number[], open: [] as number[] };
try {
  const [one, other] = [await fleet.start(), await fleet.start()];
  const assetId = await findOwnerId(one.app.deps.db, "default", "waba", WABA);
  if (assetId === undefined) throw new Error("The seeded world has no such WABA");
  const close: Command = { kind: "operator_close", actor: "bench", why: "measured" };
  const steps = [
    { act: close, wanted: "closed" },
    { act: { kind: "operator_reopen" } as Command, wanted: "open" },
  ] as const;
  for (let round = -5; round < ROUNDS; round += 1)
    for (const { act, wanted } of steps) {
      await recordObservation(one.app.deps, {
        assetId,
        observe: { type: "command", command: act },
        note: null,
        by: SYSTEM,
      });
      const from = performance.now();
      while (other.app.gate.findByPhone(NUMBER)?.verdict.decision !== wanted) {
        if (performance.now() - from > PATIENCE_MS) throw new Error(`The other gate is still not ${wanted}`);
        await setImmediate();
      }
      // The first rounds warm up.
      if (round >= 0) samples[wanted].push(performance.now() - from);
    }
} finally {
  await fleet.stop();
  await database.drop();
}

const at = (sorted: number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1);
console.log(
  `PostgreSQL, two instances, ${ROUNDS} rounds, Node ${process.versions.node}, ${cpus().length} cores, ` +
    `load before ${loadBefore}, after ${load()}\n`,
);
console.log("| what | samples | p50 ms | p90 ms | p99 ms | most ms | within 100 ms |");
console.log("| --- | --- | --- | --- | --- | --- | --- |");
for (const [wanted, all] of Object.entries(samples)) {
  const sorted = [...all].sort((a, b) => a - b);
  const within = sorted.filter((ms) => ms <= 100).length / sorted.length;
  console.log(
    `| recorded by one -> ${wanted} at the other | ${sorted.length} | ${at(sorted, 0.5)} | ` +
      `${at(sorted, 0.9)} | ${at(sorted, 0.99)} | ${at(sorted, 1)} | ${(within * 100).toFixed(1)} % |`,
  );
}
