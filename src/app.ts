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
import { startLoops, startOrdinaryJobs, type LoopDeps, type LoopName } from "./loops.ts";
import { createGraphClient } from "./meta/graph-client.ts";
import { openChannelKeys, type OpenChannelKeys } from "./messaging/keys/open-channel-keys.ts";
import { IMPORT_NOTICE } from "./onboarding/import/import-store.ts";
import { ObservedMessages } from "./messaging/gateway/observed-messages.ts";
import { saveKeyUses } from "./messaging/keys/save-key-uses.ts";
import { saveObservedMessages } from "./messaging/gateway/save-observed-messages.ts";
import { watchRefusals } from "./messaging/gateway/watch-refusals.ts";
import { watchClientTokens } from "./messaging/gateway/watch-client-tokens.ts";
import type { SignupDeps } from "./onboarding/signup-deps.ts";
import { signupTermsOf } from "./onboarding/signup-terms.ts";
import { openMissingLinks } from "./recovery/open-reshare-link.ts";
import { recordCompanions } from "./coexistence/record-companions.ts";
import { recordEchoes } from "./coexistence/record-echoes.ts";
import { recordTransitions } from "./recovery/record-transitions.ts";
import { watchReshareLinks } from "./recovery/watch-reshare-links.ts";
import type { OwnDoor } from "./connection/check-webhooks.ts";
import { WEBHOOK_CHECK_OUTCOMES, type WebhookCheck } from "./connection/webhook-check.ts";
import { GateCache } from "./sharing/gate/gate-cache.ts";
import type { MetaAccount } from "./sharing/probe/meta-account.ts";
import { createRefusedFields } from "./sharing/probe/refused-fields.ts";
import { recordEpisodes } from "./sharing/episodes/record-episodes.ts";
import { forgetFuture } from "./connection/forget-future.ts";
import { hastenUnjudged } from "./sharing/record/share-store.ts";
import { openProbeBudget, type ProbeBudget } from "./sharing/budget/open-probe-budget.ts";
import { createSweeper } from "./sharing/probe/sweep-shares.ts";
import { SYSTEM } from "./sharing/record/record-observation.ts";
import type { VerifyDeps } from "./sharing/probe/verify-share.ts";
import { watchTrouble, type TroubleListener } from "./sharing/incidents/watch-trouble.ts";
import { INCIDENT_NOTICE } from "./sharing/incidents/incident-store.ts";
import { createMetrics } from "./reports/create-metrics.ts";
import { serveHttp } from "./http/server/serve-http.ts";

/** What the outside gives: time, randomness, the log, and in the sandbox what its sign-in page tells. */
export interface World {
  clock: Clock;
  random: Random;
  log: Logger;
  version: string;
  hubDir: string;
  sandbox: { apiKey: string; emulatorUrl: string } | null;
  /** False until what follows the start is done; `/readyz` says so. */
  isOpen?: () => boolean;
  /** Runs once before any background work: what it takes in, nobody finds by chance. */
  prepare?(deps: VerifyDeps, account: MetaAccount): Promise<void>;
}

export interface App {
  port: number;
  deps: VerifyDeps;
  channelKeys: OpenChannelKeys;
  /** The gate of every number, as this instance knows it. */
  gate: GateCache;
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
  const http = await serveHttp({
    ...ground.signups,
    ...ground,
    ...parts,
    config,
    world,
    log: world.log,
    loopsOf,
    isOpen: world.isOpen,
  });
  ending.push(() => http.stop());
  ground.openDoor(http.port);
  woken.get("webhooks")?.();
  return {
    port: http.port,
    deps,
    channelKeys: work.channelKeys,
    gate: work.gate,
    account,
    clockWasSetBack: () => {
      forgetFuture(deps).catch((error: unknown) =>
        world.log.error({ err: error }, "what lies ahead of the clock was not forgotten"),
      );
      for (const name of ["listing", "app_activity", "webhooks", "incidents"] as const) woken.get(name)?.();
    },
  };
}

/** What everything stands on: the database with its schema, the keys, and Meta. */
interface Ground {
  deps: VerifyDeps;
  /** The same, with what the steps of a signup need. */
  signups: SignupDeps;
  keyring: Keyring;
  account: MetaAccount;
  /** Where Meta finds us, once our door is open on this port. */
  doorOf(connectionId: string): OwnDoor | null;
  openDoor(port: number): void;
  /** How to wake a loop, once it runs. */
  woken: Map<LoopName, () => void>;
}

async function openGround(config: Config, { clock, random, log }: World, ending: Ending): Promise<Ground> {
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
  const budget = openProbeBudget({ db, clock, sweepPeriodMs: config.sweepPeriodMs });
  const account = accountOf(config, graph, budget);
  const woken = new Map<LoopName, () => void>();
  const trouble = watchTrouble(
    { db, clock, random, sweepPeriodMs: config.sweepPeriodMs },
    announceIncidents(log, (name) => woken.get(name)?.()),
  );
  const deps: VerifyDeps = {
    db,
    clock,
    random,
    keyring,
    sweepPeriodMs: config.sweepPeriodMs,
    budget,
    trouble,
    accountOf: (connectionId) => (connectionId === account.connectionId ? account : undefined),
    companionCountdownMs: config.companionCountdownMs,
    answeredLate: (asset, late) => log.info({ asset, late }, "an answer that came too late was dropped"),
    onTransitions: async (tx, turns) => {
      await recordTransitions({ random, ...config }, tx, turns);
      await recordCompanions(tx, turns);
      await recordEpisodes(tx, turns);
    },
    wake: () => {
      for (const name of ["probes", "gate"] as const) woken.get(name)?.();
    },
  };
  const signups: SignupDeps = {
    ...deps,
    keyring,
    termsOf: (connectionId) => (connectionId === account.connectionId ? signupTermsOf(config) : undefined),
    wakeSignups: () => woken.get("signups")?.(),
  };
  return { deps, signups, keyring, account, woken, ...doorOf(config) };
}

/** Our door, as Meta should know it. An address that was made from PORT 0 has the port that listens. */
function doorOf(config: Config): Pick<Ground, "doorOf" | "openDoor"> {
  let port: number | null = null;
  const { publicUrl, metaWebhookVerifyToken: verifyToken, metaAppSecret: appSecret } = config;
  const addressOf = (base: string): string => base.replace(/:0$/, () => `:${port ?? 0}`);
  return {
    openDoor: (listening) => void (port = listening),
    doorOf: (connectionId) => {
      if (port === null || connectionId !== "default") return null;
      const callbackUrl = publicUrl === undefined ? null : `${addressOf(publicUrl)}/webhooks/meta`;
      return { callbackUrl, verifyToken, appSecret, mayWrite: config.mode === "enforce" };
    },
  };
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
  const clientTokens = await watchClientTokens({ db, keyring }, (error) =>
    log.warn({ err: error }, "a client token notice was missed"),
  );
  ending.push(() => clientTokens.close());
  const observed = new ObservedMessages();
  ending.push(() => saveObservedMessages({ db, observed }));
  const gate = new GateCache(db, clock, config.partnerName, async (assetIds) => {
    await Promise.all([links.learn(assetIds), clientTokens.learn(assetIds)]);
  });
  await gate.load();
  await hastenUnjudged(db, clock.now());
  const refusals = watchRefusals({ ...deps, log, gate });
  const channelKeys = await openChannelKeys({ db }, (error) =>
    log.warn({ err: error }, "a channel key notice was missed"),
  );
  ending.push(async () => {
    await saveKeyUses({ ...deps, channelKeys });
    await channelKeys.close();
  });
  const inboxQueue = openInboxQueue({ db });
  ending.push(() => inboxQueue.drain());
  const metrics = createMetrics({ db, clock, gate, budget: deps.budget });
  const backlog = { waits: false };
  const sweeper = createSweeper(deps, {
    mustGiveWay: () => backlog.waits,
    finished: () => {
      metrics.countProbe("sweep");
      woken.get("probes")?.();
    },
    failed: (assetId, error) =>
      log.error({ asset: assetId, err: error }, "a look failed; it is due again when its lease has ended"),
  });
  const identity = { businessId: config.partnerBusinessId, appId: config.metaAppId };
  const loopDeps: LoopDeps = {
    ...ground.signups,
    log,
    keyring,
    gate,
    channelKeys,
    clientTokens,
    observed,
    links,
    reshareLinkLifetimeMs: config.reshareLinkLifetimeMs,
    sweeper,
    backlog,
    doorOf: ground.doorOf,
    heard: (connectionId, webhookCheck) => announceWebhookCheck(log, connectionId, webhookCheck),
    identityOf: (connectionId) => (connectionId === account.connectionId ? identity : undefined),
    onFailedStatuses: refusals.failed,
    onEchoes: (echoes) => recordEchoes({ db, clock }, echoes),
    processingFailed: (inboxId, error) =>
      log.error({ inbox: inboxId, err: error }, "a webhook could not be processed; it is tried again"),
    connectionIds: [account.connectionId],
  };
  const loops = startLoops(clock, loopDeps);
  ending.push(async () => {
    await Promise.all([...loops.values()].map((loop) => loop.stop()));
    await sweeper.drain();
  });
  const jobs = startOrdinaryJobs(loopDeps);
  ending.push(() => jobs.stop());
  for (const [name, loop] of loops) woken.set(name, loop.wake);
  ending.push(await db.listen("journal", () => woken.get("gate")?.()));
  ending.push(await db.listen(IMPORT_NOTICE, () => woken.get("imports")?.()));
  ending.push(await db.listen(INCIDENT_NOTICE, () => woken.get("incidents")?.()));
  ending.push(await db.listen("inbox", () => woken.get("inbox")?.()));
  return { gate, channelKeys, clientTokens, observed, refusals, links, inboxQueue, metrics, loops };
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

function accountOf(config: Config, graph: MetaAccount["graph"], budget: ProbeBudget): MetaAccount {
  const own = {
    businessId: config.partnerBusinessId,
    appId: config.metaAppId,
    systemUserId: config.metaSystemUserId,
  };
  const token = config.metaSystemUserToken;
  return {
    connectionId: "default",
    ...own,
    token,
    graph: budget.countedGraph(graph, own),
    refused: createRefusedFields(),
  };
}

/** Each new word of our own ears, and each mend. */
function announceWebhookCheck(log: Logger, connectionId: string, webhookCheck: WebhookCheck): void {
  const isWell = WEBHOOK_CHECK_OUTCOMES[webhookCheck.outcome].ok;
  const words =
    webhookCheck.repairedAt === null ? "our own ears at Meta" : "our own ears at Meta were mended";
  log[isWell && webhookCheck.repairedAt === null ? "info" : "warn"](
    { connection: connectionId, webhookCheck },
    words,
  );
}

/** An incident is told once, and makes the listing be walked: it says which of the WABAs are lost indeed. */
function announceIncidents(log: Logger, wake: (name: LoopName) => void): TroubleListener {
  return {
    troubled: () => wake("incidents"),
    witnessesCalled: () => wake("probes"),
    opened: (incident) => {
      log.warn({ incident }, "many WABAs fail together; nothing is called removed on looks alone");
      wake("listing");
      // Whether it is our token or our app is asked at once.
      wake("webhooks");
    },
    ended: (incident) => {
      log.warn({ incident }, "the incident is over");
      wake("webhooks");
    },
  };
}
