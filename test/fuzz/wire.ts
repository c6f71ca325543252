import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { systemClock } from "../../src/lib/clock.ts";
import { createGraphClient, type GraphClient } from "../../src/meta/graph-client.ts";
import type { GraphReply } from "../../src/meta/graph-reply.ts";
import { randomOf, type RandomSource } from "../simulation/random-source.ts";
import { faultOfText } from "./checks.ts";
import { healthyBodies } from "./fake-meta.ts";
import { spoiledBytes, spoiledText } from "./mutate.ts";
import type { Outcome } from "./run-fuzz.ts";

/** An answer as bytes on the wire, and the most that it may count as. */
interface WireCase {
  bytes: Buffer;
  /** Torn in two writes there, one turn of the event loop apart. */
  tornAt: number | null;
  /** The server closes the connection after it, or leaves it open. */
  ends: "close" | "reset" | "stay";
  /** Whether it may count as a whole answer. */
  isWhole: boolean;
}

const AT_ONCE = 16;
const PATIENCE_MS = 150;
/** The end of a request of ours: the client never pipelines. */
const HEAD_END = "\r\n\r\n";

/** The real client over real sockets against a server that speaks HTTP badly. */
export async function fuzzWire({ seed, count }: { seed: number; count: number }): Promise<Outcome> {
  const server = await openBadServer();
  const graphUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const graph = createGraphClient({ graphUrl, graphVersion: "v25.0", clock: systemClock });
  const outcome: Outcome = { count: 0, cases: 0, findings: [] };
  let next = seed;
  const work = async (): Promise<void> => {
    while (next < seed + count && outcome.findings.length < 5) {
      const at = (next += 1) - 1;
      const fault = await faultOfAsking(graph, at);
      outcome.cases += 1;
      outcome.count += 1;
      if (fault === null) continue;
      const { bytes, ends, tornAt } = wireCaseOf(randomOf(at));
      const shown = JSON.stringify(bytes.toString("latin1").slice(0, 600));
      outcome.findings.push({
        target: "wire",
        seed: at,
        fault,
        story: [`then ${ends}, torn at ${tornAt}`, shown],
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await graph.close();
  await new Promise((resolve) => server.close(resolve));
  return outcome;
}

async function faultOfAsking(graph: GraphClient, seed: number): Promise<string | null> {
  const { isWhole } = wireCaseOf(randomOf(seed));
  let reply: GraphReply;
  try {
    reply = await graph.ask({ method: "GET", path: `/case/${seed}`, token: "token", timeoutMs: PATIENCE_MS });
    const text = JSON.stringify(reply);
    const held = faultOfText(text);
    if (held !== null) return `the reply holds ${held}`;
    if (reply.kind !== "success" && text.length > 20_000) return "a refusal is not bounded";
    if (reply.kind === "success" && !isWhole) return "a torn answer counts as a whole one";
    // The next question on the same connections gets its own answer, whatever bytes remained in them.
    const plain = await graph.ask({ method: "GET", path: `/plain/${seed}`, token: "token" });
    if (plain.kind === "success" && plain.body.id !== String(seed))
      return "the answer to another question was taken";
    return plain.kind === "refusal" ? "a plain question was refused" : null;
  } catch (error) {
    return `threw ${error instanceof Error ? (error.stack ?? "").split("\n").slice(0, 3).join(" ") : String(error)}`;
  }
}

function openBadServer(): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    let asked = "";
    socket.on("data", (chunk) => {
      asked += chunk.toString("latin1");
      if (!asked.includes(HEAD_END)) return;
      const [, kind, seed] = /^GET \/v25\.0\/([a-z]+)\/([0-9]+)/.exec(asked) ?? [];
      asked = "";
      if (kind === "plain") socket.write(plainAnswer(String(seed)));
      else sendCase(socket, wireCaseOf(randomOf(Number(seed))));
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function plainAnswer(id: string): string {
  const body = JSON.stringify({ id });
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

function sendCase(socket: Socket, { bytes, tornAt, ends }: WireCase): void {
  const end = (): void => {
    if (ends === "close") socket.end();
    if (ends === "reset") socket.resetAndDestroy();
  };
  if (tornAt === null) return void socket.write(bytes, end);
  socket.write(bytes.subarray(0, tornAt));
  setImmediate(() => socket.write(bytes.subarray(tornAt), end));
}

const STATUS_LINES = [
  "HTTP/1.1 200 OK",
  "HTTP/1.1 200 OK",
  "HTTP/1.1 200 OK",
  "HTTP/1.1 200",
  "HTTP/1.0 200 OK",
  "HTTP/1.1 100 Continue",
  "HTTP/1.1 204 No Content",
  "HTTP/1.1 301 Moved Permanently\r\nLocation: http://169.254.169.254/latest/meta-data",
  "HTTP/1.1 302 Found\r\nLocation: /v25.0/plain/1",
  "HTTP/1.1 500 Internal Server Error",
  "HTTP/1.1 999 What",
  "HTTP/1.1 -1 What",
  "HTTP/9.9 200 OK",
  "ICY 200 OK",
  "",
];

function wireCaseOf(random: RandomSource): WireCase {
  const text = random.chance(0.5)
    ? spoiledText(random, healthyBodies(false).waba)
    : JSON.stringify(healthyBodies(false).waba);
  const body = spoiledBytes(random, text);
  const { head, payload, isWhole } = framed(random, body);
  const line = random.pick(STATUS_LINES);
  const extra = random.pick([
    "",
    "",
    "",
    `X-App-Usage: ${"9".repeat(random.pick([10, 20_000, 100_000]))}\r\n`,
    "X-App-Usage: \u0000\r\n",
    "A: b\r\n".repeat(random.pick([10, 5000])),
    "Set-Cookie: a\r\n Set-Cookie: folded\r\n",
    "no colon here\r\n",
  ]);
  const rest = random.chance(0.1) ? Buffer.from(plainAnswer("1")) : Buffer.alloc(0);
  const bytes = Buffer.concat([Buffer.from(`${line}\r\n${extra}${head}\r\n`, "latin1"), payload, rest]);
  const cut = random.chance(0.15) ? bytes.subarray(0, random.between(0, bytes.length)) : bytes;
  return {
    bytes: cut,
    tornAt: random.chance(0.3) ? random.between(0, cut.length) : null,
    ends: cut.length < bytes.length ? "close" : random.pick(["close", "close", "reset", "stay"] as const),
    // Without a length an answer ends with the connection, so a cut cannot be detected.
    isWhole: isWhole && (cut.length === bytes.length || rest.length > 0 || head === ""),
  };
}

/** A body and the headers that state its length, correctly or not. */
function framed(random: RandomSource, body: Buffer): { head: string; payload: Buffer; isWhole: boolean } {
  const chunk = (part: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]);
  const half = Math.floor(body.length / 2);
  const chunks = [body.subarray(0, half), body.subarray(half)].filter((part) => part.length > 0).map(chunk);
  const chunked = "Transfer-Encoding: chunked\r\n";
  const framings = {
    right: { head: `Content-Length: ${body.length}\r\n`, payload: body, isWhole: true },
    none: { head: "", payload: body, isWhole: true },
    long: { head: `Content-Length: ${body.length + 5}\r\n`, payload: body, isWhole: false },
    // These bytes stay in the connection.
    short: { head: `Content-Length: ${half}\r\n`, payload: body, isWhole: true },
    huge: { head: "Content-Length: 99999999999\r\n", payload: body, isWhole: false },
    negative: { head: "Content-Length: -5\r\n", payload: body, isWhole: false },
    chunked: { head: chunked, payload: Buffer.concat([...chunks, chunk(Buffer.alloc(0))]), isWhole: true },
    cut: { head: chunked, payload: Buffer.concat(chunks), isWhole: false },
    wrong: { head: chunked, payload: Buffer.concat([Buffer.from("zz\r\n"), body]), isWhole: false },
    both: {
      head: `Content-Length: 3\r\n${chunked}`,
      payload: Buffer.concat([...chunks, chunk(Buffer.alloc(0))]),
      isWhole: true,
    },
    gzip: {
      head: `Content-Encoding: gzip\r\nContent-Length: ${body.length}\r\n`,
      payload: body,
      isWhole: true,
    },
    zipped: {
      head: "Content-Encoding: gzip\r\nContent-Length: 40\r\n",
      payload: gzipSync(body).subarray(0, 40),
      isWhole: false,
    },
  };
  return random.pick(Object.values(framings));
}
