import type { Sql } from "../../database/database.ts";
import type { SignupAttempt } from "./signup.ts";

interface Row {
  id: string;
  signup_id: string;
  begun_at: Date;
  code_at: Date | null;
  exchanged_at: Date | null;
  granted: string[] | null;
  message: SignupAttempt["message"];
  message_at: Date | null;
  matched_at: Date | null;
  outcome: SignupAttempt["outcome"];
  meta_message: string | null;
  step: string | null;
  ended_at: Date | null;
}

const COLUMNS =
  "id, signup_id, begun_at, code_at, exchanged_at, granted, message, message_at, matched_at, outcome, meta_message, step, ended_at";

const ms = (at: Date | null): number | null => at?.getTime() ?? null;

const toAttempt = (row: Row): SignupAttempt => ({
  id: row.id,
  signupId: row.signup_id,
  begunAt: row.begun_at.getTime(),
  codeAt: ms(row.code_at),
  exchangedAt: ms(row.exchanged_at),
  granted: row.granted,
  message: row.message,
  messageAt: ms(row.message_at),
  matchedAt: ms(row.matched_at),
  outcome: row.outcome,
  metaMessage: row.meta_message,
  step: row.step,
  endedAt: ms(row.ended_at),
});

export async function insertAttempt(
  sql: Sql,
  attempt: { id: string; signupId: string; at: number },
): Promise<void> {
  await sql.query("insert into signup_attempt (id, signup_id, begun_at) values ($1, $2, $3)", [
    attempt.id,
    attempt.signupId,
    new Date(attempt.at),
  ]);
}

/** The attempt, if it belongs to this signup. */
export async function findAttempt(
  sql: Sql,
  signupId: string,
  attemptId: string,
): Promise<SignupAttempt | undefined> {
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from signup_attempt where id = $1 and signup_id = $2`,
    [attemptId, signupId],
  );
  return rows[0] && toAttempt(rows[0]);
}

/** Anyone with a link may begin attempts for weeks: only the newest ones are shown. */
const MOST_TOLD = 20;

/** The newest attempts of each signup, newest first. */
export async function readAttempts(sql: Sql, signupIds: readonly string[]): Promise<SignupAttempt[]> {
  const rows = await sql.query<Row>(
    `select newest.* from unnest($1::text[]) as wanted(id)
       cross join lateral (select ${COLUMNS} from signup_attempt where signup_id = wanted.id
         order by begun_at desc, id desc limit ${MOST_TOLD}) newest
     order by newest.begun_at desc, newest.id desc`,
    [signupIds],
  );
  return rows.map(toAttempt);
}

export async function countAttemptsSince(sql: Sql, signupId: string, since: number): Promise<number> {
  const rows = await sql.query<{ count: number }>(
    "select count(*)::int as count from signup_attempt where signup_id = $1 and begun_at > $2",
    [signupId, new Date(since)],
  );
  return rows[0]?.count ?? 0;
}

/**
 * The code came. False when one came before: a code works once, and a second one of the same window is a
 * repetition. A code goes before what a page believed of its window: it may come after the page gave up
 * waiting.
 */
export async function saveCodeReceived(sql: Sql, attemptId: string, at: number): Promise<boolean> {
  const rows = await sql.query(
    `update signup_attempt set code_at = $2, outcome = null, meta_message = null, step = null, ended_at = null
     where id = $1 and code_at is null
       and (outcome is null or outcome in ('login_cancelled', 'left', 'timed_out', 'finished_without_code'))
     returning id`,
    [attemptId, new Date(at)],
  );
  return rows.length > 0;
}

export async function saveExchanged(sql: Sql, attemptId: string, at: number): Promise<void> {
  await sql.query(
    `update signup_attempt set exchanged_at = $2, outcome = null, meta_message = null, ended_at = null
      where id = $1`,
    [attemptId, new Date(at)],
  );
}

/**
 * Stores the dialog's message; the first finish of an attempt stays. It replaces the page's own exit reason:
 * the window was finished, and only its code is missing.
 *
 * @returns how the attempt ended, null while it goes on; undefined when the message says nothing new
 */
export async function saveMessage(
  sql: Sql,
  attemptId: string,
  message: SignupAttempt["message"],
  at: number,
): Promise<SignupAttempt["outcome"] | undefined> {
  const [row] = await sql.query<{ outcome: SignupAttempt["outcome"] }>(
    `update signup_attempt set message = $2, message_at = $3,
       outcome = case when outcome in ('login_cancelled', 'timed_out') and code_at is null
         then 'finished_without_code' else outcome end
     where id = $1 and message is null and matched_at is null returning outcome`,
    [attemptId, JSON.stringify(message), new Date(at)],
  );
  return row?.outcome;
}

export async function saveGranted(sql: Sql, attemptId: string, granted: string[] | null): Promise<void> {
  await sql.query("update signup_attempt set granted = $2 where id = $1", [attemptId, granted]);
}

/**
 * How an attempt ended. What it ended with first stays, unless it went on after all. A page that saw no code
 * come from a window that was finished did not see it cancelled.
 *
 * @param end.unless what must not have come meanwhile: a code that came goes on, and so does a token
 * @returns how it ended by this; null when it had ended already, or went on
 */
export async function saveOutcome(
  sql: Sql,
  attemptId: string,
  end: {
    outcome: NonNullable<SignupAttempt["outcome"]>;
    metaMessage: string | null;
    step: string | null;
    at: number;
    unless?: "code" | "token" | undefined;
  },
): Promise<NonNullable<SignupAttempt["outcome"]> | null> {
  const [row] = await sql.query<{ outcome: NonNullable<SignupAttempt["outcome"]> }>(
    `update signup_attempt set meta_message = $3, step = $4, ended_at = $5,
       outcome = case when $2 in ('login_cancelled', 'timed_out') and message is not null
         then 'finished_without_code' else $2 end,
       matched_at = case when $2 = 'finished' then $5 else matched_at end
     where id = $1 and (outcome is null or $2 = 'finished')
       and ($6::text is null or ($6 = 'code' and code_at is null) or ($6 = 'token' and exchanged_at is null))
     returning outcome`,
    [attemptId, end.outcome, end.metaMessage, end.step, new Date(end.at), end.unless ?? null],
  );
  return row?.outcome ?? null;
}

/** Attempts of a signup whose code waits to be exchanged or whose token waits to be matched, newest first. */
export async function readOpenAttempts(sql: Sql, signupId: string): Promise<SignupAttempt[]> {
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from signup_attempt
     where signup_id = $1 and code_at is not null and matched_at is null and outcome is null
     order by begun_at desc, id desc`,
    [signupId],
  );
  return rows.map(toAttempt);
}
