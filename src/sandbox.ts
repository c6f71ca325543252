import { join } from "node:path";
import { startApp, type App, type World } from "./app.ts";
import type { Config } from "./config/parse-config.ts";
import { lockDataDir } from "./database/data-dir-lock.ts";
import { findNumbersOf } from "./directory/number-store.ts";
import { startEmulator, type Emulator, type EmulatorSettings } from "./emulator/start-emulator.ts";
import { systemClock } from "./lib/clock.ts";
import { startStopwatch } from "./lib/stopwatch.ts";
import { withoutUndefined } from "./lib/without-undefined.ts";
import { importChannelKey } from "./messaging/keys/import-channel-key.ts";
import { importWabas } from "./onboarding/import/import-wabas.ts";
import { checkShare } from "./sharing/probe/check-share.ts";
import type { MetaAccount } from "./sharing/probe/meta-account.ts";
import { SYSTEM } from "./sharing/record/record-observation.ts";
import type { VerifyDeps } from "./sharing/probe/verify-share.ts";

export interface Sandbox {
  app: App;
  emulator: Emulator;
  stop(): Promise<void>;
}

/**
 * Sharekeeper and the Meta emulator in one process, over the seeded world. On the first start the WABAs are
 * imported while all shares exist. Afterwards the losses are played with their webhooks, so that names and
 * causes are known.
 */
export async function startSandbox(
  config: Config,
  world: Omit<World, "clock" | "sandbox">,
): Promise<Sandbox> {
  await using starting = new AsyncDisposableStack();
  const parts = await build(config, world, starting);
  const started = starting.move();
  return { ...parts, stop: () => started.disposeAsync() };
}

async function build(
  config: Config,
  world: Omit<World, "clock" | "sandbox">,
  disposers: AsyncDisposableStack,
): Promise<Omit<Sandbox, "stop">> {
  const emulator = await openEmulator(config, {
    seedStage: "before_losses",
    callbackUrl: config.port === 0 ? null : webhooksUrl(config.host, config.port),
  });
  disposers.defer(() => emulator.stop());
  // A sandbox is ready when the channel keys of its world work, which come last.
  let isSettled = false;
  const app = await startApp(withEmulator(config, emulator.url), {
    ...world,
    clock: emulator.clock,
    sandbox: { apiKey: config.adminApiKey, emulatorUrl: emulator.url },
    isOpen: () => isSettled,
    prepare: (deps, account) => importOnce(deps, account, emulator),
  });
  disposers.defer(() => app.stop());
  emulator.subscribe(webhooksUrl(config.host, app.port));
  emulator.onClockReset(app.clockWasSetBack);
  await settleWorld(app, emulator);
  isSettled = true;
  return { app, emulator };
}

/**
 * The emulator over the world in DATA_DIR, locked: two emulators on one world would overwrite each other.
 *
 * @throws StartError that names who holds it
 */
export async function openEmulator(
  config: Config,
  more: Pick<EmulatorSettings, "seed" | "seedStage" | "callbackUrl">,
): Promise<Emulator> {
  const lock = lockDataDir(config.dataDir, systemClock, "emulator-world");
  try {
    const emulator = await startEmulator({
      ...more,
      port: config.emulatorPort,
      host: config.emulatorHost,
      ...withoutUndefined({ providerKind: config.emulatorProviderKind }),
      worldFile: join(config.dataDir, "emulator-world.json"),
      partnerBusinessId: config.partnerBusinessId,
      partnerName: config.partnerName,
      appId: config.metaAppId,
      appSecret: config.metaAppSecret,
      systemUserId: config.metaSystemUserId,
      systemUserToken: config.metaSystemUserToken,
      verifyToken: config.metaWebhookVerifyToken,
    });
    const stop = emulator.stop.bind(emulator);
    emulator.stop = () => stop().finally(() => lock.release());
    return emulator;
  } catch (error) {
    lock.release();
    throw error;
  }
}

const webhooksUrl = (host: string, port: number): string => `http://${host}:${port}/webhooks/meta`;

/** The emulator may have got any free port: addresses that were not set by hand follow it. */
function withEmulator(config: Config, emulatorUrl: string): Config {
  const assumed = `:${config.emulatorPort}`;
  const follow = (url: string): string =>
    new URL(url).host.endsWith(assumed) ? url.replace(new URL(url).origin, emulatorUrl) : url;
  return {
    ...config,
    metaGraphUrl: follow(config.metaGraphUrl),
    metaBusinessSuiteUrl: follow(config.metaBusinessSuiteUrl),
    metaSdkUrl: follow(config.metaSdkUrl),
    metaDialogOrigins: config.metaDialogOrigins.map((origin) => new URL(follow(origin)).origin),
  };
}

const SETTLE_BOUND_MS = 20_000;

/**
 * The first start imports everything that is shared, while all shares exist. An interrupted start is
 * continued.
 */
async function importOnce(deps: VerifyDeps, account: MetaAccount, emulator: Emulator): Promise<void> {
  const known = await deps.db.query("select 1 from share limit 1");
  if (known.length === 0 || !emulator.lossesPlayed) await importWabas(deps, account, SYSTEM);
}

/** Plays the losses once, and waits until every share has its expected status. */
async function settleWorld(app: App, emulator: Emulator): Promise<void> {
  const { clock } = app.deps;
  if (!emulator.lossesPlayed) {
    await emulator.playLosses();
    const elapsedMs = startStopwatch();
    while (elapsedMs() < SETTLE_BOUND_MS && !(await areLossesSeen(app))) await clock.pause(50);
  }
  await importSandboxKeys(app);
}

/** The statuses after the seeded losses. */
const AFTER_THE_LOSSES: Record<string, string> = {
  "100000000000004": "permission_removed",
  "100000000000005": "permission_removed",
  "100000000000006": "permission_removed",
  "100000000000007": "discovered",
};

async function areLossesSeen(app: App): Promise<boolean> {
  const rows = await app.deps.db.query<{ asset_id: string; meta_id: string; status: string }>(
    `select share.asset_id, waba.meta_id, share.status from share
       join meta_id waba on waba.owner_id = share.asset_id and waba.type = 'waba'
         and waba.valid_until is null`,
  );
  const statusOf = new Map(rows.map((row) => [row.meta_id, row.status]));
  const open = Object.entries(AFTER_THE_LOSSES).filter(([wabaId, status]) => statusOf.get(wabaId) !== status);
  // Only a probe finds a loss without a webhook: it runs now, so that nobody has to wait for the sweep.
  for (const [wabaId] of open) {
    const row = rows.find((candidate) => candidate.meta_id === wabaId);
    if (row !== undefined) await checkShare(app.deps, { assetId: row.asset_id, by: SYSTEM });
  }
  return open.length === 0;
}

/** Every seeded number has the channel key `sandbox-<phone number id>`. */
async function importSandboxKeys(app: App): Promise<void> {
  const assets = await app.deps.db.query<{ asset_id: string }>("select asset_id from share");
  const numbers = await findNumbersOf(
    app.deps.db,
    assets.map((row) => row.asset_id),
  );
  for (const number of numbers)
    await importChannelKey(
      { db: app.deps.db, clock: app.deps.clock, random: app.deps.random, channelKeys: app.channelKeys },
      {
        connectionId: number.connectionId,
        numberId: number.id,
        key: `sandbox-${number.phoneNumberId}`,
        label: "sandbox",
      },
    );
}
