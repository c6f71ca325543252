import { z } from "zod";
import type { Sql, Tx } from "../database/database.ts";
import { NOTIFICATION_KINDS, type AlertMessage, type NotificationKind } from "./alert-message.ts";

/** A message that is planned for a channel. */
export interface PlannedNotification {
  channelId: string;
  recipient: string;
  kind: NotificationKind;
  message: AlertMessage;
  /** When it is to be sent, ms since the epoch. */
  dueAt: number;
  /** Why it is not sent at all; null: it is. */
  droppedWhy: string | null;
}

/** @param now ms since the epoch */
export async function insertNotifications(
  tx: Tx,
  planned: readonly PlannedNotification[],
  now: number,
): Promise<void> {
  if (planned.length === 0) return;
  await tx.query(
    `insert into alert_notification (id, alert_id, channel_id, recipient, kind, why, message, planned_at,
       state, next_attempt_at, ended_at, detail)
     select message->>'id', message->>'alertId', channel_id, recipient, kind, message->>'why', message,
       $2::timestamptz, case when dropped_why is null then 'pending' else 'dropped' end,
       case when dropped_why is null then due_at end,
       case when dropped_why is not null then $2::timestamptz end, dropped_why
     from jsonb_to_recordset($1::jsonb) as new (channel_id text, recipient text, kind text, message jsonb,
       due_at timestamptz, dropped_why text)`,
    [
      JSON.stringify(
        planned.map(({ channelId, recipient, kind, message, dueAt, droppedWhy }) => ({
          ...{ channel_id: channelId, recipient, kind, message },
          ...{ due_at: new Date(dueAt).toISOString(), dropped_why: droppedWhy },
        })),
      ),
      new Date(now),
    ],
  );
}

/** A channel as a notification names it. */
export interface NamedChannel {
  id: string;
  name: string;
  state: "enabled" | "paused";
}

/** Those of `ids` that exist. */
export async function readNamedChannels(sql: Sql, ids: readonly string[]): Promise<NamedChannel[]> {
  if (ids.length === 0) return [];
  return sql.query<NamedChannel>("select id, name, state from alert_channel where id = any($1)", [ids]);
}

/** The channels that got, or still get, a message about an alert. */
export async function readToldChannels(sql: Sql, alertId: string): Promise<string[]> {
  const rows = await sql.query<{ channel_id: string }>(
    `select channel_id from alert_notification where alert_id = $1 and state <> 'dropped'
     group by channel_id order by min(planned_at), channel_id`,
    [alertId],
  );
  return rows.map((row) => row.channel_id);
}

const Row = z.object({
  id: z.string(),
  alert_id: z.string(),
  channel_id: z.string(),
  recipient: z.string(),
  kind: z.enum(NOTIFICATION_KINDS),
  why: z.string(),
  planned_at: z.date(),
  state: z.enum(["pending", "sent", "failed", "dropped"]),
  attempt_count: z.number(),
  next_attempt_at: z.date().nullable(),
  ended_at: z.date().nullable(),
  detail: z.string().nullable(),
});
export type LoggedNotification = z.output<typeof Row>;

/** The messages about these alerts, oldest first. */
export async function readNotifications(
  sql: Sql,
  alertIds: readonly string[],
): Promise<LoggedNotification[]> {
  const rows = await sql.query(
    `select ${Object.keys(Row.shape).join(", ")} from alert_notification
     where alert_id = any($1) order by planned_at, id`,
    [alertIds],
  );
  return rows.map((row) => Row.parse(row));
}
