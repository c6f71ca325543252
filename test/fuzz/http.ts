import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { Pool } from "undici";
import { openKeyring } from "../../src/credentials/open-keyring.ts";
import { inboxContextOf } from "../../src/inbox/sealed-bodies.ts";
import type { Keyring } from "../../src/lib/keyring.ts";
import { processInbox, type ProcessInboxDeps } from "../../src/sharing/record/process-inbox.ts";
import { randomOf, type RandomSource } from "../simulation/random-source.ts";
import { createTestApp, type TestApp } from "../support/create-test-app.ts";
import { faultOfText, MEMORY_LIMIT } from "./checks.ts";
import { spoiledBytes, spoiledText } from "./mutate.ts";
import type { Finding, Outcome } from "./run-fuzz.ts";
import { IDENTITY } from "./shares.ts";
import { deliveryOf } from "./webhook-corpus.ts";

const BODY_LIMIT = 4 * 1024 * 1024;

interface HttpCase {
  seed: number;
  body: Buffer;
  isSigned: boolean;
  headers: Record<string, string>;
  path: string;
}

const LYING_HEADERS: readonly Record<string, string>[] = [
  {},
  {},
  {},
  { "content-encoding": "gzip" },
  { "content-encoding": "br, deflate, gzip, gzip" },
  { "content-type": "application/x-www-form-urlencoded" },
  { "content-type": "text/html; charset=utf-7" },
  { "x-hub-signature": "sha1=00" },
  { "x-request-id": "../../etc/passwd" },
  { "x-http-method-override": "DELETE" },
];

/**
 * Real webhooks through the real route: HTTP, signature, inbox, and the processing that follows; on a
 * database, batch by batch.
 */
export async function fuzzHttp({
  seed,
  count,
  batch = 200,
}: {
  seed: number;
  count: number;
  batch?: number;
}): Promise<Outcome> {
  const app = await createTestApp({ API_RATE_LIMIT: "0" });
  const pool = new Pool(app.url, { connections: 16 });
  try {
    const keyring = await openKeyring(app.deps, app.config.encryptionKey);
    const outcome: Outcome = { count: 0, cases: 0, findings: [] };
    for (let from = seed; outcome.count < count && outcome.findings.length < 5; from += batch) {
      const size = Math.min(batch, count - outcome.count);
      // Every fifth batch holds only deliveries without Meta's signature: nothing may change by it.
      const isForged = (from - seed) % (5 * batch) === 4 * batch;
      const cases = Array.from({ length: size }, (_, index) => caseOf(from + index, app, isForged));
      const found = await runBatch(app, pool, keyring, cases, isForged);
      // The state of the shares depends on all batches so far, so a replay begins where this run did.
      const replay = { seed, count: outcome.count + size };
      outcome.findings.push(...found.map((finding) => ({ ...finding, replay })));
      outcome.count += size;
      outcome.cases += 1;
    }
    return outcome;
  } finally {
    await pool.close();
    await app.stop();
  }
}

function caseOf(seed: number, app: TestApp, isForged: boolean): HttpCase {
  const random = randomOf(seed);
  const body = bodyOf(random, Math.floor(app.deps.clock.now() / 1000));
  const isSigned = !isForged && random.chance(0.8);
  const signature = isSigned ? app.sign(body) : forgedSignature(random, app, body);
  return {
    seed,
    body,
    isSigned,
    headers: {
      ...random.pick(LYING_HEADERS),
      ...(signature !== null && { "x-hub-signature-256": signature }),
    },
    path: random.chance(0.9)
      ? "/webhooks/meta"
      : random.pick(["/webhooks/meta/", "/webhooks/meta/default", "/webhooks/meta?a=1"]),
  };
}

function bodyOf(random: RandomSource, timeS: number): Buffer {
  const delivery = deliveryOf((items) => random.pick(items), timeS);
  if (random.chance(0.001))
    return Buffer.alloc(random.pick([3_000_000, BODY_LIMIT, BODY_LIMIT + 1]), random.pick([32, 91, 0]));
  if (random.chance(0.001)) return manyNotices(delivery, random.pick([500, 20_000]));
  if (random.chance(0.05)) return gzipSync(JSON.stringify(delivery));
  return spoiledBytes(random, random.chance(0.1) ? JSON.stringify(delivery) : spoiledText(random, delivery));
}

/** Millions of notices would be a denial of service by Meta itself. These concern no known share. */
function manyNotices(delivery: Record<string, unknown>, count: number): Buffer {
  const change = { field: "messages", value: { messaging_product: "whatsapp" } };
  const entry = [{ id: "100000000000001", time: 1, changes: Array.from({ length: count }, () => change) }];
  return Buffer.from(JSON.stringify({ ...delivery, entry }));
}

function forgedSignature(random: RandomSource, app: TestApp, body: Buffer): string | null {
  const right = app.sign(body);
  return random.pick([
    null,
    "",
    "sha256=",
    right.replace("sha256", "sha1"),
    right.slice(0, -1),
    `${right}0`,
    `${right}, ${right}`,
    right.slice("sha256=".length),
    app.sign(body, "another secret"),
    app.sign(Buffer.concat([body, Buffer.from(" ")])),
    `sha256=${"0".repeat(64)}`,
    `sha256=${"g".repeat(64)}`,
    "x".repeat(5000),
  ]);
}

/** A value that has not the form of a signature is refused before the body is measured. */
const statusOf = ({ body, isSigned, headers }: HttpCase): number => {
  if (!/^sha256=[0-9a-f]{64}$/.test(headers["x-hub-signature-256"] ?? "")) return 401;
  return body.length > BODY_LIMIT ? 413 : isSigned ? 200 : 401;
};

async function runBatch(
  app: TestApp,
  pool: Pool,
  keyring: Keyring,
  cases: HttpCase[],
  isForged: boolean,
): Promise<Finding[]> {
  const before = await digestOf(app);
  const statuses = await Promise.all(cases.map((input) => post(pool, input)));
  const findings = cases.flatMap((input, index) =>
    statuses[index] === statusOf(input)
      ? []
      : [findingOf(input, `answered ${statuses[index]}, expected ${statusOf(input)}`)],
  );
  for (const fault of await sendTorn(app, randomOf(cases[0]?.seed ?? 0)))
    findings.push(wholeBatch(cases, fault));
  const kept = cases.filter((input) => statusOf(input) === 200).length;
  const after = await digestOf(app);
  if (after.inbox - before.inbox !== kept)
    findings.push(wholeBatch(cases, `kept ${after.inbox - before.inbox} of ${kept}`));
  findings.push(...(await processAll(app, keyring, cases)));
  if (isForged && JSON.stringify(await digestOf(app)) !== JSON.stringify(before))
    findings.push(wholeBatch(cases, "something changed without a valid signature"));
  for (const fault of await faultsOfShares(app)) findings.push(wholeBatch(cases, fault));
  await app.database.db.query("delete from observation");
  await app.database.db.query("delete from inbox");
  return findings;
}

async function post(pool: Pool, { path, headers, body }: HttpCase): Promise<number> {
  const answer = await pool.request({ method: "POST", path, headers, body });
  await answer.body.dump();
  return answer.statusCode;
}

const TORN = [
  "POST /webhooks/meta HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{",
  "POST /webhooks/meta HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n{}",
  "POST /webhooks/meta HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
  "POST /webhooks/meta HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
  "POST /webhooks/meta HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
  "POST /webhooks/meta HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n{}",
  "POST /webhooks/meta HTTP/9.9\r\n\r\n",
  "POST /webhooks/meta\r\n\r\n",
  "\0\0\0\0",
  "GET /webhooks/meta?hub.mode=subscribe&hub.challenge=%0d%0aSet-Cookie:x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
];

/**
 * Requests that no library would send, each torn off somewhere. The server must survive them without a 5xx.
 */
async function sendTorn(app: TestApp, random: RandomSource): Promise<string[]> {
  const text = random.pick(TORN);
  const answer = await sendRaw(
    Number(new URL(app.url).port),
    random.chance(0.5) ? text : text.slice(0, random.between(0, text.length)),
  );
  const faults = /^HTTP\/1\.1 5/.test(answer)
    ? [`${JSON.stringify(text)} was answered ${answer.slice(0, 20)}`]
    : [];
  const health = await app.ask("GET", "/healthz");
  return health.status === 200
    ? faults
    : [...faults, `after ${JSON.stringify(text)} the server is not healthy`];
}

function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.end(text));
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    socket.on("error", () => resolve(answer));
    socket.on("close", () => resolve(answer));
  });
}

async function processAll(app: TestApp, keyring: Keyring, cases: HttpCase[]): Promise<Finding[]> {
  const failed: { id: string; error: unknown }[] = [];
  const deps: ProcessInboxDeps = {
    ...app.deps,
    keyring,
    identityOf: () => IDENTITY,
    processingFailed: (id, error) => void failed.push({ id, error }),
  };
  await processInbox(deps);
  const findings: Finding[] = [];
  for (const { id, error } of failed) {
    const input = await caseBehind(app, keyring, id, cases);
    const why =
      error instanceof Error ? (error.stack ?? "").split("\n").slice(0, 4).join(" ") : String(error);
    findings.push(input === undefined ? wholeBatch(cases, why) : findingOf(input, `not processed: ${why}`));
  }
  const [left] = await app.database.db.query<{ count: number }>(
    "select count(*)::int as count from inbox where processed_at is null or outcome = 'failed'",
  );
  if (failed.length === 0 && left?.count !== 0)
    findings.push(wholeBatch(cases, `${left?.count} webhooks were not processed`));
  return findings;
}

async function caseBehind(
  app: TestApp,
  keyring: Keyring,
  id: string,
  cases: HttpCase[],
): Promise<HttpCase | undefined> {
  const [row] = await app.database.db.query<{ data_key_id: string; sealed: Buffer }>(
    "select data_key_id, sealed from inbox where id = $1",
    [id],
  );
  if (row === undefined) return undefined;
  const of = { dataKeyId: row.data_key_id, sealed: row.sealed };
  const body = await keyring.open(app.database.db, inboxContextOf("default"), of);
  return cases.find((input) => input.body.equals(body));
}

/** Everything that a webhook could change. */
async function digestOf(
  app: TestApp,
): Promise<{ inbox: number; shares: string; entries: number; journal: number }> {
  const [row] = await app.database.db.query<{
    inbox: number;
    shares: string;
    entries: number;
    journal: number;
  }>(
    `select (select count(*)::int from inbox) as inbox, (select count(*)::int from observation) as entries,
       (select count(*)::int from journal) as journal,
       (select count(*) || ':' || sum(version) || ':' || md5(string_agg(record::text, '' order by asset_id))
       from share) as shares`,
  );
  if (row === undefined) throw new Error("No digest");
  return row;
}

/** The state of the shares, and whether every interface can still render it. */
async function faultsOfShares(app: TestApp): Promise<string[]> {
  const [row] = await app.database.db.query<{ longest: number }>(
    "select max(length(record::text))::int as longest from share",
  );
  const faults =
    (row?.longest ?? 0) > MEMORY_LIMIT ? [`a share's record has ${row?.longest} characters`] : [];
  const asked = [
    "/api/v1/wabas?limit=100",
    "/api/v1/wabas/100000000000001",
    "/api/v1/wabas/100000000000001/timeline?limit=100",
    "/api/v1/wabas/100000000000999/timeline?limit=100",
  ];
  for (const path of asked) {
    const answer = await app.ask("GET", path);
    if (answer.status >= 500) faults.push(`${path} is answered ${answer.status}`);
    const fault = faultOfText(JSON.stringify(answer.body));
    if (fault !== null && !path.includes("timeline")) faults.push(`${path} holds ${fault}`);
  }
  return faults;
}

const findingOf = ({ seed, body, headers }: HttpCase, fault: string): Finding => ({
  target: "http",
  seed,
  fault,
  story: [JSON.stringify(headers).slice(0, 300), JSON.stringify(body.toString("latin1").slice(0, 800))],
});

const wholeBatch = (cases: HttpCase[], fault: string): Finding => ({
  target: "http",
  seed: cases[0]?.seed ?? 0,
  fault,
  story: [`a batch of ${cases.length}, after all that came before it`],
});
