import type { Logger } from "pino";
import type { Config } from "./config/parse-config.ts";
import { openKeyring } from "./credentials/open-keyring.ts";
import { migrate } from "./database/migrate.ts";
import { openDatabase } from "./database/open-database.ts";
import { saveConnection, type Connection } from "./directory/connection-store.ts";
import { ensureInboxPartitions } from "./inbox/ensure-inbox-partitions.ts";
import { openInboxQueue } from "./inbox/receive-webhook.ts";
import type { Clock } from "./lib/clock.ts";
import type { Keyring } from "./lib/keyring.ts";
import type { LoopState } from "./lib/loop.ts";
import type { Random } from "./lib/random.ts";
import { startLoops, type LoopName } from "./loops.ts";
import { createGraphClient } from "./meta/graph-client.ts";
import { openChannelKeys, type OpenChannelKeys } from "./messaging/open-channel-keys.ts";
import { openMissingLinks } from "./recovery/open-reshare-link.ts";
import { recordTurn } from "./recovery/record-turn.ts";
import { watchReshareLinks } from "./recovery/watch-reshare-links.ts";
import { GateCache } from "./sharing/gate-cache.ts";
import type { MetaAccount } from "./sharing/meta-account.ts";
import { hastenLooks } from "./sharing/share-store.ts";
import { createSweeper } from "./sharing/sweep-shares.ts";
import { SYSTEM } from "./sharing/record-observation.ts";
import type { VerifyDeps } from "./sharing/verify-share.ts";
import { createMetrics } from "./http/metrics.ts";
import { serveHttp } from "./http/serve-http.ts";

/** What the outside gives: time, randomness, the log, and in the sandbox what its sign-in page tells. */
export interface World {
  clock: Clock;
  random: Random;
  log: Logger;
  version: string;
  hubDir: string;
  sandbox: { apiKey: string; emulatorUrl: string } | null;
  /** Runs once before any background work: what it takes in, nobody finds by chance. */
  prepare?(deps: VerifyDeps, account: MetaAccount): Promise<void>;
}

export interface App {
  port: number;
  deps: VerifyDeps;
  channelKeys: OpenChannelKeys;
  account: MetaAccount;
  /** The clock was set back: what is due by the old time is due now. */
  clockWasSetBack(): void;
  /** Ends in the reverse order of the start: no more requests, then no more work, then the database. */
  stop(): Promise<void>;
}

/** Every part once, in order. Rejects with StartError when one cannot start; then nothing is left running. */
export async function startApp(config: Config, world: World): Promise<App> {
  const ending: (() => Promise<unknown> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    return { ...(await build(config, world, ending)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Ending = (() => Promise<unknown> | void)[];

async function build(config: Config, world: World, ending: Ending): Promise<Omit<App, "stop">> {
  const ground = await openGround(config, world, ending);
  const { deps, account } = ground;
  await world.prepare?.(deps, account);
  const work = await startWork(ground, config, world, ending);
  const { woken } = ground;
  const { loops, ...parts } = work;
  const loopsOf = (): LoopState[] => [...loops.values()].map((loop) => loop.state());
  const http = await serveHttp({ ...deps, ...ground, ...parts, config, world, log: world.log, loopsOf });
  ending.push(() => http.stop());
  return {
    port: http.port,
    deps,
    channelKeys: work.channelKeys,
    account,
    clockWasSetBack: () => {
      hastenLooks(deps.db, world.clock.now()).then(deps.wake, (error: unknown) =>
        world.log.error({ err: error }, "looks were not hastened"),
      );
      woken.get("listing")?.();
    },
  };
}

/** What everything stands on: the database with its schema, the keys, and Meta. */
interface Ground {
  deps: VerifyDeps;
  keyring: Keyring;
  account: MetaAccount;
  /** How to wake a loop, once it runs. */
  woken: Map<LoopName, () => void>;
}

async function openGround(config: Config, { clock, random }: World, ending: Ending): Promise<Ground> {
  const db = await openDatabase({ databaseUrl: config.databaseUrl, dataDir: config.dataDir });
  ending.push(() => db.close());
  await migrate(db, clock);
  const keyring = await openKeyring({ db, clock, random }, config.encryptionKey);
  await saveConnection(db, connectionOf(config), clock.now());
  await ensureInboxPartitions({ db }, clock.now());
  const graph = createGraphClient({
    graphUrl: config.metaGraphUrl,
    graphVersion: config.metaGraphVersion,
    clock,
    appSecret: config.metaAppSecret,
  });
  ending.push(() => graph.close());
  const account = accountOf(config, graph);
  const woken = new Map<LoopName, () => void>();
  const deps: VerifyDeps = {
    db,
    clock,
    random,
    sweepPeriodMs: config.sweepPeriodMs,
    accountOf: (connectionId) => (connectionId === account.connectionId ? account : undefined),
    onTurn: (tx, share, turn) => recordTurn({ random, ...config }, tx, share, turn),
    wake: () => {
      for (const name of ["looks", "gate"] as const) woken.get(name)?.();
    },
  };
  return { deps, keyring, account, woken };
}

/** What runs: the gate's memory, the keys in memory, the way into the inbox, and the loops that notices wake. */
async function startWork(ground: Ground, config: Config, { clock, log }: World, ending: Ending) {
  const { deps, keyring, account, woken } = ground;
  const { db } = deps;
  const links = await watchReshareLinks({ db, clock }, (error) =>
    log.warn({ err: error }, "a re-share link notice was missed"),
  );
  ending.push(() => links.close());
  await openMissingLinks({ ...deps, ...config, links }, SYSTEM);
  const gate = new GateCache(db, clock, config.partnerName, links.learn);
  await gate.load();
  const channelKeys = await openChannelKeys({ db }, (error) =>
    log.warn({ err: error }, "a channel key notice was missed"),
  );
  ending.push(() => channelKeys.close());
  const inboxQueue = openInboxQueue({ db });
  ending.push(() => inboxQueue.drain());
  const metrics = createMetrics({ db, clock });
  const sweeper = createSweeper(deps, {
    finished: () => {
      metrics.countLook("sweep");
      woken.get("looks")?.();
    },
    failed: (assetId, error) =>
      log.error({ asset: assetId, err: error }, "a look failed; it is due again when its lease has ended"),
  });
  const identity = { businessId: config.partnerBusinessId, appId: config.metaAppId };
  const loops = startLoops(clock, {
    ...deps,
    log,
    keyring,
    gate,
    channelKeys,
    links,
    sweeper,
    identityOf: (connectionId) => (connectionId === account.connectionId ? identity : undefined),
    processingFailed: (inboxId, error) =>
      log.error({ inbox: inboxId, err: error }, "a webhook could not be processed; it is tried again"),
    connectionIds: [account.connectionId],
  });
  ending.push(async () => {
    await Promise.all([...loops.values()].map((loop) => loop.stop()));
    await sweeper.drain();
  });
  for (const [name, loop] of loops) woken.set(name, loop.wake);
  ending.push(await db.listen("journal", () => woken.get("gate")?.()));
  ending.push(await db.listen("inbox", () => woken.get("inbox")?.()));
  return { gate, channelKeys, links, inboxQueue, metrics, loops };
}

/** The environment describes the connection `default`. */
function connectionOf(config: Config): Connection {
  return {
    id: "default",
    businessId: config.partnerBusinessId,
    appId: config.metaAppId,
    systemUserId: config.metaSystemUserId,
    graphVersion: config.metaGraphVersion,
    partnerName: config.partnerName,
    publicUrl: config.publicUrl ?? null,
    mode: config.mode,
  };
}

function accountOf(config: Config, graph: MetaAccount["graph"]): MetaAccount {
  return {
    connectionId: "default",
    businessId: config.partnerBusinessId,
    appId: config.metaAppId,
    systemUserId: config.metaSystemUserId,
    token: config.metaSystemUserToken,
    graph,
  };
}
