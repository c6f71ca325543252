import type { Sql, Tx } from "../../database/database.ts";
import type { Ending, Loss, OpenLoss, Sign } from "./episode.ts";
import type { ShareRow } from "../record/share-store.ts";

const at = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

/** A loss of a WABA, from the closing of its gate. `closedAt`: ms since the epoch. */
export interface NewEpisode {
  share: Pick<ShareRow, "assetId" | "connectionId">;
  loss: Loss;
  closedAt: number;
}

/**
 * One statement. Does nothing where a loss of a WABA is open already, because a closing must never fail for
 * the sake of statistics.
 */
export async function insertEpisodes(tx: Tx, episodes: readonly NewEpisode[]): Promise<void> {
  if (episodes.length === 0) return;
  const rows = episodes.map(({ share, loss, closedAt }) => ({
    ...{ connection_id: share.connectionId, asset_id: share.assetId },
    ...{ condition: loss.condition, reason: loss.reason, how: loss.how },
    ...{
      lost_at: at(loss.lostAt),
      announced_at: at(loss.announcedAt),
      lost_after: at(loss.lostAfter),
      closed_at: at(closedAt),
    },
    ...{ detection_ms: loss.detectionMs, receipt_ms: loss.receiptMs },
  }));
  await tx.query(
    `insert into episode (connection_id, asset_id, condition, reason, how, lost_at, announced_at, lost_after,
      closed_at, detection_ms, receipt_ms)
     select connection_id, asset_id, condition, reason, how, lost_at, announced_at, lost_after, closed_at,
       detection_ms, receipt_ms
     from jsonb_to_recordset($1::jsonb) as new
       (connection_id text, asset_id text, condition text, reason text, how text, lost_at timestamptz,
         announced_at timestamptz,
        lost_after timestamptz, closed_at timestamptz, detection_ms bigint, receipt_ms bigint)
     on conflict do nothing`,
    [JSON.stringify(rows)],
  );
}

interface OpenRow {
  id: string;
  asset_id: string;
  condition: string;
  lost_at: Date | null;
  announced_at: Date | null;
  lost_after: Date | null;
  closed_at: Date;
}

/** The losses of these WABAs that have not ended, by asset. The locks of the shares guard them. */
export async function findOpenEpisodes(
  sql: Sql,
  assetIds: readonly string[],
): Promise<Map<string, OpenLoss & { id: string }>> {
  if (assetIds.length === 0) return new Map();
  const rows = await sql.query<OpenRow>(
    `select id, asset_id, condition, lost_at, announced_at, lost_after, closed_at from episode
     where asset_id = any($1) and ended_at is null`,
    [assetIds],
  );
  return new Map(
    rows.map((row) => [
      row.asset_id,
      {
        id: row.id,
        condition: row.condition,
        lostAt: row.lost_at?.getTime() ?? null,
        announcedAt: row.announced_at?.getTime() ?? null,
        lostAfter: row.lost_after?.getTime() ?? null,
        closedAt: row.closed_at.getTime(),
      },
    ]),
  );
}

export async function saveEnding(tx: Tx, id: string, ending: Ending, endedAt: number): Promise<void> {
  await tx.query(
    "update episode set ended_at = $2, outcome = $3, resume_how = $4, resume_ms = $5 where id = $1",
    [id, at(endedAt), ending.outcome, ending.resumeHow, ending.resumeMs],
  );
}

/** The notices that announce a repair, by their title in the timeline. */
const SIGN_OF_TITLE: Record<string, Sign["name"]> = {
  "hint.partner_added": "partner_added",
  "hint.app_installed": "app_installed",
  "hint.reconnected": "reconnected",
  "hint.ban": "reinstated",
};

/** Only the first of each kind is read. The limit bounds memory when a client adds and removes us all day. */
const MOST_SIGNS = 200;

/** What announced a repair of this WABA since, oldest first, without notices that were not about us. */
export async function readSigns(sql: Sql, assetId: string, sinceAt: number): Promise<Sign[]> {
  const rows = await sql.query<{ title: string; received_at: string; entry_time: string | null }>(
    `select title, evidence ->> 'received_at' as received_at, evidence ->> 'entry_time' as entry_time
     from observation
     where asset_id = $1 and at >= $2 and title = any($3) and detail is null
       and (title <> 'hint.ban' or evidence::text like '%REINSTATE%')
     order by at desc, id desc limit $4`,
    [assetId, new Date(sinceAt), Object.keys(SIGN_OF_TITLE), MOST_SIGNS],
  );
  return rows.reverse().flatMap((row) => {
    const name = SIGN_OF_TITLE[row.title];
    const saidAt = row.entry_time === null ? null : Number(row.entry_time) * 1000;
    return name === undefined ? [] : [{ name, at: Date.parse(row.received_at), saidAt }];
  });
}
