import { parseArgs } from "node:util";
import { startStopwatch } from "../../src/lib/stopwatch.ts";
import { fuzzHttp } from "./http.ts";
import { fuzzKept } from "./kept.ts";
import { fuzzMessages } from "./messages.ts";
import { fuzzWire } from "./wire.ts";
import { fuzz, PURE_TARGETS, type Outcome } from "./run-fuzz.ts";

const HELP = `npm run fuzz -- [options]

  --seed N      the first case (1)
  --count M     how many bodies or answers go through each target (10000)
  --target T    webhooks, answers: the rules alone; wire: the Graph client over sockets;
                messages: the gateway over sockets;
                http, kept: with HTTP and a database (all)

DATABASE_URL: a PostgreSQL server for the last two; the embedded database without it.`;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "10000" },
    target: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const TARGETS: Record<string, (from: { seed: number; count: number }) => Promise<Outcome>> = {
  webhooks: (from) => fuzz(PURE_TARGETS.webhooks, from),
  answers: (from) => fuzz(PURE_TARGETS.answers, from),
  wire: fuzzWire,
  messages: fuzzMessages,
  http: fuzzHttp,
  kept: fuzzKept,
};

async function main(): Promise<number> {
  const [seed, count] = [Number(values.seed), Number(values.count)];
  const wanted = Object.entries(TARGETS).filter(
    ([name]) => values.target === undefined || name === values.target,
  );
  if (values.help || wanted.length === 0 || !Number.isSafeInteger(seed) || !Number.isSafeInteger(count)) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  let found = 0;
  for (const [name, run] of wanted) {
    const elapsedMs = startStopwatch();
    const { count: done, cases, findings } = await run({ seed, count });
    for (const finding of findings) {
      const at = finding.replay ?? { seed: finding.seed, count: 1 };
      console.log(
        `${finding.fault}\n  npm run fuzz -- --target ${name} --seed ${at.seed} --count ${at.count}`,
      );
      for (const line of finding.story) console.log(`  ${line}`);
    }
    found += findings.length;
    const seconds = (elapsedMs() / 1000).toFixed(0);
    console.log(`${name}: ${done} in ${cases} cases, ${seconds} s, ${findings.length} broken`);
  }
  return found === 0 ? 0 : 1;
}

process.exit(await main());
