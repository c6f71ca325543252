/**
 * How much of a fleet fits on a laptop: Graph reads and sends a second, the listing, and memory, with the
 * seeded world's size and with 100,000 WABAs. `npm run bench:emulator`, or with other numbers: `npm run
 * bench:emulator -- --wabas 1000 --seconds 1`. The load generator shares the machine with what it measures;
 * the bare Node server in the first row is the measure to compare by.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Pool } from "undici";

const { values } = parseArgs({
  options: {
    wabas: { type: "string", default: "100000" },
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    connections: { type: "string", default: "32" },
  },
});
const LARGE = Number(values.wabas);
const SMALL = 14;
const SECONDS = Number(values.seconds);
const ROUNDS = Number(values.rounds);
const CONNECTIONS = Number(values.connections);

interface Subject {
  name: string;
  wabaCount: number;
  child: ChildProcess;
  pool: Pool;
  startMs: number;
  rss: number;
  heap: number;
}

interface Rate {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  failed: number;
}

type Make = (subject: Subject, count: number) => { method: "GET" | "POST"; path: string; body?: string };

async function start(
  name: string,
  kind: "bare" | "emulator",
  wabaCount: number,
  worldFile = "",
): Promise<Subject> {
  const file = new URL("./emulator-child.ts", import.meta.url);
  const child = fork(file, [kind, String(wabaCount), worldFile], { execArgv: ["--expose-gc"] });
  const [ready] = (await once(child, "message")) as [
    { url: string; startMs: number; rss: number; heap: number },
  ];
  const { url, ...rest } = ready;
  const subject = { name, wabaCount, child, pool: new Pool(url, { connections: CONNECTIONS }), ...rest };
  // The hourly limit is not what is measured here.
  if (kind === "emulator") await control(subject, "/_emulator/knobs", { limits: false });
  return subject;
}

async function control(subject: Subject, path: string, body: object): Promise<void> {
  const answer = await subject.pool.request({ method: "POST", path, body: JSON.stringify(body) });
  await answer.body.dump();
}

async function stop(subject: Subject): Promise<void> {
  await subject.pool.destroy();
  subject.child.disconnect();
  await once(subject.child, "exit");
}

async function memoryOf(subject: Subject): Promise<{ rss: number; heap: number }> {
  subject.child.send("record");
  const [answer] = (await once(subject.child, "message")) as [{ rss: number; heap: number }];
  return answer;
}

const HEADERS = { authorization: "Bearer EAAsystem", "content-type": "application/json" };
const MESSAGE = JSON.stringify({
  messaging_product: "whatsapp",
  to: "+16505551234",
  type: "text",
  text: { body: "Your order is ready." },
});

/** Spread over the whole world, so that no cache of a few nodes flatters the numbers. */
function idOf(prefix: string, subject: Subject, count: number): string {
  return prefix + String(((count * 7919) % subject.wabaCount) + 1).padStart(13, "0");
}

const READ: Make = (subject, count) => ({ method: "GET", path: `/v25.0/${idOf("10", subject, count)}` });
const SEND: Make = (subject, count) => ({
  method: "POST",
  path: `/v25.0/${idOf("20", subject, count)}/messages`,
  body: MESSAGE,
});

async function measure(subject: Subject, make: Make): Promise<Rate> {
  const latencies: number[] = [];
  let failed = 0;
  let count = 0;
  const until = performance.now() + SECONDS * 1000;
  const worker = async (): Promise<void> => {
    while (performance.now() < until) {
      const startedAt = performance.now();
      const answer = await subject.pool.request({ ...make(subject, (count += 1)), headers: HEADERS });
      await answer.body.dump();
      if (answer.statusCode !== 200) failed += 1;
      latencies.push(performance.now() - startedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  latencies.sort((one, other) => one - other);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { perSecond: latencies.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), failed };
}

/** The round in the middle: one that something else on the machine disturbed does not count. */
function medianOf(rates: Rate[]): Rate {
  return rates.toSorted((one, other) => one.perSecond - other.perSecond)[
    Math.floor(rates.length / 2)
  ] as Rate;
}

async function readListing(subject: Subject): Promise<{ ms: number; pages: number; slowestMs: number }> {
  const startedAt = performance.now();
  let path: string | undefined =
    "/v25.0/734443296905665/client_whatsapp_business_accounts?fields=id&limit=100";
  let pages = 0;
  let slowestMs = 0;
  while (path) {
    const pageAt = performance.now();
    const answer = await subject.pool.request({ method: "GET", path, headers: HEADERS });
    const body = (await answer.body.json()) as { paging?: { next?: string } };
    slowestMs = Math.max(slowestMs, performance.now() - pageAt);
    pages += 1;
    const next: string | undefined = body.paging?.next;
    path = next && new URL(next).pathname + new URL(next).search;
  }
  return { ms: performance.now() - startedAt, pages, slowestMs };
}

const number = (value: number): string => Math.round(value).toLocaleString("en-US");
const megabytes = (bytes: number): string => `${number(bytes / 2 ** 20)} MB`;
const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

function print(head: string[], rows: string[][]): void {
  const lines = [head, head.map(() => "---"), ...rows];
  console.log(`${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`);
}

const directory = mkdtempSync(join(tmpdir(), "emulator-bench-"));
const subjects = [
  await start("bare node:http", "bare", SMALL),
  await start(`emulator, ${SMALL} WABAs`, "emulator", SMALL),
  await start(`emulator, ${number(LARGE)} WABAs`, "emulator", LARGE),
  await start(
    `emulator, ${number(LARGE)} WABAs, world on disk`,
    "emulator",
    LARGE,
    join(directory, "world.json"),
  ),
];
try {
  console.log(
    `${CONNECTIONS} connections, median of ${ROUNDS} interleaved rounds of ${SECONDS} s, ` +
      `Node ${process.version}\n`,
  );
  const acts = [
    { name: "GET /{waba}", make: READ },
    { name: "POST /{phone_number}/messages", make: SEND },
  ];
  const rates = new Map<string, Rate[]>();
  for (const subject of subjects)
    if (subject.name.startsWith("emul"))
      await control(subject, "/_emulator/knobs", { message_statuses: false });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, make } of acts) {
      for (const subject of subjects) {
        const key = `${name} ${subject.name}`;
        rates.set(key, [...(rates.get(key) ?? []), await measure(subject, make)]);
      }
    }
  }
  const rows = acts.flatMap(({ name }) => {
    const ofBare = medianOf(rates.get(`${name} ${subjects[0]?.name}`) ?? []);
    return subjects.map((subject) => {
      const rate = medianOf(rates.get(`${name} ${subject.name}`) ?? []);
      const ratio = (rate.perSecond / ofBare.perSecond).toFixed(2);
      return [
        name,
        subject.name,
        number(rate.perSecond),
        ratio,
        ms(rate.p50Ms),
        ms(rate.p99Ms),
        String(rate.failed),
      ];
    });
  });
  print(["call", "server", "calls/s", "share of bare", "p50", "p99", "failed"], rows);

  const worlds: string[][] = [];
  for (const subject of subjects.slice(1)) {
    const listing = await readListing(subject);
    const after = await memoryOf(subject);
    worlds.push([
      subject.name,
      ms(subject.startMs),
      megabytes(subject.rss),
      megabytes(subject.heap),
      megabytes(after.rss),
      `${number(listing.pages)} in ${ms(listing.ms)}, slowest ${ms(listing.slowestMs)}`,
    ]);
  }
  print(
    ["world", "ready after", "RSS at start", "heap at start", "RSS after the load", "listing, pages of 100"],
    worlds,
  );
} finally {
  for (const subject of subjects) await stop(subject);
  rmSync(directory, { recursive: true, force: true });
}
