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
  /** Failed attempts so far. */
  attemptCount: number;
}

const Row = z.object({
  id: z.string(),
  alert_id: z.string(),
  channel_id: z.string(),
  // Written by us from a value of this type.
  message: z.custom<AlertMessage>((value) => typeof value === "object" && value !== null),
  cause: z.string().nullable(),
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

/**
 * Takes what is due, at most `perChannel` for each channel and one for a channel that fails; `busy` counts
 * what is under way here. The messages about one alert go to a channel one after the other.
 */
export async function claimNotifications(
  sql: Sql,
  lease: Lease,
  { limit, perChannel, busy }: { limit: number; perChannel: number; busy: ReadonlyMap<string, number> },
): Promise<ClaimedNotification[]> {
  const rows = await sql.query(
    `with due as (
       select picked.id from alert_channel channel
       left join jsonb_each_text($6::jsonb) as busy (id, count) on busy.id = channel.id
       cross join lateral (
         select one.id from alert_notification one
         where one.channel_id = channel.id and one.state = 'pending' and one.next_attempt_at <= $1
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
     update alert_notification notification set leased_until = $2
     from due, alert where notification.id = due.id and alert.id = notification.alert_id
     returning notification.id, notification.alert_id, notification.channel_id, notification.message,
       alert.cause, notification.attempt_count`,
    [lease.now, lease.until, lease.latest, limit, perChannel, JSON.stringify(Object.fromEntries(busy))],
  );
  return rows.map((row) => {
    const known = Row.parse(row);
    return {
      ...{ id: known.id, alertId: known.alert_id, channelId: known.channel_id, message: known.message },
      ...{ cause: known.cause, attemptCount: known.attempt_count },
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

/** What an attempt leaves behind. Instants: ms since the epoch. */
export interface SettledNotification {
  id: string;
  state: "pending" | "sent" | "failed";
  /** To whom it went, as people read it; null: as it was planned. */
  recipient: string | null;
  detail: string;
  nextAttemptAt: number | null;
  endedAt: number | null;
}

/** Saves what came of an attempt and ends its lease. False: the lease had run out, and another took it. */
export async function settleNotification(
  sql: Sql,
  { id, state, recipient, detail, nextAttemptAt, endedAt }: SettledNotification,
  lease: Pick<Lease, "until">,
): Promise<boolean> {
  const rows = await sql.query(
    `update alert_notification set state = $2, attempt_count = attempt_count + 1, detail = $3,
       next_attempt_at = $4, ended_at = $5, recipient = coalesce($6, recipient), leased_until = null
     where id = $1 and state = 'pending' and leased_until = $7 returning id`,
    [
      ...[id, state, detail, nextAttemptAt === null ? null : new Date(nextAttemptAt)],
      ...[endedAt === null ? null : new Date(endedAt), recipient, lease.until],
    ],
  );
  return rows.length > 0;
}
