import type { Database } from "../../database/database.ts";
import { leaseFrom } from "../../database/lease.ts";
import type { Keyring } from "../../lib/keyring.ts";
import type { Random } from "../../lib/random.ts";
import { english } from "../../messages/english.ts";
import type { ChannelOutcome } from "../alert-message.ts";
import { shownOf } from "./alert-channel.ts";
import { channelWaitAfter, LONGEST_WAIT_MS } from "./channel-retry-plan.ts";
import { openChannels, saveFailing, saveWorking, type OpenedChannel } from "./channel-store.ts";
import {
  claimNotifications,
  dropMoot,
  findNextNotification,
  planStandIn,
  settleNotification,
  type ClaimedNotification,
  type SendLease,
  type SettledNotification,
} from "./notification-store.ts";
import { refreshAlertmanagers } from "./refresh-alertmanagers.ts";
import { sendTest } from "./send-test.ts";
import { sendToChannel, type SendDeps } from "./send-to-channel.ts";

export interface AlertSenderDeps extends SendDeps {
  db: Database;
  keyring: Keyring;
  random: Random;
  /** The longest time that sending a mail takes, waiting for a connection included. */
  mailLimitMs: number;
  /** Called when an attempt has ended, so that the next turn comes at once. */
  wake(): void;
}

/** Sends the messages about alerts to their channels. One for each instance. */
export interface AlertSender {
  /** Begins what is due. Returns when the next is due, in ms since the epoch. */
  turn(): Promise<number | void>;
  /** Sends a test to a channel now, once, and says what came of it. Only its success counts. */
  test(opened: OpenedChannel): Promise<ChannelOutcome>;
  /** Repeats to each Alertmanager the alerts that fire. */
  refresh(): Promise<void>;
  /** Waits until what is under way has ended. */
  drain(): Promise<void>;
}

/** All together, and for one channel: one that hangs leaves the others their places. */
const MOST_UNDER_WAY = 64;
const MOST_PER_CHANNEL = 2;
/** Longer than an attempt takes. An instance that dies leaves its messages to the others after that. */
const LEASE_MS = 60_000;
const MINUTE = 60_000;
/** After so many failed attempts, within a minute, another channel is told of a critical alert. */
const DOUBTFUL_AFTER = 3;

export function createAlertSender(deps: AlertSenderDeps): AlertSender {
  const { db, clock, keyring } = deps;
  const busy = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  const begin = (claimed: ClaimedNotification, opened: OpenedChannel | undefined): void => {
    const { channelId } = claimed;
    busy.set(channelId, (busy.get(channelId) ?? 0) + 1);
    const attempt = attemptOne(deps, { claimed, opened })
      .catch((error: unknown) =>
        deps.log.error(
          { notification: claimed.id, err: error },
          "an alert could not be sent; it comes again",
        ),
      )
      .finally(() => {
        underWay.delete(attempt);
        const left = (busy.get(channelId) ?? 1) - 1;
        if (left === 0) busy.delete(channelId);
        else busy.set(channelId, left);
        deps.wake();
      });
    underWay.add(attempt);
  };
  return {
    async turn() {
      const lease = sendLeaseFrom(clock.now(), deps.mailLimitMs);
      await dropMoot(db, lease);
      const limit = MOST_UNDER_WAY - underWay.size;
      const places = { limit, perChannel: MOST_PER_CHANNEL, busy };
      // What waits for a place comes when an attempt ends.
      const claimed = limit > 0 ? await claimNotifications(db, lease, places) : [];
      const ids = [...new Set(claimed.map(({ channelId }) => channelId))];
      const opened = ids.length === 0 ? [] : await openChannels(db, keyring, ids);
      for (const one of claimed)
        begin(
          one,
          opened.find(({ channel }) => channel.id === one.channelId),
        );
      return (await findNextNotification(db, clock.now())) ?? undefined;
    },
    async test({ channel, address }) {
      if (address === null) return { ...unreadable(), outcome: "refused" };
      const outcome = await sendTest(deps, { name: channel.name, address });
      if (outcome.outcome === "sent") await saveWorking(db, channel.id);
      return outcome;
    },
    refresh: () => refreshAlertmanagers(deps),
    async drain() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** @param now ms since the epoch */
function sendLeaseFrom(now: number, mailLimitMs: number): SendLease {
  const mailMs = mailLimitMs + MINUTE;
  const { until } = leaseFrom(now, LEASE_MS);
  const { until: mailUntil, ...longest } = leaseFrom(now, Math.max(mailMs, LEASE_MS));
  return { ...longest, until, mailUntil, latestRetry: new Date(now + LONGEST_WAIT_MS) };
}

interface Prepared {
  claimed: ClaimedNotification;
  opened: OpenedChannel | undefined;
}

async function attemptOne(
  deps: Omit<AlertSenderDeps, "keyring" | "wake" | "mailLimitMs">,
  { claimed, opened }: Prepared,
): Promise<void> {
  // Deleted since it was claimed: the next turn drops what waits for it.
  if (opened === undefined) return;
  const { channel, address } = opened;
  const outcome =
    address === null
      ? { ...unreadable(), reached: claimed.reached }
      : await sendToChannel(deps, { address, sent: claimed });
  const recipient = address === null ? null : `${channel.name} (${shownOf(address).address})`;
  const { reached } = outcome;
  const settled = { id: claimed.id, recipient, reached, ...settledOf(deps, { claimed, channel, outcome }) };
  await deps.db.transaction(async (tx) => {
    if (!(await settleNotification(tx, settled, claimed.leasedUntil))) return;
    if (outcome.outcome === "sent") await saveWorking(tx, channel.id);
    else {
      const now = deps.clock.now();
      await saveFailing(tx, channel.id, outcome.detail, now);
      const isDoubtful = settled.state === "failed" || claimed.attemptCount + 1 === DOUBTFUL_AFTER;
      const why = english("failed_notification.stand_in", { name: channel.name });
      if (isDoubtful) await planStandIn(tx, claimed.id, { why, now });
    }
  });
  if (settled.state === "failed") {
    const about = { channel: channel.id, alert: claimed.alertId, notification: claimed.id };
    deps.log.warn({ ...about, detail: settled.detail }, "a message about an alert did not arrive");
  }
}

const unreadable = (): ChannelOutcome => ({
  ...{ outcome: "later", detail: english("channel_outcome.unreadable") },
  ...{ tookMs: 0, waitMs: null },
});

function settledOf(
  { clock, random }: Pick<AlertSenderDeps, "clock" | "random">,
  {
    claimed,
    channel,
    outcome,
  }: Pick<Prepared, "claimed"> & Pick<OpenedChannel, "channel"> & { outcome: ChannelOutcome },
): Omit<SettledNotification, "id" | "recipient" | "reached"> {
  const now = clock.now();
  const { detail } = outcome;
  if (outcome.outcome === "sent") return { state: "sent", detail, nextAttemptAt: null, endedAt: now };
  if (outcome.outcome === "refused") return { state: "failed", detail, nextAttemptAt: null, endedAt: now };
  const count = claimed.attemptCount + 1;
  const chance = random.bytes(4).readUInt32LE() / 2 ** 32;
  const wait = channelWaitAfter(channel.type, count, chance, outcome.waitMs);
  if (wait !== null) return { state: "pending", detail, nextAttemptAt: now + wait, endedAt: null };
  const last = english("failed_notification.given_up", { detail, count });
  return { state: "failed", detail: last, nextAttemptAt: null, endedAt: now };
}
