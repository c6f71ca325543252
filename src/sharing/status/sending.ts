import { DISPLAY_NAME, isPermissionCode, PAYMENT } from "../../meta/message-refusal.ts";
import { MINUTE } from "../model/timings.ts";
import type { NumberRecord } from "../model/share-record.ts";
import type { WhoMustAct } from "../model/reason.ts";
import type { SendingIssue } from "../model/sending-issue.ts";

/** What to do, by Meta's code. The first row that matches wins. */
const ROWS: readonly {
  is(code: number, subcode: number | null): boolean;
  /** A reason in `setup.no` of the texts. */
  reason: string;
  who: WhoMustAct;
  /** The source of the row. */
  source: string;
}[] = [
  {
    is: (code) => isPermissionCode(code) || [3, 10, 131005].includes(code),
    reason: "sending_rights",
    who: "provider",
    source:
      "support/error-codes: 3, 10, 200 to 299, 131005; public provider manuals: a PIN that was refused, an app that is not Live, messaging that belongs to another provider all answer (#200)",
  },
  {
    is: (code) => code === 133010 || code === 133000,
    reason: "sending_not_registered",
    who: "provider",
    source: "support/error-codes: 133000, 133010",
  },
  {
    is: (code) => code === 131045,
    reason: "sending_certificate",
    who: "provider",
    source: "support/error-codes: 131045",
  },
  {
    is: (code) => code === DISPLAY_NAME,
    reason: "sending_name",
    who: "client",
    source: "support/error-codes: 131037",
  },
  {
    is: (code) => code === PAYMENT,
    reason: "sending_payment",
    who: "client",
    source: "support/error-codes: 131042",
  },
  {
    is: (code) => code === 131031 || code === 368,
    reason: "sending_locked",
    who: "client",
    source: "support/error-codes: 368, 131031",
  },
  {
    is: (code, subcode) => code === 33 || (code === 100 && subcode === 33),
    reason: "sending_not_found",
    who: "provider",
    source: "support/error-codes: 33; graph-api/guides/error-handling: 100/33",
  },
];

export function sendingReasonOf({ code, subcode }: SendingIssue): { reason: string; who: WhoMustAct } {
  const row = ROWS.find(({ is }) => is(code, subcode));
  return row === undefined
    ? { reason: "sending_other", who: "provider" }
    : { reason: row.reason, who: row.who };
}

/** "133010: Account not registered": Meta's code and text. */
export function refusalWordsOf({ code, subcode, words }: SendingIssue): string {
  const number = subcode === null ? String(code) : `${code}/${subcode}`;
  return words === null ? number : `${number}: ${words}`;
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
  const { source, code, subcode, words } = observed;
  const ended = source === "status" ? number.sendingEnded : undefined;
  const goesOnFrom = ended !== undefined && now < ended.at + FAILS_LATER ? ended.since : now;
  const since = Math.min(known?.since ?? goesOnFrom, observed.since, now);
  number.sending = { since, lastAt: now, source, code, subcode, words };
  delete number.sendingEnded;
}
