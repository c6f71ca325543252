import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { startApp, type App } from "../../src/app.ts";
import { OWN_SECRETS } from "../support/own-secrets.ts";
import { parseConfig, type Config } from "../../src/config/parse-config.ts";
import type { Sql } from "../../src/database/database.ts";
import { findNumbersOf } from "../../src/directory/number-store.ts";
import { startEmulator, type Emulator } from "../../src/emulator/start-emulator.ts";
import { systemRandom } from "../../src/lib/random.ts";
import { importChannelKey } from "../../src/messaging/keys/import-channel-key.ts";
import { importWabas } from "../../src/onboarding/import/import-wabas.ts";
import { SYSTEM } from "../../src/sharing/record/record-observation.ts";
import { startCommand } from "../support/command.ts";
import { call, type Answer } from "../support/http-call.ts";
import { PARTNER } from "../support/sandbox.ts";
import { instanceUrlsOf, type InstanceUrls } from "./instance-urls.ts";
import { openDatabaseLine, type DatabaseLine } from "./database-line.ts";

/** One whole Sharekeeper in this process, over a line of its own to the common database. */
export interface Instance extends InstanceUrls {
  app: App;
  line: DatabaseLine;
  logged(): string;
  stop(): Promise<void>;
}

/** One whole Sharekeeper in a process of its own, which can be ended or killed. */
export interface ServingProcess extends InstanceUrls {
  /** Resolves when the process has ended; what it wrote to stderr is its log. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<{ code: number | null; stderr: string }>;
}

/** Several instances over one PostgreSQL and one emulated Meta, whose shares all stand. */
export interface Fleet {
  emulator: Emulator;
  control(method: string, path: string, body?: unknown): Promise<Answer>;
  start(): Promise<Instance>;
  /**
   * Starts `sharekeeper serve`. The shares and their channel keys must be there: an instance of this process
   * takes them in.
   */
  startProcess(): Promise<ServingProcess>;
  /** Meta's webhooks go there from now on. */
  deliverTo(instance: InstanceUrls): void;
  stop(): Promise<void>;
}

/**
 * These tests send more messages than a number may: they search for lost messages, not for postponed ones.
 */
const SETTINGS = {
  PORT: "0",
  EMULATOR_PORT: "0",
  LOG_LEVEL: "warn",
  THROUGHPUT_LIMITS: "off",
  API_RATE_LIMIT: "0",
  ...OWN_SECRETS,
};

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
  const processes = new Set<ServingProcess>();
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
    startProcess: async () => {
      const settings = { ...settingsOf(assumed), ...SETTINGS, ...at, DATABASE_URL: databaseUrl, ...env };
      const process = await startProcess(settings, assumed.metaAppSecret);
      processes.add(process);
      return process;
    },
    deliverTo: ({ url }) => emulator.subscribe(`${url}/webhooks/meta`),
    stop: async () => {
      for (const instance of [...running]) await instance.stop();
      await Promise.all([...processes].map((process) => process.end("SIGKILL")));
      await emulator.stop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** What `serve` has no default for, as the sandbox has it. */
function settingsOf(config: Config): Record<string, string> {
  return {
    // The port that listens takes the place of 0.
    PUBLIC_URL: "http://127.0.0.1:0",
    PARTNER_NAME: config.partnerName,
    PARTNER_BUSINESS_ID: config.partnerBusinessId,
    META_APP_ID: config.metaAppId,
    META_SYSTEM_USER_ID: config.metaSystemUserId,
    META_CONFIG_ID: config.metaConfigId,
    SWEEP_PERIOD_S: String(config.sweepPeriodMs / 1000),
  };
}

async function startProcess(settings: Record<string, string>, appSecret: string): Promise<ServingProcess> {
  const command = startCommand(["serve", "--json"], settings);
  const { hub = "" } = await command.ready;
  return {
    ...instanceUrlsOf(hub, appSecret),
    end: (signal) => {
      command.kill(signal);
      return command.ended;
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
  return {
    ...instanceUrlsOf(`http://127.0.0.1:${app.port}`, config.metaAppSecret),
    app,
    line,
    logged: () => lines.join(""),
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
export async function countMarks(db: Sql, prefix: string): Promise<Map<string, number>> {
  const rows = await db.query<{ mark: string; count: number }>(
    `select evidence ->> 'event' as mark, count(*)::int as count from observation
     where kind = 'hint' and evidence ->> 'event' like $1 group by 1`,
    [`${prefix}%`],
  );
  return new Map(rows.map(({ mark, count }) => [mark, count]));
}
