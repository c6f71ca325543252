import type { Sql } from "../database/database.ts";
import type { WhoMustAct } from "../sharing/reason.ts";
import type { StatusRow } from "../sharing/status.ts";

export interface ShareFigures {
  rows: { status: StatusRow["status"]; who: WhoMustAct; count: number }[];
  /** The least recent proof among the live WABAs, ms since the epoch. */
  oldestLiveProofAt: number | null;
}

/** How many WABAs are in which status, and on whom they wait. */
export async function readStatusCounts(sql: Sql): Promise<ShareFigures> {
  const rows = await sql.query<{
    status: StatusRow["status"];
    who: WhoMustAct;
    count: number;
    oldest: Date | null;
  }>(
    `select status, who_must_act as who, count(*)::int as count, min(last_proven_at) as oldest
     from share group by status, who_must_act`,
  );
  const proofs = rows.filter((row) => row.status === "live").map((row) => row.oldest?.getTime());
  const known = proofs.filter((proof) => proof !== undefined);
  return {
    rows: rows.map(({ status, who, count }) => ({ status, who, count })),
    oldestLiveProofAt: known.length === 0 ? null : Math.min(...known),
  };
}
