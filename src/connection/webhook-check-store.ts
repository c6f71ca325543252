import type { Sql } from "../database/database.ts";
import type {
  WebhookCheck,
  WebhookCheckName,
  WebhookCheckOutcome,
  KnownWebhookCheck,
} from "./webhook-check.ts";

interface Row {
  connection_id: string;
  check_name: WebhookCheckName;
  outcome: WebhookCheckOutcome;
  detail: Record<string, string>;
  at: Date;
  repaired_at: Date | null;
  since: Date;
}

/** The newest outcome of every check, by connection. */
export async function readWebhookChecks(sql: Sql): Promise<Map<string, KnownWebhookCheck[]>> {
  const rows = await sql.query<Row>("select * from webhook_check order by connection_id, check_name");
  const webhookChecks = new Map<string, KnownWebhookCheck[]>();
  for (const row of rows) {
    const { check_name: check, outcome, detail } = row;
    const repairedAt = row.repaired_at?.getTime() ?? null;
    const webhookCheck = {
      check,
      outcome,
      detail,
      at: row.at.getTime(),
      repairedAt,
      since: row.since.getTime(),
    };
    webhookChecks.set(row.connection_id, [...(webhookChecks.get(row.connection_id) ?? []), webhookCheck]);
  }
  return webhookChecks;
}

/** A check that repaired nothing keeps the instant of the last repair. */
export async function saveWebhookCheck(
  sql: Sql,
  connectionId: string,
  webhookCheck: WebhookCheck,
): Promise<void> {
  await sql.query(
    `insert into webhook_check (connection_id, check_name, outcome, detail, at, repaired_at, since)
     values ($1, $2, $3, $4::jsonb, $5::timestamptz, $6::timestamptz,
       coalesce($6::timestamptz, $5::timestamptz))
     on conflict (connection_id, check_name) do update
     set outcome = $3, detail = $4::jsonb, at = $5, repaired_at = coalesce($6, webhook_check.repaired_at),
       since = case when webhook_check.outcome = $3 and $6 is null then webhook_check.since
         else excluded.since end`,
    [
      connectionId,
      webhookCheck.check,
      webhookCheck.outcome,
      JSON.stringify(webhookCheck.detail),
      new Date(webhookCheck.at),
      webhookCheck.repairedAt === null ? null : new Date(webhookCheck.repairedAt),
    ],
  );
}

/** After the clock was set back: future instants of checks and repairs are set to now. */
export async function bringWebhookChecksToNow(db: Sql, now: number): Promise<void> {
  await db.query(
    `update webhook_check
      set at = least(at, $1), since = least(since, $1), repaired_at = least(repaired_at, $1)
      where at > $1 or since > $1 or repaired_at > $1`,
    [new Date(now)],
  );
}
