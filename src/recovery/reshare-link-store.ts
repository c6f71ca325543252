import type { Sql, Tx } from "../database/database.ts";
import { LOST_STATUSES, type NewLink, type ReshareLink } from "./reshare-link.ts";

interface Row {
  id: string;
  connection_id: string;
  asset_id: string;
  created_at: Date;
  lost_at: Date | null;
  expires_at: Date;
  revoked_at: Date | null;
  opened_at: Date | null;
  used_at: Date | null;
  last_seen_at: Date | null;
  created_by: string;
  language: string | null;
}

const toLink = (row: Row): ReshareLink => ({
  id: row.id,
  connectionId: row.connection_id,
  assetId: row.asset_id,
  createdAt: row.created_at.getTime(),
  lostAt: row.lost_at?.getTime() ?? null,
  expiresAt: row.expires_at.getTime(),
  revokedAt: row.revoked_at?.getTime() ?? null,
  openedAt: row.opened_at?.getTime() ?? null,
  usedAt: row.used_at?.getTime() ?? null,
  lastSeenAt: row.last_seen_at?.getTime() ?? null,
  createdBy: row.created_by,
  language: row.language,
});

/** NOTIFY with the id of the asset whose link changed. Every instance reads it again. */
export const LINK_NOTICE = "reshare_link";

async function notifyChange(tx: Tx, assetId: string): Promise<void> {
  await tx.query("select pg_notify($1, $2)", [LINK_NOTICE, assetId]);
}

const COLUMNS =
  "id, connection_id, asset_id, created_at, created_by, lost_at, expires_at, revoked_at, opened_at, " +
  "last_seen_at, used_at, language";

export async function findLink(sql: Sql, linkId: string): Promise<ReshareLink | undefined> {
  return (await findLinks(sql, [linkId]))[0];
}

export async function findLinks(sql: Sql, linkIds: readonly string[]): Promise<ReshareLink[]> {
  const rows = await sql.query<Row>(`select ${COLUMNS} from reshare_link where id = any($1::text[])`, [
    linkIds,
  ]);
  return rows.map(toLink);
}

/** The newest link of each WABA, whatever its status. */
export async function findCurrentLinks(sql: Sql, assetIds: readonly string[]): Promise<ReshareLink[]> {
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from reshare_link where asset_id = any($1) and superseded_at is null`,
    [assetIds],
  );
  return rows.map(toLink);
}

/** The links that a WABA had, newest first. */
export async function readLinks(sql: Sql, assetId: string, limit: number): Promise<ReshareLink[]> {
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from reshare_link where asset_id = $1 order by created_at desc, id desc limit $2`,
    [assetId, limit],
  );
  return rows.map(toLink);
}

/** The live link of each of these WABAs, of all WABAs for null. */
export async function readLiveLinks(
  sql: Sql,
  assetIds: readonly string[] | null,
  now: number,
): Promise<ReshareLink[]> {
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from reshare_link where superseded_at is null and revoked_at is null
      and expires_at > $1 and ($2::text[] is null or asset_id = any($2))`,
    [new Date(now), assetIds],
  );
  return rows.map(toLink);
}

/** Replaces the links of these WABAs, one new link for each. A live old one is revoked. */
export async function replaceLinks(tx: Tx, links: readonly NewLink[], actor: string): Promise<void> {
  if (links.length === 0) return;
  const assetIds = links.map((link) => link.assetId);
  const createdAt = links.map((link) => new Date(link.createdAt));
  await tx.query(
    `update reshare_link set superseded_at = made.at,
       revoked_at = case when revoked_at is null and expires_at > made.at then made.at else revoked_at end
     from unnest($1::text[], $2::timestamptz[]) as made (asset_id, at)
     where reshare_link.asset_id = made.asset_id and superseded_at is null`,
    [assetIds, createdAt],
  );
  await tx.query(
    `with made as (
       insert into reshare_link (id, connection_id, asset_id, created_at, created_by, lost_at, expires_at)
       select id, connection_id, asset_id, created_at, $4, lost_at, expires_at
       from unnest($1::text[], $2::text[], $3::text[], $5::timestamptz[], $6::timestamptz[],
         $7::timestamptz[])
         as new (id, connection_id, asset_id, created_at, lost_at, expires_at)
       returning asset_id
     )
     select pg_notify($8, asset_id) from made`,
    [
      links.map((link) => link.id),
      links.map((link) => link.connectionId),
      assetIds,
      actor,
      createdAt,
      links.map((link) => (link.lostAt === null ? null : new Date(link.lostAt))),
      links.map((link) => new Date(link.expiresAt)),
      LINK_NOTICE,
    ],
  );
}

/** Uses the same links for new losses. Each lives at least as long as a new one would. */
export async function saveLosses(
  tx: Tx,
  losses: readonly { linkId: string; lostAt: number; expiresAt: number }[],
): Promise<void> {
  if (losses.length === 0) return;
  await tx.query(
    `update reshare_link
      set lost_at = loss.lost_at, expires_at = greatest(reshare_link.expires_at, loss.expires_at)
     from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as loss (link_id, lost_at, expires_at)
     where id = loss.link_id`,
    [
      losses.map((loss) => loss.linkId),
      losses.map((loss) => new Date(loss.lostAt)),
      losses.map((loss) => new Date(loss.expiresAt)),
    ],
  );
}

/** @returns whether the link was live until now */
export async function saveRevoked(tx: Tx, linkId: string, now: number): Promise<boolean> {
  const rows = await tx.query<{ asset_id: string }>(
    "update reshare_link set revoked_at = $2 where id = $1 and revoked_at is null returning asset_id",
    [linkId, new Date(now)],
  );
  if (rows[0] !== undefined) await notifyChange(tx, rows[0].asset_id);
  return rows.length > 0;
}

/**
 * A repair counts as the use of a link that somebody opened since the loss began.
 *
 * @returns the WABAs whose link was used
 */
export async function saveUsed(
  tx: Tx,
  repairs: readonly { assetId: string; at: number }[],
): Promise<Set<string>> {
  if (repairs.length === 0) return new Set();
  const rows = await tx.query<{ asset_id: string }>(
    `update reshare_link link set used_at = repair.at
     from unnest($1::text[], $2::timestamptz[]) as repair (asset_id, at)
     where link.asset_id = repair.asset_id and link.superseded_at is null and exists (
       select 1 from reshare_visit visit
       where visit.link_id = link.id and visit.at >= coalesce(link.lost_at, link.created_at))
     returning link.asset_id`,
    [repairs.map((repair) => repair.assetId), repairs.map((repair) => new Date(repair.at))],
  );
  return new Set(rows.map((row) => row.asset_id));
}

/** The link, locked until the transaction ends. Lock its share before it, to avoid deadlocks. */
export async function lockLink(tx: Tx, linkId: string): Promise<ReshareLink | undefined> {
  const rows = await tx.query<Row>(`select ${COLUMNS} from reshare_link where id = $1 for update`, [linkId]);
  return rows[0] && toLink(rows[0]);
}

export async function saveSeen(sql: Sql, linkId: string, language: string, now: number): Promise<void> {
  await sql.query(
    `update reshare_link set opened_at = coalesce(opened_at, $2), last_seen_at = $2, language = $3
      where id = $1`,
    [linkId, new Date(now), language],
  );
}

export type VisitKind =
  | "opened"
  | "checked"
  | "intended"
  | "resumed"
  | "asked_fresh"
  | "app_opened"
  | "app_works_again"
  | "step_reached";

export async function appendVisit(
  sql: Sql,
  visit: { linkId: string; kind: VisitKind; language: string; at: number },
): Promise<void> {
  await sql.query("insert into reshare_visit (link_id, at, kind, language) values ($1, $2, $3, $4)", [
    visit.linkId,
    new Date(visit.at),
    visit.kind,
    visit.language,
  ]);
}

/** When one of these was done with the link after `since`, oldest first. */
export async function readVisits(
  sql: Sql,
  linkId: string,
  kinds: readonly VisitKind[],
  since: number,
): Promise<number[]> {
  const rows = await sql.query<{ at: Date }>(
    "select at from reshare_visit where link_id = $1 and kind = any($2) and at > $3 order by at",
    [linkId, [...kinds], new Date(since)],
  );
  return rows.map((row) => row.at.getTime());
}

/** No page shows more WABAs. */
const MOST_TOGETHER = 25;
/** Somebody who removes a partner from several WABAs does it within the hour. */
const TOGETHER_MS = 3_600_000;

/**
 * The WABAs of the same client that are lost now, or came back since this loss began: the link's own first.
 * They were lost together, so one page shows all of them.
 */
export async function findFallenTogether(sql: Sql, link: ReshareLink): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select other.id from asset own
       join asset other on other.client_id = own.client_id and other.connection_id = own.connection_id
       join share on share.asset_id = other.id
     where own.id = $1 and (other.id = own.id or share.status = any($2)
       or (share.status = 'live' and exists (
         select 1 from reshare_link past where past.asset_id = other.id and past.lost_at >= $3
           and share.since >= past.lost_at)))
     order by other.id <> own.id, other.id limit ${MOST_TOGETHER}`,
    [link.assetId, [...LOST_STATUSES], new Date((link.lostAt ?? link.createdAt) - TOGETHER_MS)],
  );
  return rows.map((row) => row.id);
}

/**
 * Links of lost WABAs that end by `until`, and expired links of other WABAs. Expired ones are put aside, so
 * that this reads no more than is new. Neither includes revoked links.
 */
export async function readEndingLinks(
  sql: Sql,
  { now, until, limit }: { now: number; until: number; limit: number },
): Promise<{ assetId: string; isLost: boolean }[]> {
  const rows = await sql.query<{ asset_id: string; is_lost: boolean }>(
    `select asset_id, is_lost from (
       select link.asset_id, link.expires_at, share.status = any($1)
         and share.record -> 'suppressNotifications' is null
         and coalesce(asset.mode, client.mode, connection.mode) = 'enforce' as is_lost
       from reshare_link link
         join share on share.asset_id = link.asset_id
         join asset on asset.id = share.asset_id
         join client on client.id = asset.client_id
         join connection on connection.id = asset.connection_id
       where link.superseded_at is null and link.revoked_at is null and link.expires_at <= $2) ending
     where is_lost or expires_at <= $3 order by expires_at limit $4`,
    [[...LOST_STATUSES], new Date(until), new Date(now), limit],
  );
  return rows.map((row) => ({ assetId: row.asset_id, isLost: row.is_lost }));
}

/** Keeps the current link of a WABA until its own end, while another replaces it. */
export async function saveSuperseded(tx: Tx, assetId: string, at: number): Promise<void> {
  await tx.query("update reshare_link set superseded_at = $2 where asset_id = $1 and superseded_at is null", [
    assetId,
    new Date(at),
  ]);
}

/** WABAs that are lost and have no link yet, after an older version or after observe mode. */
export async function readLostWithoutLink(sql: Sql, limit: number): Promise<string[]> {
  const rows = await sql.query<{ asset_id: string }>(
    `select share.asset_id from share
       join asset on asset.id = share.asset_id
       join client on client.id = asset.client_id
       join connection on connection.id = asset.connection_id
     where share.status = any($1) and coalesce(asset.mode, client.mode, connection.mode) = 'enforce'
       and share.record -> 'suppressNotifications' is null and share.record -> 'observing' is null
       and not exists (select 1 from reshare_link link where link.asset_id = share.asset_id) limit $2`,
    [[...LOST_STATUSES], limit],
  );
  return rows.map((row) => row.asset_id);
}
