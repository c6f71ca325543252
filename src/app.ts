import type { Logger } from "pino";
import type { Config } from "./config/parse-config.ts";
import type { Messenger } from "./client-messages/open-messenger.ts";
import { openFirstAdminLink } from "./access/claim-first-admin.ts";
import { DATA_KEY_NOTICE } from "./credentials/data-key-store.ts";
import { forgetKeyringInstances } from "./credentials/keyring-instance-store.ts";
import { openKeyring, type OpenKeyring } from "./credentials/open-keyring.ts";
import { watchDataKeys, type WatchedDataKeys } from "./credentials/watch-data-keys.ts";
import type { Database } from "./database/database.ts";
import { migrate } from "./database/migrate.ts";
import { openDatabase } from "./database/open-database.ts";
import { saveConnection, type Connection } from "./directory/connection-store.ts";
import { ensureInboxPartitions } from "./inbox/ensure-inbox-partitions.ts";
import { openInboxQueue } from "./inbox/receive-webhook.ts";
import { systemClock, type Clock } from "./lib/clock.ts";
import type { Loop, LoopState } from "./lib/loop.ts";
import type { Random } from "./lib/random.ts";
import { logAuditHead, startLoops, startOrdinaryJobs, type LoopDeps, type LoopName } from "./loops.ts";
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
import { announceIncidents, announceWebhookCheck, dataKeyWarnings } from "./announce.ts";
import { findOwnFaults } from "./alerting/find-own-faults.ts";
import { recordEarlyWarnings } from "./alerting/record-early-warnings.ts";
import { endSnoozesOf } from "./cases/end-snoozes.ts";
import { incidentDataOf } from "./delivery/notice.ts";
import { planNotices } from "./delivery/plan-notices.ts";
import { recordTransitions } from "./recovery/record-transitions.ts";
import { watchReshareLinks } from "./recovery/watch-reshare-links.ts";
import type { OwnCallback } from "./connection/check-webhooks.ts";
import { GateCache } from "./sharing/gate/gate-cache.ts";
import type { MetaAccount } from "./sharing/probe/meta-account.ts";
import { createRefusedFields } from "./sharing/probe/refused-fields.ts";
import { findTokenDoubt } from "./connection/find-token-doubt.ts";
import { recordEpisodes } from "./sharing/episodes/record-episodes.ts";
import { forgetFuture } from "./connection/forget-future.ts";
import { hastenUnjudged } from "./sharing/record/share-store.ts";
import { openProbeBudget, type ProbeBudget } from "./sharing/budget/open-probe-budget.ts";
import { createSweeper } from "./sharing/probe/sweep-shares.ts";
import { SYSTEM } from "./sharing/record/record-observation.ts";
import type { VerifyDeps } from "./sharing/probe/verify-share.ts";
import { watchTrouble, type TroubleDeps } from "./sharing/incidents/watch-trouble.ts";
import { INCIDENT_NOTICE } from "./sharing/incidents/incident-store.ts";
import { SEALED_COLUMNS } from "./sealed-columns.ts";
import { createMetrics } from "./reports/create-metrics.ts";
import type { CountedAttempt } from "./delivery/record-attempts.ts";
import { openOutbound } from "./http/server/open-outbound.ts";
import { serveHttp } from "./http/server/serve-http.ts";

/** What comes from outside: time, randomness, the log, and in the sandbox what its sign-in page shows. */
export interface World {
  clock: Clock;
  random: Random;
  log: Logger;
  version: string;
  hubDir: string;
  sandbox: { apiKey: string; emulatorUrl: string } | null;
  /** For sessions, links of people and streams; the sandbox does not advance it. Default: the machine's. */
  wallClock?: Clock;
  /** False until the work after the start is done; `/readyz` reports it. */
  isOpen?: () => boolean;
  /** Runs once before any background work, so that no background work discovers what it imports. */
  prepare?(deps: VerifyDeps, account: MetaAccount): Promise<void>;
  /** An open database in place of the one of the settings. Whoever opened it closes it. */
  db?: Database;
  /**
   * "none": no loop and no job runs, and no probe is weighed against the rest of the fleet, which a loop
   * judges. Default: "all".
   */
  background?: "all" | "none";
}

export interface App {
  port: number;
  deps: VerifyDeps;
  /** The same, with what the steps of a signup need. */
  signups: SignupDeps;
  channelKeys: OpenChannelKeys;
  /** The gate of every number, as this instance knows it. */
  gate: GateCache;
  /** Writes to clients. */
  messenger: Messenger;
  account: MetaAccount;
  /** The page that makes the first administrator; null once one can sign in, and without passwords. */
  firstAdminUrl: string | null;
  /** The clock was set back: work that was due by the old time is due now. */
  clockWasSetBack(): void;
  /** Ends in the reverse order of the start: requests, then background work, then the database. */
  stop(): Promise<void>;
}

/**
 * Opens every part once, in order. Rejects with StartError when one cannot start; then nothing is left
 * running.
 */
export async function startApp(config: Config, world: World): Promise<App> {
  await using starting = new AsyncDisposableStack();
  const parts = await build(config, world, starting);
  const started = starting.move();
  return { ...parts, stop: () => started.disposeAsync() };
}

async function build(
  config: Config,
  world: World,
  disposers: AsyncDisposableStack,
): Promise<Omit<App, "stop">> {
  const resources = await openResources(config, world, disposers);
  const { deps, account } = resources;
  await world.prepare?.(deps, account);
  const parts = await openParts(resources, config, world, disposers);
  const loops =
    world.background === "none" ? [] : await startBackground(resources, parts, config, world, disposers);
  const { signups, woken } = resources;
  const loopsOf = (): LoopState[] => loops.map((loop) => loop.state());
  const http = await serveHttp({
    ...signups,
    ...resources,
    ...parts,
    config,
    world,
    log: world.log,
    loopsOf,
    isOpen: world.isOpen,
    ...(world.wallClock && { wallClock: world.wallClock }),
  });
  disposers.defer(() => http.stop());
  // Links of people go by the wall clock, as sessions do.
  const wall = { ...deps, clock: world.wallClock ?? systemClock };
  const firstAdmin = config.passwords ? await openFirstAdminLink(wall) : null;
  // Last: the first check of our webhooks begins now, and the sandbox subscribes right after this start.
  resources.setListenPort(http.port);
  woken.get("webhooks")?.();
  return {
    port: http.port,
    deps,
    signups,
    channelKeys: parts.channelKeys,
    gate: parts.gate,
    messenger: parts.messenger,
    account,
    firstAdminUrl: firstAdmin === null ? null : `${http.baseUrl}/sign-in#first_admin=${firstAdmin}`,
    clockWasSetBack: () => {
      forgetFuture(deps).catch((error: unknown) =>
        world.log.error({ err: error }, "could not reset times in the future after the clock was set back"),
      );
      for (const name of ["listing", "app_activity", "webhooks", "incidents"] as const) woken.get(name)?.();
    },
  };
}

/** The base of every part: the database with its schema, the keys, and Meta. */
interface Resources {
  deps: VerifyDeps;
  /** The same, with what the steps of a signup need. */
  signups: SignupDeps;
  keyring: OpenKeyring;
  dataKeys: WatchedDataKeys;
  account: MetaAccount;
  /** Our address for Meta's webhooks, once this server listens. */
  endpointOf(connectionId: string): OwnCallback | null;
  setListenPort(port: number): void;
  /** The port that this server listens on; null before it does. */
  portOf(): number | null;
  /** Wakes a loop, once it runs. */
  woken: Map<LoopName, () => void>;
}

async function openResources(
  config: Config,
  world: World,
  disposers: AsyncDisposableStack,
): Promise<Resources> {
  const { clock, random, log } = world;
  const db = world.db ?? (await openOwnDatabase(config, disposers));
  await migrate(db, clock);
  const keyring = await openKeyring(
    { db, clock, random },
    config.encryptionKey,
    config.encryptionKeyPrevious,
  );
  if (db.kind === "embedded") await forgetKeyringInstances(db);
  const dataKeys = await watchDataKeys({ db, random, keyring }, dataKeyWarnings(log));
  disposers.defer(() => dataKeys.close());
  await saveConnection(db, connectionOf(config));
  await ensureInboxPartitions({ db }, clock.now());
  const graph = createGraphClient({
    graphUrl: config.metaGraphUrl,
    graphVersion: config.metaGraphVersion,
    clock,
    appSecret: config.metaAppSecret,
  });
  disposers.defer(() => graph.close());
  const budget = openProbeBudget({ db, clock, sweepPeriodMs: config.sweepPeriodMs });
  const account = accountOf(config, graph, budget);
  const woken = new Map<LoopName, () => void>();
  const wakeLoop = (name: LoopName): void => woken.get(name)?.();
  const fleet: TroubleDeps = {
    ...{ db, clock, random, sweepPeriodMs: config.sweepPeriodMs },
    onIncident: (tx, type, incident) =>
      planNotices(tx, { clock, random }, [{ type, data: incidentDataOf(incident) }]),
  };
  const deps: VerifyDeps = {
    db,
    clock,
    random,
    keyring,
    sweepPeriodMs: config.sweepPeriodMs,
    budget,
    ...(world.background !== "none" && { trouble: watchTrouble(fleet, announceIncidents(log, wakeLoop)) }),
    accountOf: (connectionId) => (connectionId === account.connectionId ? account : undefined),
    companionCountdownMs: config.companionCountdownMs,
    repliedLate: (asset, late) => log.info({ asset, late }, "a stale reply was dropped"),
    onTransitions: async (tx, transitions) => {
      const links = await recordTransitions({ random, ...config }, tx, transitions);
      await recordCompanions(tx, transitions);
      const repairs = await recordEpisodes(tx, transitions);
      await endSnoozesOf(tx, transitions);
      if (await findTokenDoubt(tx, transitions)) wakeLoop("webhooks");
      return [...links, ...repairs];
    },
    wake: () => {
      for (const name of ["probes", "gate"] as const) wakeLoop(name);
    },
  };
  const signups: SignupDeps = {
    ...deps,
    keyring,
    termsOf: (connectionId) => (connectionId === account.connectionId ? signupTermsOf(config) : undefined),
    wakeSignups: () => woken.get("signups")?.(),
  };
  return { deps, signups, keyring, dataKeys, account, woken, ...endpointOf(config) };
}

async function openOwnDatabase(config: Config, disposers: AsyncDisposableStack): Promise<Database> {
  const db = await openDatabase({ databaseUrl: config.databaseUrl, dataDir: config.dataDir });
  disposers.defer(() => db.close());
  return db;
}

/** Our address, as Meta should know it. An address that was made from PORT 0 gets the actual port. */
function endpointOf(config: Config): Pick<Resources, "endpointOf" | "setListenPort" | "portOf"> {
  let port: number | null = null;
  const { publicUrl, metaWebhookVerifyToken: verifyToken, metaAppSecret: appSecret } = config;
  const withPort = (base: string): string => base.replace(/:0$/, () => `:${port ?? 0}`);
  return {
    setListenPort: (listening) => void (port = listening),
    portOf: () => port,
    endpointOf: (connectionId) => {
      if (port === null || connectionId !== "default") return null;
      const callbackUrl = publicUrl === undefined ? null : `${withPort(publicUrl)}/webhooks/meta`;
      return { callbackUrl, verifyToken, appSecret, mayWrite: config.mode === "enforce" };
    },
  };
}

/** Which notice of the database wakes which loop. */
const WAKING_NOTICES: readonly (readonly [channel: string, loop: LoopName])[] = [
  ["journal", "gate"],
  ["journal", "deliveries"],
  ["journal", "alerts"],
  [INCIDENT_NOTICE, "alerts"],
  ["journal", "client messages"],
  ["journal", "event stream"],
  [IMPORT_NOTICE, "imports"],
  [INCIDENT_NOTICE, "incidents"],
  ["inbox", "inbox"],
  [DATA_KEY_NOTICE, "key rotation"],
];

/** What is kept in memory and follows the database: the gate, links, tokens and keys; and the inbox. */
async function openParts(
  { deps, keyring, woken, portOf }: Resources,
  config: Config,
  world: World,
  disposers: AsyncDisposableStack,
) {
  const { clock, log } = world;
  const { db } = deps;
  const lost = (what: string) => (error: unknown) =>
    log.warn({ err: error }, `could not follow a ${what} notice`);
  const links = await watchReshareLinks({ db, clock }, lost("re-share link"));
  disposers.defer(() => links.close());
  await openMissingLinks({ ...deps, ...config, links }, SYSTEM);
  const clientTokens = await watchClientTokens({ db, keyring }, lost("client token"));
  disposers.defer(() => clientTokens.close());
  const observed = new ObservedMessages();
  disposers.defer(() => saveObservedMessages({ db, observed }));
  const gate = new GateCache(db, clock, config.partnerName, async (assetIds) => {
    await Promise.all([links.refresh(assetIds), clientTokens.refresh(assetIds)]);
  });
  await gate.load();
  await hastenUnjudged(db, clock.now());
  const refusals = watchRefusals({ ...deps, log, gate });
  const channelKeys = await openChannelKeys({ db }, lost("channel key"));
  disposers.defer(async () => {
    await saveKeyUses({ ...deps, channelKeys });
    await channelKeys.close();
  });
  const inboxQueue = openInboxQueue({ db });
  disposers.defer(() => inboxQueue.drain());
  const wakeLoop = (name: LoopName): void => woken.get(name)?.();
  const out = {
    ...{ ...deps, keyring, log, links, portOf, wakeLoop },
    onAttempts: (attempts: readonly CountedAttempt[]) => metrics.countAttempts(attempts),
  };
  const outbound = openOutbound(out, config, world, disposers);
  const metrics = createMetrics({ db, clock, gate, budget: deps.budget, ...outbound });
  return {
    ...{ gate, channelKeys, clientTokens, observed, refusals, links, inboxQueue, metrics },
    ...outbound,
  };
}

/** Starts the loops and the jobs, and has notices of the database wake the loops. */
async function startBackground(
  resources: Resources,
  parts: Awaited<ReturnType<typeof openParts>>,
  config: Config,
  { clock, log }: World,
  disposers: AsyncDisposableStack,
): Promise<Loop[]> {
  const { deps, account, woken } = resources;
  const { db } = deps;
  const backlog = { waits: false };
  const sweeper = createSweeper(deps, {
    mustGiveWay: () => backlog.waits,
    finished: () => {
      parts.metrics.countProbe("sweep");
      woken.get("probes")?.();
    },
    failed: (assetId, error) =>
      log.error({ asset: assetId, err: error }, "a probe failed; it is due again when its lease ends"),
  });
  const identity = { businessId: config.partnerBusinessId, appId: config.metaAppId };
  const versions = { graph: config.metaGraphVersion, signup: config.metaSignupVersion };
  const loopDeps: LoopDeps = {
    ...resources.signups,
    ...parts,
    log,
    keyring: resources.keyring,
    dataKeys: resources.dataKeys,
    columns: SEALED_COLUMNS,
    reshareLinkLifetimeMs: config.reshareLinkLifetimeMs,
    inboxRetentionMs: config.inboxRetentionMs,
    auditRetentionMs: config.auditRetentionMs,
    auditSink: config.auditSink,
    alerting: {
      publicUrl: config.publicUrl ?? null,
      ownFaults: () => findOwnFaults({ ...config, db, clock, versions }),
    },
    sweeper,
    backlog,
    endpointOf: resources.endpointOf,
    onWebhookCheck: (connectionId, webhookCheck) => {
      announceWebhookCheck(log, connectionId, webhookCheck);
      woken.get("alerts")?.();
    },
    identityOf: (connectionId) => (connectionId === account.connectionId ? identity : undefined),
    onFailedStatuses: parts.refusals.failed,
    onEchoes: (echoes) => recordEchoes({ db, clock }, echoes),
    onEarlyWarnings: (warnings) => recordEarlyWarnings(deps, warnings),
    processingFailed: (inboxId, error) =>
      log.error({ inbox: inboxId, err: error }, "could not process a webhook; it will be retried"),
    connectionIds: [account.connectionId],
  };
  disposers.defer(() => logAuditHead(loopDeps));
  const loops = startLoops(clock, loopDeps);
  disposers.defer(async () => {
    await Promise.all([...loops.values()].map((loop) => loop.stop()));
    await sweeper.drain();
  });
  const jobs = startOrdinaryJobs(loopDeps);
  disposers.defer(() => jobs.stop());
  for (const [name, loop] of loops) woken.set(name, loop.wake);
  for (const [channel, name] of WAKING_NOTICES) {
    const wake = (): void => woken.get(name)?.();
    disposers.defer(await db.listen(channel, wake, wake));
  }
  return [...loops.values()];
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
