/**
 * How long it takes from Meta's webhook to the closed gate, and from the share given again to the open gate;
 * and what a message costs at a closed gate and on its way to Meta. Measured over HTTP on a whole sandbox, in
 * interleaved rounds, because the machine has other work: read the ratios, not the absolutes. Nothing is
 * asserted.
 *
 * npm run bench [-- rounds]; DATABASE_URL: on PostgreSQL, in a database of its own.
 */
import { cpus, loadavg } from "node:os";
import { GREETING, openSandbox, type TestSandbox } from "../test/support/sandbox.ts";
import { until } from "../test/support/until.ts";
import { Pool } from "undici";

const ROUNDS = Number(process.argv[2] ?? 12);
const SECOND_MS = 1000;
const DAY_MS = 86_400 * SECOND_MS;
/** Without a question to Meta for so long, no probe is under way. */
const QUIET_MS = 1_000;
const MESSAGES_PER_ROUND = 200;
const MESSAGES_AT_ONCE = 8;
const OPEN = { waba: "100000000000001", number: "200000000000001" };
const CLOSED = { number: "200000000000005" };

let requestsSeen = 0;
/** Durations in ms, by what was measured. */
const samples = new Map<string, number[]>();
const note = (what: string, ms: number): void => void samples.set(what, [...(samples.get(what) ?? []), ms]);

const load = (): string =>
  loadavg()
    .map((each) => each.toFixed(2))
    .join(" ");
const loadBefore = load();
// A burst is more than a second of one number.
const app = await openSandbox({ THROUGHPUT_LIMITS: "off", API_RATE_LIMIT: "0" });
const pool = new Pool(app.url(), { connections: MESSAGES_AT_ONCE + 1 });
try {
  await measureRound(app, "warm-up");
  samples.clear();
  for (let round = 1; round <= ROUNDS; round += 1) {
    await measureRound(app, `round ${round}`);
    process.stderr.write(`\r${round}/${ROUNDS}`);
  }
} finally {
  await pool.close();
  await app.stop();
}
process.stderr.write("\n");
print(process.env.DATABASE_URL ? "PostgreSQL" : "embedded");

/**
 * Two losses, two repairs and two bursts of messages, so that whatever else the machine does meets all of
 * them alike.
 */
async function measureRound(at: TestSandbox, name: string): Promise<void> {
  // A removal in the week after a repair may be an old one delivered late: only a probe that agrees closes.
  // Later the hint closes alone.
  await settleAfter(at, 8 * DAY_MS);
  await measureLoss(at, `webhook -> closed gate, on the hint alone`, name);
  await measureRepair(at, name);
  await measureLoss(at, `webhook -> closed gate, after a probe (in the week after a repair)`, name);
  await burst("message refused at the closed gate", CLOSED.number, "closed");
  await measureRepair(at, name);
  await burst("message forwarded to Meta (emulated)", OPEN.number, "open");
}

async function measureLoss(at: TestSandbox, what: string, name: string): Promise<void> {
  const from = performance.now();
  await at.act("partner.remove", { waba_id: OPEN.waba });
  await untilGate("closed", name);
  note(what, performance.now() - from);
}

/**
 * A client needs longer than the 5 s in which a probe may still show the old share: they are over before it
 * begins.
 */
async function measureRepair(at: TestSandbox, name: string): Promise<void> {
  await settleAfter(at, 10 * SECOND_MS);
  const from = performance.now();
  await at.act("partner.assign", { waba_id: OPEN.waba });
  await untilGate("open", name);
  note("share given again -> open gate", performance.now() - from);
}

/** Lets time pass in this world, and waits until the due probes are over. */
async function settleAfter(at: TestSandbox, ms: number): Promise<void> {
  await at.advance(ms);
  let lastAt = performance.now();
  await until(
    "no more questions to Meta",
    async () => {
      const { data } = (await at.emulator("GET", `/journal?kind=requests&after=${requestsSeen}`)).body;
      requestsSeen = data.at(-1)?.n ?? requestsSeen;
      if (data.length > 0) lastAt = performance.now();
      return performance.now() - lastAt > QUIET_MS ? true : undefined;
    },
    60_000,
  );
}

/** Asks as a client's program would: by sending. A refusal of Meta's own does not count as a closed gate. */
async function untilGate(gate: "open" | "closed", name: string): Promise<void> {
  const isThere = async (): Promise<true | undefined> =>
    (await sendOne(OPEN.number)) === gate ? true : undefined;
  await until(`the gate ${gate} in ${name}`, isThere, 60_000);
}

async function burst(what: string, number: string, expected: "open" | "closed"): Promise<void> {
  let left = MESSAGES_PER_ROUND;
  const send = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const from = performance.now();
      const met = await sendOne(number);
      if (met !== expected) throw new Error(`${what}: the gate was ${met}`);
      note(what, performance.now() - from);
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: MESSAGES_AT_ONCE }, send));
  note(`${what}: a burst`, performance.now() - from);
}

async function sendOne(number: string): Promise<"open" | "closed" | "refused by Meta"> {
  const { statusCode, headers, body } = await pool.request({
    method: "POST",
    path: "/messages",
    headers: { "content-type": "application/json", "d360-api-key": `sandbox-${number}` },
    body: JSON.stringify(GREETING),
  });
  await body.dump();
  if (headers["sharekeeper-refused"] !== undefined) return "closed";
  return statusCode === 200 ? "open" : "refused by Meta";
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function print(database: string): void {
  const rows = [...samples].filter(([what]) => !what.endsWith("a burst"));
  const line = (...cells: string[]): string => `| ${cells.join(" | ")} |`;
  const ms = (value: number): string => value.toFixed(value < 10 ? 2 : 0);
  const rate = (what: string): number =>
    (1000 * MESSAGES_PER_ROUND) / quantile(samples.get(`${what}: a burst`) ?? [], 0.5);
  const refused = rate("message refused at the closed gate");
  const forwarded = rate("message forwarded to Meta (emulated)");
  const out = [
    `${database}, ${ROUNDS} interleaved rounds, Node ${process.versions.node}, ${cpus().length} cores, ` +
      `load before ${loadBefore}, after ${load()}`,
    "",
    line("what", "samples", "p50 ms", "p99 ms", "most ms"),
    line("---", "---", "---", "---", "---"),
    ...rows.map(([what, values]) =>
      line(
        what,
        String(values.length),
        ms(quantile(values, 0.5)),
        ms(quantile(values, 0.99)),
        ms(Math.max(...values)),
      ),
    ),
    "",
    `messages per second, median burst of ${MESSAGES_PER_ROUND}, ${MESSAGES_AT_ONCE} at once: ` +
      `refused ${refused.toFixed(0)}, forwarded ${forwarded.toFixed(0)}, ` +
      `ratio ${(refused / forwarded).toFixed(1)}`,
  ];
  process.stdout.write(`${out.join("\n")}\n`);
}
