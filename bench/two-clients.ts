/**
 * Two clients side by side: one sends a flood that hangs at Meta, the other one message at a time. What the
 * flood costs the other is measured in the same run, against the same minutes without a flood. The gateway
 * alone over real sockets, with a Meta of its own process that never answers for the first number. Read the
 * ratios, not the absolutes. Nothing is asserted.
 *
 * npm run bench:two-clients [-- rounds] [-- --source DIR]: DIR is another checkout's `src`, to compare two
 * versions in one run.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { Agent, request } from "undici";
import { systemClock } from "../src/lib/clock.ts";

const { values, positionals } = parseArgs({
  options: { source: { type: "string" } },
  allowPositionals: true,
});
const ROUNDS = Number(positionals[0] ?? 5);
const FLOOD = 900;
const OTHER_MESSAGES = 40;
const HANGS = "200000000000001";
const OTHER = "200000000000002";
/** Until the flood has arrived. */
const SETTLED_MS = 3000;
const LARGE = 900_000;
const LARGE_COUNT = 250;

const load = (): string =>
  loadavg()
    .map((each) => each.toFixed(2))
    .join(" ");

interface Program {
  url: string;
  child: ChildProcess;
}

const loadBefore = load();
const meta = await openMeta();
const graphUrl = `http://127.0.0.1:${(meta.address() as AddressInfo).port}`;
const sources = [
  ...(values.source === undefined
    ? []
    : [{ name: "before", source: new URL(`file://${values.source}/`).href }]),
  { name: "now", source: new URL("../src/", import.meta.url).href },
];
const samples = new Map<string, number[]>();
const note = (what: string, value: number): void =>
  void samples.set(what, [...(samples.get(what) ?? []), value]);
for (let round = 1; round <= ROUNDS; round += 1) {
  for (const { name, source } of sources) await measureRound(name, source);
  process.stderr.write(`\r${round}/${ROUNDS}`);
}
process.stderr.write("\n");
meta.closeAllConnections();
meta.close();
print();

/** A gateway of its own for each round, so that no flood is left over from the one before. */
async function measureRound(name: string, source: string): Promise<void> {
  const program = await openProgram(source);
  await sendOthers(program, null);
  await sendOthers(program, `${name}: alone`);
  const flood = await openFlood(program, FLOOD, 200);
  await sendOthers(program, `${name}: as ${FLOOD} messages arrive`);
  await systemClock.pause(SETTLED_MS);
  await sendOthers(program, `${name}: while they hang`);
  note(`${name}: refused of the ${FLOOD}, count`, await ask(flood));
  await end(flood, program.child);
  const heavy = await openProgram(source);
  await sendOthers(heavy, null);
  const before = await ask(heavy.child);
  const large = await openFlood(heavy, LARGE_COUNT, LARGE);
  await systemClock.pause(SETTLED_MS);
  await sendOthers(heavy, `${name}: while ${LARGE_COUNT} messages of 0.9 MB hang`);
  note(`${name}: memory for these, MB`, ((await ask(heavy.child)) - before) / 1e6);
  await end(large, heavy.child);
}

async function openFlood(program: Program, count: number, bytes: number): Promise<ChildProcess> {
  const args = [program.url, HANGS, String(count), String(bytes)];
  const child = fork(new URL("two-clients-flood.ts", import.meta.url), args);
  await once(child, "message");
  return child;
}

async function ask(child: ChildProcess): Promise<number> {
  child.send("?");
  const [figure] = (await once(child, "message")) as [number];
  return figure;
}

async function end(...children: ChildProcess[]): Promise<void> {
  for (const child of children) {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
}

async function sendOthers(program: Program, what: string | null): Promise<void> {
  const agent = new Agent({ connections: 1 });
  for (let nth = 0; nth < OTHER_MESSAGES; nth += 1) {
    const from = performance.now();
    const status = await send(program, OTHER, '{"messaging_product":"whatsapp","to":"+15550001111"}', agent);
    if (what === null) continue;
    if (status !== 200) throw new Error(`${what}: status ${status}`);
    note(what, performance.now() - from);
  }
  await agent.close();
}

async function send({ url }: Program, number: string, body: string, dispatcher: Agent): Promise<number> {
  const headers = { "content-type": "application/json", "d360-api-key": `sandbox-${number}` };
  const answer = await request(`${url}/messages`, {
    method: "POST",
    headers,
    body,
    dispatcher,
    headersTimeout: 0,
  });
  await answer.body.dump();
  return answer.statusCode;
}

/** A Meta that answers at once, but never for the number that hangs. */
async function openMeta(): Promise<Server> {
  const server = createServer((incoming, response) => {
    incoming.resume();
    if (incoming.url?.includes(HANGS) !== true) response.end('{"messages":[{"id":"wamid.1"}]}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function openProgram(source: string): Promise<Program> {
  const child = fork(new URL("two-clients-child.ts", import.meta.url), [source, graphUrl]);
  const [port] = (await once(child, "message")) as [number];
  return { url: `http://127.0.0.1:${port}`, child };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function print(): void {
  const line = (...cells: string[]): string => `| ${cells.join(" | ")} |`;
  const show = (value: number): string => value.toFixed(value < 10 ? 2 : 0);
  const rows = [...samples].map(([what, found]) => {
    const sorted = found.toSorted((a, b) => a - b);
    const shown = [quantile(sorted, 0.5), quantile(sorted, 0.99), sorted.at(-1) ?? 0].map(show);
    return line(what, String(sorted.length), ...shown);
  });
  process.stdout.write(
    [
      `${ROUNDS} interleaved rounds, Node ${process.versions.node}, ${cpus().length} cores, ` +
        `load before ${loadBefore}, after ${load()}`,
      "",
      line("what", "samples", "p50", "p99", "most"),
      line("---", "---", "---", "---", "---"),
      ...rows,
      "",
    ].join("\n"),
  );
}
