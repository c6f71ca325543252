import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { startApp, type App } from "../../src/app.ts";
import { parseConfig, type Config } from "../../src/config/parse-config.ts";
import { findNumbersOf } from "../../src/directory/directory-store.ts";
import { startEmulator, type Emulator } from "../../src/emulator/start-emulator.ts";
import { systemRandom } from "../../src/lib/random.ts";
import { importChannelKey } from "../../src/messaging/import-channel-key.ts";
import { importWabas } from "../../src/onboarding/import-wabas.ts";
import { SYSTEM } from "../../src/sharing/record-observation.ts";
import { call, type Answer } from "../support/http-call.ts";
import { ADMIN_KEY, GREETING, PARTNER } from "../support/sandbox.ts";
import { openDatabaseLine, type DatabaseLine } from "./database-line.ts";

/** One whole Sharekeeper, over a line of its own to the common database. */
export interface Instance {
  app: App;
  line: DatabaseLine;
  url: string;
  logged(): string;
  api(method: string, path: string, body?: unknown): Promise<Answer>;
  send(phoneNumberId: string): Promise<Answer>;
  /** Posts bytes to the webhook door, signed as Meta signs. */
  webhook(body: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

/** Several instances over one PostgreSQL and one emulated Meta, whose shares all stand. */
export interface Fleet {
  emulator: Emulator;
  control(method: string, path: string, body?: unknown): Promise<Answer>;
  start(): Promise<Instance>;
  /** Meta's webhooks go there from now on. */
  deliverTo(instance: Instance): void;
  stop(): Promise<void>;
}

const SETTINGS = { PORT: "0", EMULATOR_PORT: "0", LOG_LEVEL: "warn" };

/** @param databaseUrl an empty database of PostgreSQL's */
export async function openFleet(databaseUrl: string, env: Record<string, string> = {}): Promise<Fleet> {
  const dataDir = mkdtempSync(join(tmpdir(), "sharekeeper-fleet-"));
  const assumed = parseConfig({ ...SETTINGS, ...env, DATA_DIR: dataDir }, "sandbox");
  const emulator = await startEmulator({
    port: 0,
    seedStage: "before_losses",
    callbackUrl: null,
    partnerBusinessId: assumed.partnerBusinessId,
    partnerName: assumed.partnerName,
    appId: assumed.metaAppId,
    appSecret: assumed.metaAppSecret,
    systemUserId: assumed.metaSystemUserId,
    systemUserToken: assumed.metaSystemUserToken,
    verifyToken: assumed.metaWebhookVerifyToken,
  });
  const running = new Set<Instance>();
  const at = { META_GRAPH_URL: emulator.url, META_BUSINESS_SUITE_URL: emulator.url, DATA_DIR: dataDir };
  return {
    emulator,
    control: (method, path, body) => call(method, `${emulator.url}/_emulator${path}`, body),
    start: async () => {
      const line = await openDatabaseLine(databaseUrl);
      const config = parseConfig({ ...SETTINGS, ...at, DATABASE_URL: line.url, ...env }, "sandbox");
      const instance = await startInstance(config, line, emulator, () => running.delete(instance));
      running.add(instance);
      return instance;
    },
    deliverTo: ({ url }) => emulator.subscribe(`${url}/webhooks/meta`),
    stop: async () => {
      for (const instance of [...running]) await instance.stop();
      await emulator.stop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function startInstance(
  config: Config,
  line: DatabaseLine,
  emulator: Emulator,
  stopped: () => void,
): Promise<Instance> {
  const lines: string[] = [];
  const app = await startApp(config, {
    clock: emulator.clock,
    random: systemRandom,
    log: pino({ level: "warn" }, { write: (text: string) => void lines.push(text) }),
    version: "0.0.0",
    hubDir: join(config.dataDir, "no-hub"),
    sandbox: null,
    prepare: async (deps, account) => {
      if ((await deps.db.query("select 1 from share limit 1")).length === 0)
        await importWabas(deps, account, SYSTEM);
    },
  });
  await importKeys(app);
  const url = `http://127.0.0.1:${app.port}`;
  const sign = (text: string): string =>
    `sha256=${createHmac("sha256", config.metaAppSecret).update(text).digest("hex")}`;
  return {
    app,
    line,
    url,
    logged: () => lines.join(""),
    api: (method, path, body) => call(method, `${url}/api/v1${path}`, body, { "X-API-Key": ADMIN_KEY }),
    send: (phoneNumberId) =>
      call("POST", `${url}/messages`, GREETING, {
        "D360-API-KEY": `sandbox-${phoneNumberId}`,
        Connection: "close",
      }),
    webhook: (body) => {
      const text = JSON.stringify(body);
      const headers = { "X-Hub-Signature-256": sign(text), Connection: "close" };
      return call("POST", `${url}/webhooks/meta`, text, headers);
    },
    stop: async () => {
      await app.stop();
      await line.close();
      stopped();
    },
  };
}

async function importKeys(app: App): Promise<void> {
  const { db, clock, random } = app.deps;
  if ((await db.query("select 1 from channel_key limit 1")).length > 0) return;
  const assets = await db.query<{ asset_id: string }>("select asset_id from share");
  for (const number of await findNumbersOf(
    db,
    assets.map((row) => row.asset_id),
  ))
    await importChannelKey(
      { db, clock, random, channelKeys: app.channelKeys },
      {
        connectionId: number.connectionId,
        numberId: number.id,
        key: `sandbox-${number.phoneNumberId}`,
        label: "sandbox",
      },
    );
}

/** An event that says nothing of the share and stands on the timeline by its own name. */
export function markedEvent(wabaId: string, mark: string, timeS: number): Record<string, unknown> {
  const value = { event: mark, waba_info: { waba_id: wabaId } };
  return {
    object: "whatsapp_business_account",
    entry: [{ id: PARTNER, time: timeS, changes: [{ field: "account_update", value }] }],
  };
}

/** How often each mark is on the timelines. */
export async function countMarks(instance: Instance, prefix: string): Promise<Map<string, number>> {
  const rows = await instance.app.deps.db.query<{ mark: string; count: number }>(
    `select evidence ->> 'event' as mark, count(*)::int as count from observation
     where kind = 'hint' and evidence ->> 'event' like $1 group by 1`,
    [`${prefix}%`],
  );
  return new Map(rows.map(({ mark, count }) => [mark, count]));
}
