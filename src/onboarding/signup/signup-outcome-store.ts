import type { Sql } from "../../database/database.ts";
import type { Signup, SignupAttempt } from "./signup.ts";

/** How far the signups of a time came. Each counts in every column that it reached. */
export interface SignupFunnel {
  invited: number;
  opened: number;
  signed: number;
  ready: number;
}

/** Attempts that ended in the same way on the same screen. `outcome` null: the dialog has not answered. */
export interface OutcomeCount {
  outcome: SignupAttempt["outcome"];
  step: string | null;
  count: number;
}

export async function countSignupStates(
  sql: Sql,
  since: Date | null,
): Promise<{ state: Signup["state"]; count: number }[]> {
  return sql.query(
    `select state, count(*)::int as count from signup
     where $1::timestamptz is null or created_at >= $1 group by state`,
    [since],
  );
}

export async function countSignupFunnel(sql: Sql, since: Date | null): Promise<SignupFunnel> {
  const [row] = await sql.query<SignupFunnel>(
    `select count(*)::int as invited, count(opened_at)::int as opened, count(signed_at)::int as signed,
      count(ready_at)::int as ready
     from signup where $1::timestamptz is null or created_at >= $1`,
    [since],
  );
  return row ?? { invited: 0, opened: 0, signed: 0, ready: 0 };
}

/** Of the attempts of these same signups. */
export async function countOutcomes(sql: Sql, since: Date | null): Promise<OutcomeCount[]> {
  return sql.query<OutcomeCount>(
    `select attempt.outcome, attempt.step, count(*)::int as count
     from signup_attempt attempt join signup on signup.id = attempt.signup_id
     where $1::timestamptz is null or signup.created_at >= $1
     group by attempt.outcome, attempt.step
     order by count desc, attempt.outcome, attempt.step`,
    [since],
  );
}

/** How long an ended attempt took, by outcome, in seconds: half of them took less. */
export async function findMedianDurations(sql: Sql, since: Date | null): Promise<Map<string, number>> {
  const rows = await sql.query<{ outcome: string; median_s: number }>(
    `select attempt.outcome,
       percentile_cont(0.5) within group (order by extract(epoch
       from attempt.ended_at - attempt.begun_at))::float8 as median_s
     from signup_attempt attempt join signup on signup.id = attempt.signup_id
     where attempt.outcome is not null and attempt.ended_at is not null
       and ($1::timestamptz is null or signup.created_at >= $1)
     group by attempt.outcome`,
    [since],
  );
  return new Map(rows.map((row) => [row.outcome, row.median_s]));
}
