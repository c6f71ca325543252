import { metaErrorOf, type MetaError } from "../../meta/error-code.ts";
import { MINUTE } from "../model/timings.ts";
import type { NumberRecord } from "../model/share-record.ts";
import type { WhoMustAct } from "../model/reason.ts";
import type { SendingIssue } from "../model/sending-issue.ts";

/** What to do, by Meta's error. */
const ROWS: readonly {
  errors: readonly MetaError[];
  /** A reason in `setup.no` of the texts. */
  reason: string;
  who: WhoMustAct;
  /** The source of the row. */
  source: string;
}[] = [
  {
    errors: ["permission_missing", "app_not_permitted", "access_denied"],
    reason: "sending_rights",
    who: "provider",
    source:
      "support/error-codes: 3, 10, 200 to 299, 131005; public provider manuals: a PIN that was refused, an app that is not Live, messaging that belongs to another provider all answer (#200)",
  },
  {
    errors: ["not_registered"],
    reason: "sending_not_registered",
    who: "provider",
    source: "support/error-codes: 133000, 133010",
  },
  {
    errors: ["certificate"],
    reason: "sending_certificate",
    who: "provider",
    source: "support/error-codes: 131045",
  },
  {
    errors: ["display_name"],
    reason: "sending_name",
    who: "client",
    source: "support/error-codes: 131037",
  },
  {
    errors: ["payment"],
    reason: "sending_payment",
    who: "client",
    source: "support/error-codes: 131042",
  },
  {
    errors: ["account_locked", "account_restricted"],
    reason: "sending_locked",
    who: "client",
    source: "support/error-codes: 368, 131031",
  },
  {
    errors: ["number_deleted", "object_missing"],
    reason: "sending_not_found",
    who: "provider",
    source: "support/error-codes: 33; graph-api/guides/error-handling: 100/33",
  },
];

export function sendingReasonOf(issue: SendingIssue): { reason: string; who: WhoMustAct } {
  const error = metaErrorOf(issue);
  const row = ROWS.find(({ errors }) => error !== null && errors.includes(error));
  return row === undefined
    ? { reason: "sending_other", who: "provider" }
    : { reason: row.reason, who: row.who };
}

/** "133010: Account not registered": Meta's code and text. */
export function refusalMessageOf({ code, subcode, metaMessage }: SendingIssue): string {
  const number = subcode === null ? String(code) : `${code}/${subcode}`;
  return metaMessage === null ? number : `${number}: ${metaMessage}`;
}

/** An accepted message may fail a little later. Only after this time does its acceptance count as success. */
const FAILS_LATER = 5 * MINUTE;

/**
 * Whether an accepted message ends the issue.
 *
 * @param unfailedSince since when messages have been accepted and none has failed, ms since the epoch
 */
export function isSendingOver(issue: SendingIssue, unfailedSince: number, now: number): boolean {
  return issue.source === "send" || (unfailedSince >= issue.lastAt && now >= unfailedSince + FAILS_LATER);
}

/**
 * What was observed of a number's messages: Meta refuses them, or accepts them and none has failed since.
 * Changes the given draft.
 */
export type SendingObserved =
  { is: "accepted"; unfailedSince: number } | ({ is: "refused" } & Omit<SendingIssue, "lastAt">);

export function observeSending(number: NumberRecord, observed: SendingObserved, now: number): void {
  const known = number.sending;
  if (observed.is === "accepted") {
    if (known === undefined || !isSendingOver(known, observed.unfailedSince, now)) return;
    if (known.source === "status") number.sendingEnded = { since: known.since, at: now };
    delete number.sending;
    return;
  }
  const { source, code, subcode, metaMessage } = observed;
  const ended = source === "status" ? number.sendingEnded : undefined;
  const goesOnFrom = ended !== undefined && now < ended.at + FAILS_LATER ? ended.since : now;
  const since = Math.min(known?.since ?? goesOnFrom, observed.since, now);
  number.sending = { since, lastAt: now, source, code, subcode, metaMessage };
  delete number.sendingEnded;
}
