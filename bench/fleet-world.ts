/**
 * The parts of the fleet bench: Meta with so many WABAs, Sharekeepers over one database, and the past of a
 * fleet.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Pool } from "undici";
import type { Database } from "../src/database/database.ts";
import type { Ask } from "./fleet-child.ts";

export const SECRET = "secret";
export const ADMIN = "bench-admin-key";

export interface Process {
  url: string;
  pool: Pool;
  /** ms until it answered. */
  startMs: number;
  ask<T>(what: Ask | { what: "gate" }): Promise<T>;
  stop(): Promise<void>;
}

const CONNECTIONS = 32;
/** Our portfolio in the emulated Meta. */
export const PARTNER = "734443296905665";

export async function startMeta(wabaCount: number): Promise<Process> {
  const execArgv = ["--expose-gc", "--max-old-space-size=10000"];
  const child = fork(new URL("./emulator-child.ts", import.meta.url), ["emulator", String(wabaCount)], {
    execArgv,
  });
  const [ready] = (await once(child, "message")) as [{ url: string; startMs: number }];
  const pool = new Pool(ready.url, { connections: CONNECTIONS });
  // Whether a reading of the listing keeps Meta's limits is a question of the plan
  // (docs/reference/probe-plan.md), not of this machine's speed.
  await post(pool, "/_emulator/knobs", { limits: false });
  // The first question about a large world makes its index: 11 s of a million, longer than a Sharekeeper
  // waits for an answer.
  const own = { authorization: "Bearer EAAsystem" };
  await call(pool, "GET", `/v25.0/${PARTNER}/client_whatsapp_business_accounts?limit=1`, null, own);
  return {
    ...ready,
    pool,
    ask: () => Promise.reject(new Error("Meta answers no such questions")),
    stop: async () => {
      await pool.destroy();
      child.disconnect();
      await once(child, "exit");
    },
  };
}

/** A Sharekeeper whose sweep does not come while something is measured (fleet-child.ts). */
export async function startSharekeeper(databaseUrl: string, graphUrl: string): Promise<Process> {
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    PORT: "0",
    META_GRAPH_URL: graphUrl,
    META_APP_SECRET: SECRET,
    META_SYSTEM_USER_TOKEN: "EAAsystem",
    ADMIN_API_KEY: ADMIN,
    API_RATE_LIMIT: "0",
  };
  const execArgv = ["--expose-gc", "--max-old-space-size=10000"];
  const child = fork(new URL("./fleet-child.ts", import.meta.url), [], { env, execArgv });
  const ready = await answerOf<{ startMs: number; port: number }>(child);
  const url = `http://127.0.0.1:${ready.port}`;
  const pool = new Pool(url, { connections: CONNECTIONS, headersTimeout: 600_000 });
  return {
    url,
    pool,
    startMs: ready.startMs,
    ask: (what) => {
      child.send(what);
      return answerOf(child);
    },
    stop: async () => {
      await pool.destroy();
      child.send({ what: "stop" });
      await once(child, "exit");
    },
  };
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const done = new AbortController();
  const { signal } = done;
  const exited = once(child, "exit", { signal }).then(() => [{ error: "The process ended" }]);
  const answered = once(child, "message", { signal });
  exited.catch(() => undefined);
  answered.catch(() => undefined);
  const [message] = (await Promise.race([answered, exited])) as [{ value: T; error?: string }];
  done.abort();
  if (message.error !== undefined) throw new Error(message.error);
  return message.value;
}

export interface Reply {
  status: number;
  ms: number;
  bytes: number;
  // Answers of a dozen calls are read through it; their shapes are the API's, held by its own tests.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

export async function post(
  pool: Pool,
  path: string,
  body: object | string,
  more: Record<string, string> = {},
): Promise<Reply> {
  return call(pool, "POST", path, typeof body === "string" ? body : JSON.stringify(body), more);
}

export async function call(
  pool: Pool,
  method: "GET" | "POST",
  path: string,
  body: string | null = null,
  more: Record<string, string> = {},
): Promise<Reply> {
  const from = performance.now();
  const headers = {
    "X-API-Key": ADMIN,
    ...(body !== null && { "content-type": "application/json" }),
    ...more,
  };
  const answer = await pool.request({ method, path, headers, body });
  const text = await answer.body.text();
  if (answer.statusCode >= 300)
    throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`);
  const isJson = String(answer.headers["content-type"]).includes("json");
  const ms = performance.now() - from;
  return { status: answer.statusCode, ms, bytes: text.length, body: isJson ? JSON.parse(text) : text };
}

const MONTH_MS = 30 * 86_400_000;

/**
 * What probes wrote in the month since the import: each WABA gets the result of a real probe of the first
 * one, with its own number, and the import lies a month back. Real probes of a million WABAs take hours; what
 * one costs is measured by itself.
 */
export async function liveThroughMonth(db: Database, now: number): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query(`create temporary table known on commit drop as
    select share.asset_id, 'num_' || substr(waba.meta_id, 3) as number_id,
      '20' || substr(waba.meta_id, 3) as phone
    from share join meta_id waba on waba.owner_id = share.asset_id and waba.type = 'waba'
    where share.record -> 'numbers' = '{}'`);
    await tx.query(`insert into number (id, connection_id, asset_id, display_phone_number, verified_name,
      profile)
    select number_id, 'default', asset_id, '+1 555 ' || right(phone, 7), 'Shop ' || right(phone, 7), '{}'
    from known`);
    await tx.query(`insert into meta_id (connection_id, type, meta_id, owner_id, valid_from)
    select 'default', 'phone_number', phone, number_id, to_timestamp(0) from known`);
    await tx.query(
      `update share
        set record = jsonb_set(jsonb_set(probed.record, '{repair,at}', to_jsonb($1::bigint)), '{numbers}',
         jsonb_build_object(known.number_id, jsonb_set(probed.number, '{phoneNumberId}',
           to_jsonb(known.phone)))),
       kind = probed.kind, status = probed.status, severity = probed.severity, reason = probed.reason,
       who_must_act = probed.who_must_act, since = probed.since, last_proven_at = probed.last_proven_at,
       next_probe_at = to_timestamp($2::bigint / 1000)
     from known, (select share.*, (select value from jsonb_each(share.record -> 'numbers') limit 1) as number
     from share
       where share.record -> 'numbers' <> '{}' and status = 'live' limit 1) as probed
     where share.asset_id = known.asset_id`,
      [now - MONTH_MS, now + MONTH_MS],
    );
    await tx.query("update share set next_probe_at = to_timestamp($1::bigint / 1000)", [now + MONTH_MS]);
  });
  for (const table of ["share", "number", "meta_id", "asset", "client", "journal", "observation"])
    await db.query(`vacuum analyze ${table}`);
}
