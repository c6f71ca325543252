import { createHmac } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { startApp, type App, type World } from "../../src/app.ts";
import { parseConfig, type Config } from "../../src/config/parse-config.ts";
import { startEmulator, type Emulator, type Seed } from "../../src/emulator/start-emulator.ts";
import { systemRandom } from "../../src/lib/random.ts";
import { importWabas } from "../../src/onboarding/import/import-wabas.ts";
import { SYSTEM } from "../../src/sharing/record/record-observation.ts";
import { testDatabase, type TestDatabase } from "./database.ts";

export const ADMIN = "sandbox-admin-key";
export const OURS = { "X-API-Key": ADMIN };

/**
 * The product, composed by `startApp`, over a database of the test's own and the emulated Meta. The seeded
 * world is imported while all shares stand. No loop runs, so a test does each step itself.
 */
export interface TestApp extends Pick<App, "deps" | "signups" | "gate" | "messenger"> {
  url: string;
  database: TestDatabase;
  emulator: Emulator;
  config: Config;
  /** What was logged, as text. */
  logged(): string;
  /** Asks with the admin key unless other headers are given. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Freezes, advances or sets the clock of both the test app and its Meta. */
  setClock(wish: { mode?: "real" | "frozen"; advance_ms?: number; now?: string }): Promise<void>;
  sign(body: string | Buffer, secret?: string): string;
  /** Starts another instance over the same database, and returns its address. It stops with this app. */
  startAnother(): Promise<string>;
  stop(): Promise<void>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // The tests read deep into answers whose shape is what they test.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

/** @param wallClock "emulator": sessions, links of people and streams go by the emulator's clock, too */
export async function createTestApp(
  env: Record<string, string> = {},
  seed?: Seed,
  wallClock: "emulator" | "machine" = "machine",
): Promise<TestApp> {
  await using starting = new AsyncDisposableStack();
  const database = await testDatabase();
  starting.defer(() => database.drop());
  const assumed = parseConfig({ PORT: "0", EMULATOR_PORT: "0", ...env }, "sandbox");
  const emulator = await startEmulator({ ...emulatorSettingsOf(assumed), ...(seed && { seed }) });
  starting.defer(() => emulator.stop());
  const at = { META_GRAPH_URL: emulator.url, META_BUSINESS_SUITE_URL: emulator.url };
  const config = parseConfig({ PORT: "0", ...at, ...env }, "sandbox");
  const lines: string[] = [];
  const world: World = {
    clock: emulator.clock,
    ...(wallClock === "emulator" && { wallClock: emulator.clock }),
    random: systemRandom,
    log: pino({ level: "debug" }, { write: (line: string) => void lines.push(line) }),
    version: "0.0.0",
    hubDir: join(tmpdir(), "no-hub-here"),
    sandbox: { apiKey: ADMIN, emulatorUrl: emulator.url },
    db: database.db,
    background: "none",
  };
  const app = await startApp(config, {
    ...world,
    prepare: async (deps, account) => void (await importWabas(deps, account, SYSTEM)),
  });
  starting.defer(() => app.stop());
  const { deps, signups, gate, messenger } = app;
  const url = urlOf(app);
  const started = starting.move();
  return {
    url,
    database,
    emulator,
    config,
    deps,
    signups,
    gate,
    messenger,
    logged: () => lines.join(""),
    ask: (method, path, body, headers = OURS) => ask(url + path, method, body, headers),
    setClock: async (wish) => {
      const answer = await ask(`${emulator.url}/_emulator/clock`, "POST", wish, {});
      if (answer.status !== 200) throw new Error(`the clock is not set: ${JSON.stringify(answer.body)}`);
    },
    sign: (body, secret = config.metaAppSecret) =>
      `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    startAnother: async () => {
      const another = await startApp(config, world);
      started.defer(() => another.stop());
      return urlOf(another);
    },
    stop: () => started.disposeAsync(),
  };
}

const urlOf = ({ port }: App): string => `http://127.0.0.1:${port}`;

async function ask(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const type: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await fetch(url, { method, headers: { ...type, ...headers }, ...sent });
  const text = await response.text();
  const isJson = /^application\/(\w+\+)?json\b/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

function emulatorSettingsOf(config: Config): Parameters<typeof startEmulator>[0] {
  return {
    port: 0,
    seedStage: "before_losses",
    partnerBusinessId: config.partnerBusinessId,
    partnerName: config.partnerName,
    appId: config.metaAppId,
    appSecret: config.metaAppSecret,
    systemUserId: config.metaSystemUserId,
    systemUserToken: config.metaSystemUserToken,
    verifyToken: config.metaWebhookVerifyToken,
    callbackUrl: null,
  };
}
