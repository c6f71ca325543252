import type { GraphReply } from "../../meta/graph-reply.ts";
import { isWhole, itemsOf } from "../../meta/list-reply.ts";
import type { SetupReading } from "../model/setup-reading.ts";
import { metaMessageOf } from "./evidence-table.ts";
import { healthIssuesOf } from "./health-evidence.ts";
import { numberSeenOf } from "./number-evidence.ts";
import type { ProbeIdentity, Replies } from "./probe-replies.ts";

/** The setup details as read, which matter only while the share is intact. */
export function setupReadingOf(replies: Replies, { numberIds }: ProbeIdentity): SetupReading | undefined {
  if (replies.waba.kind !== "success") return undefined;
  return { account: accountReadingOf(replies), numbers: numbersSeenOf(replies.phoneNumbers, numberIds) };
}

/**
 * Null where Meta gave no answer, so that the known values stay. A field that Meta refused is "not known".
 */
function accountReadingOf({ details, unread = {} }: Replies): SetupReading["account"] {
  if (details?.kind !== "success") return null;
  const { primary_funding_id: funding, health_status: health } = unread;
  const id = details.body.primary_funding_id;
  const hasFunding = (typeof id === "string" && id !== "") || typeof id === "number";
  const refused = { funding, health } as const;
  const metaMessage = Object.entries(refused).flatMap(([name, reply]) =>
    reply ? [[name, metaMessageOf(reply)] as const] : [],
  );
  return {
    hasFunding: funding === undefined ? hasFunding : null,
    health: health === undefined ? healthIssuesOf(details.body) : null,
    ...(metaMessage.length > 0 && { refused: Object.fromEntries(metaMessage) }),
  };
}

/**
 * Null also for an empty list that is incomplete: "no number" is reported only after a list was read to its
 * end.
 */
function numbersSeenOf(
  reply: GraphReply | null,
  numberIds: ProbeIdentity["numberIds"],
): SetupReading["numbers"] {
  if (reply?.kind !== "success") return null;
  const items = itemsOf(reply);
  if (items.length === 0 && !isWhole(reply)) return null;
  return Object.fromEntries(
    items.flatMap((item) => {
      const numberId = numberIds[digitsOf(item) ?? ""];
      return numberId === undefined ? [] : [[numberId, numberSeenOf(item)] as const];
    }),
  );
}

/** The id of an item, or null when it is malformed. A name such as "constructor" must never become a key. */
export function digitsOf({ id }: Record<string, unknown>): string | null {
  return (typeof id === "string" || typeof id === "number") && /^[0-9]{1,20}$/.test(String(id))
    ? String(id)
    : null;
}
