import { createHmac } from "node:crypto";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { pino } from "pino";
import { parseConfig, type Config } from "../../src/config/parse-config.ts";
import { openKeyring } from "../../src/credentials/open-keyring.ts";
import { saveConnection } from "../../src/directory/connection-store.ts";
import { startEmulator, type Emulator, type Seed } from "../../src/emulator/start-emulator.ts";
import { serveHttp } from "../../src/http/server/serve-http.ts";
import { openInboxQueue } from "../../src/inbox/receive-webhook.ts";
import { systemRandom } from "../../src/lib/random.ts";
import { openChannelKeys } from "../../src/messaging/keys/open-channel-keys.ts";
import { ObservedMessages } from "../../src/messaging/gateway/observed-messages.ts";
import { watchClientTokens } from "../../src/messaging/gateway/watch-client-tokens.ts";
import { watchRefusals } from "../../src/messaging/gateway/watch-refusals.ts";
import { createGraphClient } from "../../src/meta/graph-client.ts";
import { importWabas } from "../../src/onboarding/import/import-wabas.ts";
import { recordCompanions } from "../../src/coexistence/record-companions.ts";
import { recordTransitions } from "../../src/recovery/record-transitions.ts";
import { watchReshareLinks } from "../../src/recovery/watch-reshare-links.ts";
import { recordEpisodes } from "../../src/sharing/episodes/record-episodes.ts";
import { GateCache } from "../../src/sharing/gate/gate-cache.ts";
import type { SignupDeps } from "../../src/onboarding/signup-deps.ts";
import { signupTermsOf } from "../../src/onboarding/signup-terms.ts";
import { SYSTEM } from "../../src/sharing/record/record-observation.ts";
import type { VerifyDeps } from "../../src/sharing/probe/verify-share.ts";
import { testDatabase, type TestDatabase } from "./database.ts";

export const ADMIN = "sandbox-admin-key";
export const OURS = { "X-API-Key": ADMIN };

/**
 * The whole HTTP side over a real database and the emulated Meta, with the seeded world imported while all
 * shares stand. No loops run.
 */
export interface HttpApp {
  url: string;
  database: TestDatabase;
  emulator: Emulator;
  config: Config;
  deps: VerifyDeps;
  /** What the steps of a signup need: no loop takes them here. */
  signups: SignupDeps;
  gate: GateCache;
  /** What was logged, as text. */
  logged(): string;
  /** Asks with the admin key unless other headers are given. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Freezes, advances or sets the clock of both the test app and its Meta. */
  setClock(wish: { mode?: "real" | "frozen"; advance_ms?: number; now?: string }): Promise<void>;
  sign(body: string | Buffer, secret?: string): string;
  stop(): Promise<void>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // The tests read deep into answers whose shape is what they test.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

export async function openHttpApp(env: Record<string, string> = {}, seed?: Seed): Promise<HttpApp> {
  const ending: (() => Promise<unknown> | void)[] = [];
  const database = await testDatabase();
  ending.push(() => database.drop());
  const { db } = database;
  const assumed = parseConfig({ PORT: "0", EMULATOR_PORT: "0", ...env }, "sandbox");
  const emulator = await startEmulator({ ...emulatorSettingsOf(assumed), ...(seed && { seed }) });
  ending.push(() => emulator.stop());
  const at = { META_GRAPH_URL: emulator.url, META_BUSINESS_SUITE_URL: emulator.url };
  const config = parseConfig({ PORT: "0", ...at, ...env }, "sandbox");
  const lines: string[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });
  const parts = { db, clock: emulator.clock, random: systemRandom };
  const keyring = await openKeyring(parts, config.encryptionKey);
  const account = accountOf(config, emulator);
  ending.push(() => account.graph.close());
  await saveConnection(db, connectionOf(config));
  const links = await watchReshareLinks(parts, () => undefined);
  ending.push(() => links.close());
  const deps: VerifyDeps = {
    ...parts,
    companionCountdownMs: config.companionCountdownMs,
    onTransitions: async (tx, turns) => {
      await recordTransitions({ ...parts, ...config }, tx, turns);
      await recordCompanions(tx, turns);
      await recordEpisodes(tx, turns);
    },
    sweepPeriodMs: config.sweepPeriodMs,
    wake: () => undefined,
    keyring,
    accountOf: () => account,
  };
  await importWabas(deps, account, SYSTEM);
  const clientTokens = await watchClientTokens({ db, keyring }, () => undefined);
  ending.push(() => clientTokens.close());
  const gate = new GateCache(db, parts.clock, config.partnerName, async (assetIds) => {
    await Promise.all([links.refresh(assetIds), clientTokens.refresh(assetIds)]);
  });
  await gate.load();
  const channelKeys = await openChannelKeys({ db }, () => undefined);
  ending.push(() => channelKeys.close());
  const inboxQueue = openInboxQueue({ db });
  ending.push(() => inboxQueue.drain());
  const world = {
    version: "0.0.0",
    hubDir: join(tmpdir(), "no-hub-here"),
    sandbox: { apiKey: ADMIN, emulatorUrl: emulator.url },
  };
  const signups: SignupDeps = {
    ...deps,
    keyring,
    termsOf: () => signupTermsOf(config),
    wakeSignups: () => undefined,
  };
  const http = await serveHttp({
    ...signups,
    config,
    world,
    log,
    inboxQueue,
    gate,
    channelKeys,
    clientTokens,
    observed: new ObservedMessages(),
    refusals: watchRefusals({ ...deps, log, gate }),
    links,
    loopsOf: () => [],
  });
  ending.push(() => http.stop());
  const url = `http://127.0.0.1:${http.port}`;
  return {
    url,
    database,
    emulator,
    config,
    deps,
    signups,
    gate,
    logged: () => lines.join(""),
    ask: (method, path, body, headers = OURS) => ask(url + path, method, body, headers),
    setClock: async (wish) => {
      const answer = await ask(`${emulator.url}/_emulator/clock`, "POST", wish, {});
      if (answer.status !== 200) throw new Error(`the clock is not set: ${JSON.stringify(answer.body)}`);
    },
    sign: (body, secret = config.metaAppSecret) =>
      `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    stop: async () => {
      for (const end of ending.splice(0).reverse()) await end();
    },
  };
}

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
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
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

function accountOf(config: Config, emulator: Emulator): NonNullable<ReturnType<VerifyDeps["accountOf"]>> {
  const { metaGraphVersion: graphVersion, metaAppSecret: appSecret } = config;
  return {
    connectionId: "default",
    businessId: config.partnerBusinessId,
    appId: config.metaAppId,
    systemUserId: config.metaSystemUserId,
    token: config.metaSystemUserToken,
    graph: createGraphClient({ graphUrl: emulator.url, graphVersion, clock: emulator.clock, appSecret }),
  };
}

function connectionOf(config: Config): Parameters<typeof saveConnection>[1] {
  return {
    id: "default",
    businessId: config.partnerBusinessId,
    appId: config.metaAppId,
    systemUserId: config.metaSystemUserId,
    graphVersion: config.metaGraphVersion,
    partnerName: config.partnerName,
    publicUrl: null,
    mode: config.mode,
  };
}
