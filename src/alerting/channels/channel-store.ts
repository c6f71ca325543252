import { z } from "zod";
import type { Sql } from "../../database/database.ts";
import { SealError, type Keyring } from "../../lib/keyring.ts";
import {
  CHANNEL_STATES,
  CHANNEL_TYPES,
  parseAddress,
  type AlertChannel,
  type ChannelAddress,
} from "./alert-channel.ts";
import { channelContextOf } from "./sealed-channel.ts";

const Row = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(CHANNEL_TYPES),
  state: z.enum(CHANNEL_STATES),
  failing_since: z.date().nullable(),
  last_failure: z.string().nullable(),
  version: z.number(),
  created_at: z.date(),
  created_by: z.string(),
});

const COLUMNS = Object.keys(Row.shape).join(", ");

/** A channel with what is sealed of it. */
export interface OpenedChannel {
  channel: AlertChannel;
  /** Null: no key opens it; the row was changed from outside. */
  address: ChannelAddress | null;
}

/** Saves a channel that is new, or what people edit of it with a new version. */
export async function saveChannel(
  sql: Sql,
  keyring: Keyring,
  channel: AlertChannel,
  address: ChannelAddress,
): Promise<void> {
  const plain = Buffer.from(JSON.stringify(address.settings));
  const { dataKeyId, sealed } = keyring.seal(channelContextOf(channel.id), plain);
  await sql.query(
    `insert into alert_channel (id, name, type, data_key_id, sealed, state, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (id) do update set name = $2, data_key_id = $4, sealed = $5, state = $6,
       version = alert_channel.version + 1`,
    [
      ...[channel.id, channel.name, channel.type, dataKeyId, sealed, channel.state],
      ...[new Date(channel.createdAt), channel.createdBy],
    ],
  );
}

/** Saves its name and its state, without its settings: for one that no key opens, too. */
export async function renameChannel(
  sql: Sql,
  { id, name, state }: Pick<AlertChannel, "id" | "name" | "state">,
): Promise<void> {
  await sql.query("update alert_channel set name = $2, state = $3, version = version + 1 where id = $1", [
    ...[id, name, state],
  ]);
}

/** @param lock keeps others from changing it until the transaction ends */
export async function findChannel(
  sql: Sql,
  id: string,
  { lock = false }: { lock?: boolean } = {},
): Promise<AlertChannel | undefined> {
  const [row] = await sql.query(
    `select ${COLUMNS} from alert_channel where id = $1 ${lock ? "for update" : ""}`,
    [id],
  );
  return row && channelOf(row);
}

/** The channels of these ids, oldest first. Without ids: all. */
export async function openChannels(
  sql: Sql,
  keyring: Keyring,
  ids?: readonly string[],
): Promise<OpenedChannel[]> {
  const rows = await sql.query<{ data_key_id: string; sealed: Buffer }>(
    `select ${COLUMNS}, data_key_id, sealed from alert_channel
     where $1::text[] is null or id = any($1) order by created_at, id`,
    [ids ?? null],
  );
  const opened: OpenedChannel[] = [];
  for (const row of rows) {
    const channel = channelOf(row);
    opened.push({ channel, address: await openAddress(sql, keyring, channel, row) });
  }
  return opened;
}

async function openAddress(
  sql: Sql,
  keyring: Keyring,
  { id, type }: AlertChannel,
  { data_key_id: dataKeyId, sealed }: { data_key_id: string; sealed: Buffer },
): Promise<ChannelAddress | null> {
  try {
    const plain = await keyring.open(sql, channelContextOf(id), { dataKeyId, sealed });
    return parseAddress(type, JSON.parse(plain.toString())) ?? null;
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/** Deletes it. What waits for it is dropped by whoever sends. */
export async function deleteChannel(sql: Sql, id: string): Promise<void> {
  await sql.query("delete from alert_channel where id = $1", [id]);
}

/** The names of the routes that send to a channel, in their order. */
export async function findRoutesTo(sql: Sql, channelId: string): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    "select name from alert_route where $1 = any(channel_ids || escalate_to) order by position, id",
    [channelId],
  );
  return rows.map(({ name }) => name);
}

/** It took a message: it fails no longer. */
export async function saveWorking(sql: Sql, id: string): Promise<void> {
  await sql.query(
    `update alert_channel set failing_since = null, last_failure = null
     where id = $1 and (failing_since is not null or last_failure is not null)`,
    [id],
  );
}

/** A message did not arrive at `at` (ms). */
export async function saveFailing(sql: Sql, id: string, detail: string, at: number): Promise<void> {
  await sql.query(
    `update alert_channel set failing_since = coalesce(failing_since, $2), last_failure = $3 where id = $1`,
    [id, new Date(at), detail],
  );
}

function channelOf(row: object): AlertChannel {
  const known = Row.parse(row);
  return {
    ...{ id: known.id, name: known.name, type: known.type, state: known.state, version: known.version },
    failingSince: known.failing_since?.getTime() ?? null,
    lastFailure: known.last_failure,
    createdAt: known.created_at.getTime(),
    createdBy: known.created_by,
  };
}
