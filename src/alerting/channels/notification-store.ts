import { z } from "zod";
import type { Sql } from "../../database/database.ts";
import { isFree, type Lease } from "../../database/lease.ts";
import { english } from "../../messages/english.ts";
import type { AlertMessage } from "../alert-message.ts";

/** A message about an alert that an instance has taken to send. */
export interface ClaimedNotification {
  id: string;
  alertId: string;
  channelId: string;
  message: AlertMessage;
  /** Of the alert. */
  cause: string | null;
  /** The first message about the alert that reached an address of this channel; null: none did. */
  threadId: string | null;
  /** The addresses that have this one already. */
  reached: string[];
  /** Failed attempts so far. */
  attemptCount: number;
  /** What this lease is known by. */
  leasedUntil: Date;
}

const Row = z.object({
  id: z.string(),
  alert_id: z.string(),
  channel_id: z.string(),
  // Written by us from a value of this type.
  message: z.custom<AlertMessage>((value) => typeof value === "object" && value !== null),
  cause: z.string().nullable(),
  thread_id: z.string().nullable(),
  reached: z.array(z.string()),
  leased_until: z.date(),
  attempt_count: z.number(),
});

/** That `earlier` is to be sent before `later`. What ends an alert comes last, whatever their instants. */
const isBefore = (earlier: string, later: string): string =>
  `(${earlier}.planned_at, ${earlier}.kind = 'resolved', ${earlier}.id)
     < (${later}.planned_at, ${later}.kind = 'resolved', ${later}.id)`;

/**
 * Drops what is not worth sending any more: for a channel that is paused or gone, and where a newer message
 * about the same alert is due for the same channel. Each message says how the alert stands now, so after an
 * outage of the channel its readers get one, and never a `resolved` before its `opened`.
 */
export async function dropMoot(sql: Sql, lease: Lease): Promise<void> {
  await sql.query(
    `with moot as (
       select old.id,
         case when channel.id is null then $3 when channel.state <> 'enabled' then $4 else $5 end as detail
       from alert_notification old left join alert_channel channel on channel.id = old.channel_id
       where old.state = 'pending' and ${isFree("old.leased_until", "$1", "$2")}
         and (channel.id is null or channel.state <> 'enabled' or exists (
           select from alert_notification newer where newer.alert_id = old.alert_id
             and newer.channel_id = old.channel_id and newer.state = 'pending'
             and newer.next_attempt_at <= $1 and ${isBefore("old", "newer")}))
       for update of old skip locked
     )
     update alert_notification set state = 'dropped', ended_at = $1, next_attempt_at = null,
       leased_until = null, detail = moot.detail
     from moot where alert_notification.id = moot.id`,
    [
      ...[lease.now, lease.latest],
      ...(["deleted", "paused", "superseded"] as const).map((why) => english(`moot_notification.${why}`)),
    ],
  );
}

/** A lease, with what differs for mails: a mail server may take minutes. */
export interface SendLease extends Lease {
  mailUntil: Date;
  /** No retry is planned later than this: one that is was planned before the clock was set back. */
  latestRetry: Date;
}

/**
 * Takes what is due, at most `perChannel` for each channel and one for a channel that fails; `busy` counts
 * what is under way here. The messages about one alert go to a channel one after the other.
 */
export async function claimNotifications(
  sql: Sql,
  lease: SendLease,
  { limit, perChannel, busy }: { limit: number; perChannel: number; busy: ReadonlyMap<string, number> },
): Promise<ClaimedNotification[]> {
  const rows = await sql.query(
    `with due as (
       select picked.id, channel.type from alert_channel channel
       left join jsonb_each_text($6::jsonb) as busy (id, count) on busy.id = channel.id
       cross join lateral (
         select one.id from alert_notification one
         where one.channel_id = channel.id and one.state = 'pending'
           and (one.next_attempt_at <= $1 or one.attempt_count > 0 and one.next_attempt_at > $8)
           and ${isFree("one.leased_until", "$1", "$3")}
           and not exists (select from alert_notification earlier where earlier.alert_id = one.alert_id
             and earlier.channel_id = one.channel_id and earlier.state = 'pending'
             and ${isBefore("earlier", "one")})
         order by one.planned_at, one.id
         limit greatest(0, (case when channel.failing_since is null then $5 else 1 end)
           - coalesce(busy.count::int, 0))
         for update skip locked
       ) picked
       where channel.state = 'enabled'
       limit $4
     )
     update alert_notification notification 
       set leased_until = case due.type when 'email' then $7::timestamptz else $2::timestamptz end
     from due, alert where notification.id = due.id and alert.id = notification.alert_id
     returning notification.id, notification.alert_id, notification.channel_id, notification.message,
       alert.cause, notification.attempt_count, notification.leased_until, notification.reached,
       (select id from alert_notification first where first.alert_id = notification.alert_id
         and first.channel_id = notification.channel_id and first.id <> notification.id
         and first.reached <> '{}' order by first.planned_at, first.id limit 1) as thread_id`,
    [
      ...[lease.now, lease.until, lease.latest, limit, perChannel],
      ...[JSON.stringify(Object.fromEntries(busy)), lease.mailUntil, lease.latestRetry],
    ],
  );
  return rows.map((row) => {
    const known = Row.parse(row);
    return {
      ...{ id: known.id, alertId: known.alert_id, channelId: known.channel_id, message: known.message },
      ...{ cause: known.cause, threadId: known.thread_id, reached: known.reached },
      ...{ attemptCount: known.attempt_count, leasedUntil: known.leased_until },
    };
  });
}

/** When the next message after `now` (ms) is due, in ms since the epoch; null: none is planned. */
export async function findNextNotification(sql: Sql, now: number): Promise<number | null> {
  const [row] = await sql.query<{ at: Date | null }>(
    `select min(next_attempt_at) as at from alert_notification
     where state = 'pending' and next_attempt_at > $1`,
    [new Date(now)],
  );
  return row?.at?.getTime() ?? null;
}

/** The newest message that arrived at a channel about each alert that fires, with what it fires for. */
export async function readFiring(
  sql: Sql,
  channelId: string,
): Promise<Pick<ClaimedNotification, "message" | "cause">[]> {
  const rows = await sql.query(
    `select distinct on (alert.id) notification.message, alert.cause
     from alert join alert_notification notification on notification.alert_id = alert.id
     where alert.state = 'firing' and notification.channel_id = $1 and notification.state = 'sent'
     order by alert.id, notification.planned_at desc, notification.id desc`,
    [channelId],
  );
  return rows.map((row) => Row.pick({ message: true, cause: true }).parse(row));
}

/**
 * Plans a critical message again for the oldest channel that works and was not told of the alert; whoever was
 * told of it is told of its end, too. Not where the alert has reached a channel already. Returns the name of
 * the channel; undefined: there is none.
 */
export async function planStandIn(
  sql: Sql,
  id: string,
  { why, now }: { why: string; now: number },
): Promise<string | undefined> {
  const [row] = await sql.query<{ recipient: string }>(
    `insert into alert_notification (id, alert_id, channel_id, recipient, kind, why, message, planned_at,
       state, next_attempt_at)
     select failing.id || '_2', failing.alert_id, other.id, other.name, failing.kind, $2,
       failing.message || jsonb_build_object('id', failing.id || '_2', 'why', $2::text), $3, 'pending', $3
     from alert_notification failing
     cross join lateral (
       select channel.id, channel.name from alert_channel channel
       where channel.state = 'enabled' and channel.failing_since is null and not exists (
         select from alert_notification told where told.alert_id = failing.alert_id
           and told.channel_id = channel.id and told.state <> 'dropped')
       order by channel.created_at, channel.id limit 1
     ) other
     where failing.id = $1 and failing.message->>'severity' = 'critical'
       and failing.kind in ('opened', 'grew', 'escalated') and not exists (
         select from alert_notification told where told.alert_id = failing.alert_id and told.state = 'sent')
     on conflict do nothing
     returning recipient`,
    [id, why, new Date(now)],
  );
  return row?.recipient;
}

/** What an attempt leaves behind. Instants: ms since the epoch. */
export interface SettledNotification {
  id: string;
  state: "pending" | "sent" | "failed";
  /** To whom it went, as people read it; null: as it was planned. */
  recipient: string | null;
  reached: readonly string[];
  detail: string;
  nextAttemptAt: number | null;
  endedAt: number | null;
}

/** Saves what came of an attempt and ends its lease. False: the lease had run out, and another took it. */
export async function settleNotification(
  sql: Sql,
  { id, state, recipient, reached, detail, nextAttemptAt, endedAt }: SettledNotification,
  leasedUntil: Date,
): Promise<boolean> {
  const rows = await sql.query(
    `update alert_notification set state = $2, attempt_count = attempt_count + 1, detail = $3,
       next_attempt_at = $4, ended_at = $5, recipient = coalesce($6, recipient), reached = $8,
       leased_until = null
     where id = $1 and state = 'pending' and leased_until = $7 returning id`,
    [
      ...[id, state, detail, nextAttemptAt === null ? null : new Date(nextAttemptAt)],
      ...[endedAt === null ? null : new Date(endedAt), recipient, leasedUntil, reached],
    ],
  );
  return rows.length > 0;
}
