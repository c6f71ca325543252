import type { NumberRecord, ShareRecord } from "../model/share-record.ts";
import type { WhoMustAct } from "../model/reason.ts";

/** What is wrong with one number, or not known of it. */
export interface NumberIssue {
  verdict: "no" | "unknown";
  who: WhoMustAct;
  reason: string;
  metaMessage: string | null;
}

interface Row {
  who: WhoMustAct;
  reason: string;
}

/**
 * `status` of a number other than CONNECTED. Meta's pages disagree on the list (number-evidence.ts), so a
 * status that is not here is not known. FLAGGED, RATE_LIMITED and RESTRICTED still send.
 */
const STATUS: Record<string, Row> = {
  FLAGGED: { who: "client", reason: "number_flagged" },
  RATE_LIMITED: { who: "client", reason: "number_rate_limited" },
  RESTRICTED: { who: "client", reason: "number_restricted" },
  PENDING: { who: "provider", reason: "number_pending" },
  UNVERIFIED: { who: "client", reason: "number_unverified" },
  DISCONNECTED: { who: "provider", reason: "number_deregistered" },
  UNLINKED: { who: "provider", reason: "number_deregistered" },
  BANNED: { who: "client", reason: "number_banned" },
  DELETED: { who: "client", reason: "number_deleted" },
  MIGRATED: { who: "client", reason: "number_deleted" },
};

/** `name_status`. NONE is a number without a name of its own: no issue. */
const NAME_STATUS: Record<string, Row | null> = {
  APPROVED: null,
  AVAILABLE_WITHOUT_REVIEW: null,
  NONE: null,
  DECLINED: { who: "client", reason: "name_declined" },
  EXPIRED: { who: "client", reason: "name_expired" },
  PENDING_REVIEW: { who: "meta", reason: "name_pending" },
};

const NOT_READ: NumberIssue = {
  verdict: "unknown",
  who: "nobody",
  reason: "not_yet_proven",
  metaMessage: null,
};

/** Connection first, then quality, then the code. */
export function numberIssueOf(
  number: NumberRecord,
  record: ShareRecord,
  numberId: string,
): NumberIssue | null {
  const connected = number.facts.NumberConnected;
  // We can register only a number of the platform. A number of the app comes back by a signup.
  const registrar: WhoMustAct = number.coexistence || record.everCoexistence ? "client" : "provider";
  if (connected.status === "False" && connected.reason === "number_deleted")
    return { verdict: "no", who: "client", reason: "number_deleted", metaMessage: connected.metaMessage };
  const seen = record.setup?.numbers?.byId[numberId];
  if (seen === undefined) return NOT_READ;
  const { status, quality, verification } = seen;
  if (status !== "CONNECTED") {
    const setupIssue = issueOf(STATUS, status);
    return setupIssue === null || setupIssue.who !== "provider"
      ? setupIssue
      : { ...setupIssue, who: registrar };
  }
  if (quality === "RED") return { verdict: "no", who: "client", reason: "quality_low", metaMessage: quality };
  // A number of the app is verified in the app, and the code of a connected number runs out while the number
  // still sends. Public code names an expired code among the causes of refused messages, so it is shown as an
  // open point and not as a fault.
  const isOpen = verification === "EXPIRED" || verification === "NOT_VERIFIED";
  if (!isOpen || number.coexistence) return null;
  return { verdict: "unknown", who: "client", reason: "code_unverified", metaMessage: verification };
}

export function nameIssueOf(
  _number: NumberRecord,
  record: ShareRecord,
  numberId: string,
): NumberIssue | null {
  const seen = record.setup?.numbers?.byId[numberId];
  return seen === undefined ? NOT_READ : issueOf(NAME_STATUS, seen.nameStatus);
}

/** A value that is not in the table is "not known", and shown as sent. */
function issueOf(table: Record<string, Row | null>, word: string | null): NumberIssue | null {
  if (word === null) return NOT_READ;
  const row = Object.hasOwn(table, word) ? table[word] : undefined;
  if (row === null) return null;
  if (row === undefined) return { ...NOT_READ, reason: `meta:${word}`, metaMessage: word };
  return { verdict: "no", ...row, metaMessage: word };
}
