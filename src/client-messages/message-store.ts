import { z } from "zod";
import type { Sql, Tx } from "../database/database.ts";
import {
  CHANNELS,
  MESSAGE_KINDS,
  MESSAGE_STATES,
  TOPICS,
  WHYS,
  type ClientMessage,
} from "./client-message.ts";

const Row = z.object({
  id: z.string(),
  client_id: z.string(),
  topic: z.enum(TOPICS),
  kind: z.enum(MESSAGE_KINDS),
  cause: z.string(),
  asset_ids: z.array(z.string()),
  link_ids: z.array(z.string()),
  asked_link_id: z.string().nullable(),
  channel: z.enum(CHANNELS),
  recipient: z.string().nullable(),
  contact_name: z.string().nullable(),
  language: z.string(),
  why: z.enum(WHYS),
  created_by: z.string(),
  planned_at: z.date(),
  state: z.enum(MESSAGE_STATES),
  attempt_count: z.number(),
  next_attempt_at: z.date().nullable(),
  ended_at: z.date().nullable(),
  detail: z.string().nullable(),
});

const COLUMNS = Object.keys(Row.shape).join(", ");

function messageOf(row: object): ClientMessage {
  const known = Row.parse(row);
  return {
    ...{ id: known.id, clientId: known.client_id, topic: known.topic, kind: known.kind, cause: known.cause },
    ...{ assetIds: known.asset_ids, linkIds: known.link_ids, askedLinkId: known.asked_link_id },
    ...{ channel: known.channel, recipient: known.recipient, contactName: known.contact_name },
    ...{ language: known.language, why: known.why, createdBy: known.created_by, state: known.state },
    ...{ attemptCount: known.attempt_count, detail: known.detail },
    plannedAt: known.planned_at.getTime(),
    nextAttemptAt: known.next_attempt_at?.getTime() ?? null,
    endedAt: known.ended_at?.getTime() ?? null,
  };
}

const dateOf = (at: number | null): Date | null => (at === null ? null : new Date(at));

export async function insertMessages(tx: Tx, messages: readonly ClientMessage[]): Promise<void> {
  for (const message of messages)
    await tx.query(
      `insert into client_message (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
         $14, $15, $16, $17, $18, $19, $20)`,
      [
        ...[message.id, message.clientId, message.topic, message.kind, message.cause],
        ...[message.assetIds, message.linkIds, message.askedLinkId, message.channel, message.recipient],
        ...[message.contactName, message.language, message.why, message.createdBy],
        ...[new Date(message.plannedAt), message.state, message.attemptCount],
        ...[dateOf(message.nextAttemptAt), dateOf(message.endedAt), message.detail],
      ],
    );
}

export async function findMessage(sql: Sql, id: string): Promise<ClientMessage | undefined> {
  const [row] = await sql.query(`select ${COLUMNS} from client_message where id = $1`, [id]);
  return row && messageOf(row);
}

/** Locked until the transaction ends; null while another transaction holds it. */
export async function lockDueMessage(tx: Tx, id: string, now: number): Promise<ClientMessage | null> {
  const [row] = await tx.query(
    `select ${COLUMNS} from client_message where id = $1 and state = 'pending' and ${DUE("$2", "$3")}
     for update skip locked`,
    [id, new Date(now), latest(now)],
  );
  return row === undefined ? null : messageOf(row);
}

/** One that is due later than any can be was planned before the clock was set back. */
const DUE = (now: string, last: string): string => `(next_attempt_at <= ${now} or next_attempt_at > ${last})`;
const LONGEST_WAIT_MS = 48 * 3_600_000;
const latest = (now: number): Date => new Date(now + LONGEST_WAIT_MS);

export async function readDueMessages(sql: Sql, now: number, limit: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select id from client_message where state = 'pending' and ${DUE("$1", "$2")}
     order by next_attempt_at, id limit $3`,
    [new Date(now), latest(now), limit],
  );
  return rows.map((row) => row.id);
}

/** When the next message is due, or the lease of one that is sent ends; null: none is. */
export async function findNextMessageAt(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ at: Date | null }>(
    `select least((select min(next_attempt_at) from client_message where state = 'pending'),
       (select min(leased_until) from client_message where state = 'sending')) as at`,
  );
  return row?.at?.getTime() ?? null;
}

/** Committed before the mail goes out: whoever dies meanwhile leaves a message that nobody sends again. */
export async function saveSending(
  tx: Tx,
  id: string,
  { assetIds, linkIds, leasedUntil }: Pick<ClientMessage, "assetIds" | "linkIds"> & { leasedUntil: number },
): Promise<void> {
  await tx.query(
    `update client_message set state = 'sending', asset_ids = $2, link_ids = $3, leased_until = $4,
       attempt_count = attempt_count + 1, next_attempt_at = null where id = $1`,
    [id, assetIds, linkIds, new Date(leasedUntil)],
  );
}

/** An attempt that ended before the mail server was asked. */
export async function saveAttempt(tx: Tx, id: string): Promise<void> {
  await tx.query("update client_message set attempt_count = attempt_count + 1 where id = $1", [id]);
}

/** How an attempt ended, or that none will follow. */
export async function saveOutcome(
  tx: Tx,
  id: string,
  outcome: Pick<ClientMessage, "state" | "nextAttemptAt" | "endedAt" | "detail">,
): Promise<void> {
  await tx.query(
    `update client_message set state = $2, next_attempt_at = $3, ended_at = $4, detail = $5,
       leased_until = null where id = $1`,
    [id, outcome.state, dateOf(outcome.nextAttemptAt), dateOf(outcome.endedAt), outcome.detail],
  );
}

/** Messages whose sender died: nobody knows whether they arrived. */
export async function saveUnknown(
  tx: Tx,
  { now, longestLease, detail }: { now: number; longestLease: number; detail: string },
): Promise<ClientMessage[]> {
  const rows = await tx.query(
    `update client_message set state = 'unknown', ended_at = $1, leased_until = null, detail = $3
     where state = 'sending' and (leased_until <= $1 or leased_until > $2) returning ${COLUMNS}`,
    [new Date(now), new Date(now + 2 * longestLease), detail],
  );
  return rows.map(messageOf);
}

/** The newest message on each cause that went to these clients since then, of those that were not dropped. */
export async function readLastTold(
  sql: Sql,
  clientIds: readonly string[],
  since: number,
): Promise<{ clientId: string; cause: string; at: number }[]> {
  const rows = await sql.query<{ client_id: string; cause: string; at: Date }>(
    `select client_id, cause, max(planned_at) as at from client_message
     where client_id = any($1::text[]) and planned_at > $2 and state <> 'dropped'
     group by client_id, cause`,
    [clientIds, new Date(since)],
  );
  return rows.map((row) => ({ clientId: row.client_id, cause: row.cause, at: row.at.getTime() }));
}

/** When a WABA's client was last told of it, of messages that were not dropped; null: not since then. */
export async function findLastSentAt(sql: Sql, assetId: string, since: number): Promise<number | null> {
  const [row] = await sql.query<{ at: Date | null }>(
    `select max(planned_at) as at from client_message
     where asset_ids @> array[$1::text] and planned_at > $2
       and state not in ('dropped', 'failed', 'bounced')`,
    [assetId, new Date(since)],
  );
  return row?.at?.getTime() ?? null;
}

/** The newest message that carried a link and was sent to an address. */
export async function findSentWith(sql: Sql, linkId: string): Promise<ClientMessage | undefined> {
  const [row] = await sql.query(
    `select ${COLUMNS} from client_message where link_ids @> array[$1::text] and recipient is not null
       and state in ('sent', 'unknown', 'sending') order by planned_at desc, id desc limit 1`,
    [linkId],
  );
  return row && messageOf(row);
}

/** The newest message for which the holder of this link asked. */
export async function findAskedWith(sql: Sql, linkId: string): Promise<ClientMessage | undefined> {
  const [row] = await sql.query(
    `select ${COLUMNS} from client_message where asked_link_id = $1
     order by planned_at desc, id desc limit 1`,
    [linkId],
  );
  return row && messageOf(row);
}

/** How many fresh links were asked for that went to this address since then. */
export async function countFreshLinks(sql: Sql, recipient: string, since: number): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `select count(*)::int as count from client_message
     where lower(recipient) = lower($1) and kind = 'fresh_link' and planned_at > $2`,
    [recipient, new Date(since)],
  );
  return row?.count ?? 0;
}

/** One asks for a fresh link at a time. */
export async function lockLinkMessages(tx: Tx, linkId: string): Promise<void> {
  await tx.query("select from reshare_link where id = $1 for update", [linkId]);
}

/** The message that bounced, locked: by its id, else the newest to the address. Only one that was sent. */
export async function lockBounced(
  tx: Tx,
  { messageId, address, since }: { messageId: string | null; address: string; since: number },
): Promise<ClientMessage | undefined> {
  const [row] = await tx.query(
    `select ${COLUMNS} from client_message
     where state in ('sent', 'unknown') and channel = 'email' and case when $1::text is null
       then lower(recipient) = $2 and planned_at > $3 else id = $1 end
     order by planned_at desc, id desc limit 1 for update`,
    [messageId, address, new Date(since)],
  );
  return row && messageOf(row);
}

/** Deletes what was planned before, and what is known of addresses that nothing is known of any more. */
export async function deleteOldMessages(sql: Sql, before: number): Promise<void> {
  await sql.query(
    "delete from client_message where planned_at < $1 and state not in ('pending', 'sending')",
    [new Date(before)],
  );
  await sql.query(
    `delete from mail_address where created_at < $1 and unsubscribed_at is null
       and (bounced_at is null or bounced_at < $1)
       and not exists (select from client_message where lower(recipient) = address)`,
    [new Date(before)],
  );
}

export interface MessagePage {
  limit: number;
  before: { plannedAt: number; id: string } | null;
}

/** The messages to a client, newest first. */
export async function readMessages(
  sql: Sql,
  clientId: string,
  { limit, before }: MessagePage,
): Promise<ClientMessage[]> {
  const rows = await sql.query(
    `select ${COLUMNS} from client_message where client_id = $1
       and ($2::timestamptz is null or (planned_at, id) < ($2, $3))
     order by planned_at desc, id desc limit $4`,
    [clientId, dateOf(before?.plannedAt ?? null), before?.id ?? null, limit],
  );
  return rows.map(messageOf);
}

/** When somebody first opened a link of each message after it was planned. */
export async function readOpened(sql: Sql, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql.query<{ id: string; at: Date }>(
    `select message.id, min(visit.at) as at from client_message message
       join reshare_visit visit on visit.link_id = any(message.link_ids) and visit.kind = 'opened'
         and visit.at >= message.planned_at
     where message.id = any($1::text[]) group by message.id`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.at.getTime()]));
}
