import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { parseConfig } from "../../src/config/parse-config.ts";
import type { Database } from "../../src/database/database.ts";
import { systemRandom } from "../../src/lib/random.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox.ts";
import { prepareDataDir } from "./database.ts";
import { freshDatabase } from "./fresh-database.ts";
import { call, type Answer } from "./http-call.ts";
import { until } from "./until.ts";

export const ADMIN_KEY = "sandbox-admin-key";
export const APP_SECRET = "sandbox-app-secret";
export const PARTNER = "734443296905665";

/** A message body as a client's program sends it. */
export const GREETING = {
  messaging_product: "whatsapp",
  to: "+15550001111",
  type: "text",
  text: { body: "Your bouquet is on its way" },
};

/** What `npm start` runs, on free ports: seen only over HTTP, as people and programs outside see it. */
export interface TestSandbox {
  url(): string;
  emulatorUrl(): string;
  dataDir: string;
  api(method: string, path: string, body?: unknown): Promise<Answer>;
  emulator(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Does one thing as the client or Meta would; fails unless the emulator did it. */
  act(action: string, of: Record<string, unknown>): Promise<string[]>;
  fault(rule: Record<string, unknown>): Promise<void>;
  clearFaults(): Promise<void>;
  advance(ms: number): Promise<void>;
  send(phoneNumberId: string, key?: string): Promise<Answer>;
  waba(wabaId: string): Promise<Answer["body"]>;
  check(wabaId: string): Promise<Answer["body"]>;
  /** Waits until the WABA has this status and, when given, this reason; resolves with how many ms it took. */
  untilStatus(wabaId: string, status: string, reason?: string | null, withinMs?: number): Promise<number>;
  /**
   * Posts to the webhook address as Meta would, signed with the app's secret unless another signature is
   * given.
   */
  webhook(body: unknown, signature?: string): Promise<Answer>;
  timeline(wabaId: string): Promise<Answer["body"][]>;
  /** Messages that reached Meta from this number. */
  sentToMeta(phoneNumberId: string): Promise<Answer["body"][]>;
  logged(): string;
  /** The settings it was started with. */
  env: Record<string, string>;
  /** Its database, for values that no API shows. */
  database(): Database;
  /** Stops it and leaves its data. */
  halt(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function openSandbox(env: Record<string, string> = {}, hubDir?: string): Promise<TestSandbox> {
  const dataDir = mkdtempSync(join(tmpdir(), "sharekeeper-journey-"));
  const database = await freshDatabase();
  if (database === undefined) await prepareDataDir(dataDir);
  const lines: string[] = [];
  const settings = {
    PORT: "0",
    EMULATOR_PORT: "0",
    DATA_DIR: dataDir,
    ...(database && { DATABASE_URL: database.url }),
    ...env,
  };
  const start = (): Promise<Sandbox> => {
    return startSandbox(parseConfig(settings, "sandbox"), {
      random: systemRandom,
      log: pino({ level: "warn" }, { write: (line: string) => void lines.push(line) }),
      version: "0.0.0",
      hubDir: hubDir ?? join(dataDir, "no-hub"),
    });
  };
  let ended: Promise<void> | undefined;
  /** Once, however often it is stopped: a test may have stopped it before its file does. */
  const end = (): Promise<void> =>
    (ended ??= (async () => {
      await database?.drop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
    })());
  let sandbox: Sandbox | undefined = await start().catch(async (error: unknown) => {
    await end();
    throw error;
  });
  const running = (): Sandbox => {
    if (sandbox === undefined) throw new Error("The sandbox is stopped");
    return sandbox;
  };
  const halt = async (): Promise<void> => {
    const ending = sandbox;
    sandbox = undefined;
    await ending?.stop();
  };
  const at = {
    dataDir,
    url: () => `http://127.0.0.1:${running().app.port}`,
    emulatorUrl: () => running().emulator.url,
  };
  return {
    ...at,
    ...callsOf(at),
    logged: () => lines.join(""),
    env: settings,
    database: () => running().app.deps.db,
    halt,
    restart: async () => {
      await halt();
      sandbox = await start();
    },
    stop: async () => {
      await halt();
      await end();
    },
  };
}

type Calls = Omit<
  TestSandbox,
  "url" | "emulatorUrl" | "dataDir" | "database" | "logged" | "env" | "halt" | "restart" | "stop"
>;

/** Everything that goes over the wire. */
function callsOf(at: { url(): string; emulatorUrl(): string }): Calls {
  const api: Calls["api"] = (method, path, body) =>
    call(method, `${at.url()}/api/v1${path}`, body, { "X-API-Key": ADMIN_KEY });
  const emulator: Calls["emulator"] = async (method, path, body) => {
    const answer = await call(method, `${at.emulatorUrl()}/_emulator${path}`, body);
    if (answer.status !== 200)
      throw new Error(`The emulator refused ${path}: ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const waba: Calls["waba"] = async (wabaId) => (await api("GET", `/wabas/${wabaId}`)).body;
  return {
    api,
    emulator,
    waba,
    act: async (action, of) => (await emulator("POST", "/actions", { action, ...of })).body.webhooks,
    fault: async (rule) => void (await emulator("POST", "/faults", rule)),
    clearFaults: async () => void (await emulator("DELETE", "/faults")),
    advance: async (ms) => void (await emulator("POST", "/clock", { advance_ms: ms })),
    send: (phoneNumberId, key = `sandbox-${phoneNumberId}`) =>
      call("POST", `${at.url()}/messages`, GREETING, { "D360-API-KEY": key }),
    check: async (wabaId) => (await api("POST", `/wabas/${wabaId}/check`)).body,
    untilStatus: async (wabaId, status, reason, withinMs) => {
      const isThere = async (): Promise<true | undefined> => {
        const seen = await waba(wabaId);
        return seen.status === status && (reason === undefined || seen.reason === reason) ? true : undefined;
      };
      return (await until(`${wabaId} ${status} ${reason ?? ""}`, isThere, withinMs)).tookMs;
    },
    webhook: (body, signature) => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const header = signature ?? signatureOf(text);
      return call(
        "POST",
        `${at.url()}/webhooks/meta`,
        text,
        header === "" ? {} : { "X-Hub-Signature-256": header },
      );
    },
    timeline: async (wabaId) => (await api("GET", `/wabas/${wabaId}/timeline?limit=100`)).body.data,
    sentToMeta: async (phoneNumberId) => {
      const { data } = (await emulator("GET", "/journal?kind=requests")).body;
      return data.filter(
        (entry: { method: string; path: string }) =>
          entry.method === "POST" && entry.path.endsWith(`/${phoneNumberId}/messages`),
      );
    },
  };
}

export function signatureOf(text: string, secret = APP_SECRET): string {
  return `sha256=${createHmac("sha256", secret).update(text).digest("hex")}`;
}

/**
 * Meta's `account_update` about a share, as the reference prints it: our portfolio outside, the WABA inside.
 */
export function accountUpdate(
  wabaId: string,
  event: string,
  more: {
    entryId?: string;
    time?: number;
    info?: Record<string, unknown>;
    value?: Record<string, unknown>;
  } = {},
): Record<string, unknown> {
  const value = { event, waba_info: { waba_id: wabaId, ...more.info }, ...more.value };
  const time = more.time ?? Math.floor(Date.now() / 1000);
  return {
    object: "whatsapp_business_account",
    entry: [{ id: more.entryId ?? PARTNER, time, changes: [{ field: "account_update", value }] }],
  };
}
