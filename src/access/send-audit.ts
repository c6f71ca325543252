import { createSocket } from "node:dgram";
import { createConnection } from "node:net";
import { pino } from "pino";
import type { Database } from "../database/database.ts";
import { isFree, leaseFrom } from "../database/lease.ts";
import type { Clock } from "../lib/clock.ts";
import { EVERY_LINE, readAudit, type HashedRow } from "./audit-store.ts";

const BATCH = 500;
const LEASE_MS = 30_000;
const ANSWER_MS = 5_000;

/**
 * Sends the lines that the sink has not received, in order, each at least once. One instance sends at a time.
 * Rejects when the sink does not take them; the next round tries again, and no act ever waits for it.
 *
 * @param sink AUDIT_SINK: "off", "stdout", "udp://host:port" or "tcp://host:port"
 */
export async function sendAudit(
  { db, wallClock }: { db: Database; wallClock: Clock },
  sink: string,
  stopping: AbortSignal,
): Promise<void> {
  if (sink === "off") return;
  const lease = leaseFrom(wallClock.now(), LEASE_MS);
  const [held] = await db.query<{ sent_id: string }>(
    `update audit_sink set leased_until = $2 where ${isFree("leased_until", "$1", "$3")} returning sent_id`,
    [lease.now, lease.until, lease.latest],
  );
  if (held === undefined) return;
  try {
    let from = Number(held.sent_id);
    while (!stopping.aborted && wallClock.now() < lease.until.getTime() - 2 * ANSWER_MS) {
      const rows = await readAudit(db, EVERY_LINE, { order: "oldest", from, limit: BATCH });
      const last = rows.at(-1);
      if (last === undefined) return;
      await sendTo(sink, rows);
      from = last.id;
      await db.query("update audit_sink set sent_id = $1", [from]);
    }
  } finally {
    await db.query("update audit_sink set leased_until = null where leased_until = $1", [lease.until]);
  }
}

async function sendTo(sink: string, rows: readonly HashedRow[]): Promise<void> {
  if (sink === "stdout") return printLines(rows);
  const { protocol, hostname, port } = new URL(sink);
  const messages = rows.map((row) => Buffer.from(syslogOf(row)));
  if (protocol === "udp:") await sendDatagrams(hostname, Number(port), messages);
  else await sendStream(hostname, Number(port), messages);
}

const jsonOf = ({ hash, ...row }: HashedRow): string =>
  JSON.stringify({ type: "audit", ...row, hash: hash.toString("hex") });

function printLines(rows: readonly HashedRow[]): void {
  const output = pino.destination({ dest: 1, sync: true });
  for (const row of rows) output.write(`${jsonOf(row)}\n`);
}

/** RFC 5424: facility 13 (log audit), severity 6 (informational). */
const PRIORITY = 13 * 8 + 6;

function syslogOf(row: HashedRow): string {
  return `<${PRIORITY}>1 ${row.at} - sharekeeper - audit - ${jsonOf(row)}`;
}

async function sendDatagrams(host: string, port: number, messages: readonly Buffer[]): Promise<void> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  try {
    for (const message of messages)
      await new Promise<void>((resolve, reject) =>
        socket.once("error", reject).send(message, port, host, (error) => {
          socket.removeAllListeners("error");
          if (error) reject(error);
          else resolve();
        }),
      );
  } finally {
    socket.close();
  }
}

/** RFC 6587: each message after its length. Resolves when the server has closed in answer to our end. */
function sendStream(host: string, port: number, messages: readonly Buffer[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, timeout: ANSWER_MS });
    socket.once("error", reject);
    socket.once("timeout", () => socket.destroy(new Error(`${host}:${port} does not answer`)));
    socket.once("close", (failed) => !failed && resolve());
    socket.resume();
    for (const message of messages) socket.write(Buffer.concat([Buffer.from(`${message.length} `), message]));
    socket.end();
  });
}
