import type { VerifyDeps } from "./sharing/probe/verify-share.ts";
import type { Logger } from "pino";
import { dropOldAudit } from "./access/drop-old-audit.ts";
import { findAuditHead } from "./access/audit-store.ts";
import { sendAudit } from "./access/send-audit.ts";
import { dropUnusedDataKeys } from "./credentials/drop-unused-data-keys.ts";
import type { OpenKeyring } from "./credentials/open-keyring.ts";
import { continueRotation } from "./credentials/rotate-data-keys.ts";
import type { WatchedDataKeys } from "./credentials/watch-data-keys.ts";
import { deleteOldAlerts } from "./alerting/alert-store.ts";
import { raiseAlerts, type RaiseAlertsDeps } from "./alerting/raise-alerts.ts";
import { startJobs } from "./database/jobs.ts";
import type { SealedColumns } from "./database/sealed-column.ts";
import { ANSWERS_KEPT_MS } from "./http/kit/idempotent-call.ts";
import { dropOldIdempotencyKeys } from "./http/kit/idempotency-key-store.ts";
import { deleteOldDeliveries } from "./delivery/delivery-store.ts";
import type { AlertSender } from "./alerting/channels/create-alert-sender.ts";
import { deleteOldMessages } from "./client-messages/message-store.ts";
import type { Messenger } from "./client-messages/open-messenger.ts";
import type { Deliverer } from "./delivery/deliver-webhooks.ts";
import type { EventStream } from "./delivery/streams/create-event-stream.ts";
import { dropOldInbox } from "./inbox/drop-old-inbox.ts";
import { ensureInboxPartitions } from "./inbox/ensure-inbox-partitions.ts";
import { systemClock, type Clock } from "./lib/clock.ts";
import { startLoop, type Loop } from "./lib/loop.ts";
import type { OpenChannelKeys } from "./messaging/keys/open-channel-keys.ts";
import type { ObservedMessages } from "./messaging/gateway/observed-messages.ts";
import { saveKeyUses } from "./messaging/keys/save-key-uses.ts";
import { saveObservedMessages } from "./messaging/gateway/save-observed-messages.ts";
import type { ClientTokens } from "./messaging/gateway/watch-client-tokens.ts";
import { openMissingAppActivity } from "./coexistence/open-missing-activity.ts";
import { raiseActivityReminders } from "./coexistence/raise-activity-reminders.ts";
import { advanceImports } from "./onboarding/import/advance-imports.ts";
import { advanceSignups } from "./onboarding/signup/advance-signups.ts";
import type { SignupDeps } from "./onboarding/signup-deps.ts";
import { renewReshareLinks } from "./recovery/renew-reshare-links.ts";
import type { WatchedLinks } from "./recovery/watch-reshare-links.ts";
import { checkWebhooks, type WebhookCheckDeps, type OwnCallback } from "./connection/check-webhooks.ts";
import type { GateCache } from "./sharing/gate/gate-cache.ts";
import { forgetOldBuckets } from "./sharing/budget/probe-budget-store.ts";
import { findOpenIncidents } from "./sharing/incidents/incident-store.ts";
import { LISTING_RESTS, planPeriodMs } from "./sharing/rules/probe-plan.ts";
import { processInbox, type ProcessInboxDeps } from "./sharing/record/process-inbox.ts";
import type { Sweeper } from "./sharing/probe/sweep-shares.ts";
import { reconcileShared } from "./sharing/reconcile/reconcile-shared.ts";
import { reconcileOwned } from "./sharing/reconcile/reconcile-owned.ts";

export interface LoopDeps extends ProcessInboxDeps, SignupDeps, WebhookCheckDeps {
  log: Logger;
  keyring: OpenKeyring;
  dataKeys: WatchedDataKeys;
  columns: SealedColumns;
  connectionIds: string[];
  sweeper: Sweeper;
  /** Our address for Meta's webhooks; null before this server listens. */
  endpointOf(connectionId: string): OwnCallback | null;
  gate: GateCache;
  channelKeys: OpenChannelKeys;
  clientTokens: ClientTokens;
  observed: ObservedMessages;
  links: WatchedLinks;
  reshareLinkLifetimeMs: number;
  inboxRetentionMs: number;
  auditRetentionMs: number;
  deliverer: Deliverer;
  alertSender: AlertSender;
  /** What alerts need beside the rest. */
  alerting: Pick<RaiseAlertsDeps, "publicUrl" | "ownFaults">;
  messenger: Messenger;
  /** Null: no broker is set. */
  eventStream: EventStream | null;
  /** "off", "stdout" or the address of a syslog server. */
  auditSink: string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 3600 * SECOND;
/** How long the log of deliveries is kept, as the API says. */
const DELIVERIES_KEPT_MS = 30 * 24 * HOUR;
/** Alerts and their messages show what people were told a year ago. */
const ALERTS_KEPT_MS = 400 * 24 * HOUR;
/** A year, and the weeks until somebody asks about it. */
const CLIENT_MESSAGES_KEPT_MS = 400 * 24 * HOUR;

/**
 * All background loops: name, longest rest (wall clock), and the work of one round. A round may return when
 * the next is due.
 */
const LOOPS: {
  name: LoopName;
  everyMs: number;
  /** How long to rest after so many failed rounds; else as `startLoop` does. */
  retryAfterMs?(failureCount: number): number;
  /** Whether it runs at all. */
  isUsed?(deps: LoopDeps): boolean;
  run(deps: LoopDeps, stopping: AbortSignal): Promise<number | void>;
}[] = [
  { name: "inbox", everyMs: SECOND, run: (deps, stopping) => processInbox(deps, stopping) },
  { name: "probes", everyMs: SECOND, run: (deps) => deps.sweeper.begin() },
  { name: "gate", everyMs: SECOND, run: (deps) => deps.gate.follow() },
  { name: "signups", everyMs: 5 * SECOND, run: advanceSignups },
  { name: "imports", everyMs: 30 * SECOND, run: advanceImports },
  { name: "listing", everyMs: HOUR, run: reconcileAll },
  { name: "incidents", everyMs: SECOND, run: (deps) => deps.trouble?.turn() ?? Promise.resolve() },
  { name: "webhooks", everyMs: 5 * MINUTE, run: keepCheckingWebhooks },
  { name: "channel keys", everyMs: 30 * SECOND, run: (deps) => deps.channelKeys.reload() },
  { name: "client tokens", everyMs: 30 * SECOND, run: (deps) => deps.clientTokens.reload() },
  { name: "observed messages", everyMs: 5 * SECOND, run: (deps) => saveObservedMessages(deps) },
  { name: "channel key uses", everyMs: MINUTE, run: (deps) => saveKeyUses(deps) },
  { name: "app_activity", everyMs: HOUR, run: (deps) => raiseActivityReminders(deps) },
  { name: "reshare links", everyMs: 30 * SECOND, run: (deps) => deps.links.reload() },
  { name: "link renewals", everyMs: 5 * SECOND, run: renewReshareLinks },
  { name: "data keys", everyMs: 30 * SECOND, run: (deps) => deps.dataKeys.report() },
  { name: "key rotation", everyMs: 5 * SECOND, run: rotateKeys },
  { name: "deliveries", everyMs: 30 * SECOND, run: (deps) => deps.deliverer.turn() },
  { name: "alert channels", everyMs: SECOND, run: (deps) => deps.alertSender.turn() },
  { name: "alerts", everyMs: 5 * SECOND, run: (deps) => raiseAlerts({ ...deps, ...deps.alerting }) },
  { name: "client messages", everyMs: 30 * SECOND, run: (deps) => deps.messenger.turn() },
  {
    name: "event stream",
    everyMs: 5 * SECOND,
    retryAfterMs: (failureCount) => Math.min(SECOND * 2 ** (failureCount - 1), MINUTE),
    isUsed: ({ eventStream }) => eventStream !== null,
    run: async ({ eventStream }, stopping) => eventStream?.turn(stopping),
  },
  {
    name: "audit sink",
    everyMs: SECOND,
    run: (deps, stopping) => sendAudit({ ...deps, wallClock: systemClock }, deps.auditSink, stopping),
  },
];

export type LoopName =
  | "inbox"
  | "probes"
  | "gate"
  | "signups"
  | "imports"
  | "listing"
  | "incidents"
  | "webhooks"
  | "channel keys"
  | "client tokens"
  | "observed messages"
  | "channel key uses"
  | "app_activity"
  | "reshare links"
  | "link renewals"
  | "data keys"
  | "key rotation"
  | "deliveries"
  | "alert channels"
  | "alerts"
  | "client messages"
  | "event stream"
  | "audit sink";

/**
 * The reconciliation of every connection, once a sweep period of the app's clock, and sooner when an incident
 * waits for it. A long reconciliation is followed by a longer rest.
 */
async function reconcileAll(deps: VerifyDeps & Pick<LoopDeps, "connectionIds">): Promise<number> {
  const beganAt = deps.clock.now();
  for (const connectionId of deps.connectionIds) {
    const account = deps.accountOf(connectionId);
    if (account === undefined) continue;
    await reconcileShared(deps, account);
    await reconcileOwned(deps, account);
  }
  const now = deps.clock.now();
  const isIncident = (await findOpenIncidents(deps.db)).length > 0;
  const restMs = planPeriodMs(isIncident ? 1 / 4 : 1, deps.sweepPeriodMs);
  return now + Math.max(restMs, LISTING_RESTS * (now - beganAt));
}

/** The webhook check, every five minutes of the app's clock; not before this server listens. */
async function keepCheckingWebhooks(
  deps: Pick<
    LoopDeps,
    "db" | "clock" | "random" | "accountOf" | "connectionIds" | "endpointOf" | "onWebhookCheck"
  >,
): Promise<number> {
  for (const connectionId of deps.connectionIds) {
    const account = deps.accountOf(connectionId);
    const endpoint = deps.endpointOf(connectionId);
    if (account !== undefined && endpoint !== null) await checkWebhooks(deps, account, endpoint);
  }
  await forgetOldBuckets(deps.db, deps.clock.now() - HOUR);
  const isIncident = (await findOpenIncidents(deps.db)).length > 0;
  return deps.clock.now() + (isIncident ? MINUTE / 2 : 5 * MINUTE);
}

/** One step of the rotation that is under way, if one is. What is left comes in the next turn. */
async function rotateKeys(
  deps: Pick<LoopDeps, "db" | "keyring" | "columns" | "log">,
  stopping: AbortSignal,
): Promise<void> {
  const step = await continueRotation(deps, stopping);
  if (step.state === "done") deps.log.info(step, "all rows are sealed with the new data key");
  if (step.state === "waiting") deps.log.debug(step, "the key rotation waits for instances");
}

/** The end of the chain, beyond the reach of who changes the database: a tail that is cut off is found. */
export async function logAuditHead({ db, log }: Pick<LoopDeps, "db" | "log">): Promise<void> {
  const head = await findAuditHead(db);
  if (head !== undefined)
    log.info({ audit_head: `${head.id}:${head.hash.toString("hex")}` }, "head of the audit");
}

/** Scheduled jobs, by the wall clock: one instance does each. */
const JOBS: { name: string; cron: string; run(deps: LoopDeps): Promise<unknown> }[] = [
  {
    name: "inbox-partitions",
    cron: "7 * * * *",
    run: (deps) => ensureInboxPartitions(deps, deps.clock.now()),
  },
  {
    name: "inbox-retention",
    cron: "23 3 * * *",
    run: (deps) => dropOldInbox(deps, deps.clock.now() - deps.inboxRetentionMs),
  },
  {
    name: "audit-retention",
    cron: "41 3 * * *",
    async run(deps) {
      await dropOldAudit(deps, deps.clock.now() - deps.auditRetentionMs);
      await logAuditHead(deps);
    },
  },
  {
    name: "idempotency-keys",
    cron: "31 * * * *",
    run: (deps) => dropOldIdempotencyKeys(deps, systemClock.now() - ANSWERS_KEPT_MS),
  },
  { name: "data-keys", cron: "53 * * * *", run: dropUnusedDataKeys },
  {
    name: "delivery-retention",
    cron: "53 3 * * *",
    run: (deps) => deleteOldDeliveries(deps.db, deps.clock.now() - DELIVERIES_KEPT_MS),
  },
  { name: "alertmanagers", cron: "* * * * *", run: (deps) => deps.alertSender.refresh() },
  {
    name: "alert-retention",
    cron: "17 4 * * *",
    run: (deps) => deleteOldAlerts(deps.db, deps.clock.now() - ALERTS_KEPT_MS),
  },
  {
    name: "client-message-retention",
    cron: "3 4 * * *",
    run: (deps) => deleteOldMessages(deps.db, deps.clock.now() - CLIENT_MESSAGES_KEPT_MS),
  },
  { name: "missing-heartbeats", cron: "11 * * * *", run: openMissingAppActivity },
];

/** Runs the jobs of the table, a while after the start. */
export function startOrdinaryJobs(deps: LoopDeps): { stop(): Promise<void> } {
  const failed = (error: unknown): void => deps.log.error({ err: error }, "a scheduled job failed");
  const planned = JOBS.map(({ name, cron, run }) => ({
    name,
    cron,
    run: async () => void (await run(deps)),
  }));
  return startJobs({ db: deps.db, clock: deps.clock, failed }, planned);
}

export function startLoops(clock: Clock, deps: LoopDeps): Map<LoopName, Loop> {
  return new Map(
    LOOPS.filter(({ isUsed }) => isUsed?.(deps) ?? true).map(({ name, everyMs, retryAfterMs, run }) => [
      name,
      startLoop(clock, {
        ...{ name, everyMs, retryAfterMs },
        run: (stopping) => run(deps, stopping),
        failed: (error) =>
          deps.log.error({ loop: name, err: error }, "a loop's round failed; the next round follows"),
      }),
    ]),
  );
}
