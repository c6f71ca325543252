import type { Sql, Tx } from "../database/database.ts";
import type { Ending, Loss, OpenLoss, Sign } from "./episode.ts";
import type { ShareRow } from "./share-store.ts";

const at = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

/** Does nothing where a loss of this WABA is open already: a closing must never fail for the sake of a figure. */
export async function insertEpisode(
  tx: Tx,
  { assetId, connectionId }: Pick<ShareRow, "assetId" | "connectionId">,
  loss: Loss,
  closedAt: number,
): Promise<void> {
  await tx.query(
    `insert into episode (connection_id, asset_id, condition, reason, how, lost_at, told_at, lost_after, closed_at, detection_ms, receipt_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
    [
      connectionId,
      assetId,
      loss.condition,
      loss.reason,
      loss.how,
      at(loss.lostAt),
      at(loss.toldAt),
      at(loss.lostAfter),
      at(closedAt),
      loss.detectionMs,
      loss.receiptMs,
    ],
  );
}

interface OpenRow {
  id: string;
  condition: string;
  lost_at: Date | null;
  told_at: Date | null;
  lost_after: Date | null;
  closed_at: Date;
}

/** The loss of this WABA that has not ended; the share's lock guards it. */
export async function findOpenEpisode(
  sql: Sql,
  assetId: string,
): Promise<(OpenLoss & { id: string }) | undefined> {
  const [row] = await sql.query<OpenRow>(
    `select id, condition, lost_at, told_at, lost_after, closed_at from episode where asset_id = $1 and ended_at is null`,
    [assetId],
  );
  return (
    row && {
      id: row.id,
      condition: row.condition,
      lostAt: row.lost_at?.getTime() ?? null,
      toldAt: row.told_at?.getTime() ?? null,
      lostAfter: row.lost_after?.getTime() ?? null,
      closedAt: row.closed_at.getTime(),
    }
  );
}

export async function saveEnding(tx: Tx, id: string, ending: Ending, endedAt: number): Promise<void> {
  await tx.query(
    "update episode set ended_at = $2, outcome = $3, sign = $4, sign_at = $5, resume_how = $6, resume_ms = $7 where id = $1",
    [
      id,
      at(endedAt),
      ending.outcome,
      ending.sign?.name ?? null,
      at(ending.sign?.at ?? null),
      ending.resumeHow,
      ending.resumeMs,
    ],
  );
}

/** The notices that announce a repair, by their title in the timeline. */
const SIGN_OF_TITLE: Record<string, Sign["name"]> = {
  "hint.partner_added": "partner_added",
  "hint.app_installed": "app_installed",
  "hint.reconnected": "reconnected",
  "hint.ban": "reinstated",
};

/** The first of each kind is what is asked for; a client who adds and removes us all day fills no memory. */
const MOST_SIGNS = 200;

/** What announced a repair of this WABA since, oldest first; notices that were not about us left out. */
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
