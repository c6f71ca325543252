import type { MetaNotice } from "../meta/account-update.ts";
import { parseMetaId } from "../meta/meta-id.ts";
import { findOwnerId } from "../directory/directory-store.ts";
import { registerWaba } from "../directory/register-waba.ts";
import { hintOf, type Hint, type Identity } from "./hint.ts";
import { newMemory } from "./memory.ts";
import type { Tx } from "../database/database.ts";
import { MINUTE } from "./rules.ts";
import { findToldNotice } from "./timeline-store.ts";
import { beginShare, recordObservation, type By, type Note, type ShareDeps } from "./record-observation.ts";

const META: By = { actor: "meta", requestId: null };

/** Fields that say something of a share. Everything else is kept and counted by the inbox, and makes nobody look. */
const HINT_FIELDS = new Set([
  "account_update",
  "account_review_update",
  "account_offboarded",
  "account_reconnected",
]);

/** Whether a notice may say something of a share at all. */
export function maySayOfShare(notice: MetaNotice): boolean {
  return HINT_FIELDS.has(notice.field);
}

/**
 * Takes one notice of Meta's as a hint about one WABA. A WABA that we do not know is kept as found, not adopted.
 *
 * @param input.stillDue asked in the transaction that records it: false when another instance has it
 * @param input.delivery which notice of which delivery this is, where there are several: one that was told already is not told again
 */
export async function recordHint(
  deps: ShareDeps,
  input: {
    connectionId: string;
    notice: MetaNotice;
    receivedAt: number;
    identity: Identity;
    stillDue?: (tx: Tx) => Promise<boolean>;
    delivery?: string;
  },
): Promise<void> {
  const { connectionId, notice, receivedAt, identity, stillDue, delivery } = input;
  const wabaId = notice.wabaId === null ? null : parseMetaId(notice.wabaId);
  if (wabaId === null || !maySayOfShare(notice)) return;
  const hint = hintOf(notice, receivedAt, identity);
  const known = await findOwnerId(deps.db, connectionId, "waba", wabaId);
  // Without a `waba_info` the envelope's id may be a portfolio: our own is no WABA. A foreign hint founds nothing, nor does a loss: what is
  // gone cannot be adopted.
  const isFound = hint.foreign === null && hint.effect.kind !== "closing" && wabaId !== identity.businessId;
  if (known === undefined && !isFound) return;
  const assetId =
    known ?? (await discoverWaba(deps, { connectionId, wabaId, ownerBusinessId: notice.ownerBusinessId }));
  await recordObservation(deps, {
    assetId,
    observe: { type: "hint", hint },
    note: noteOf(notice, hint, delivery),
    by: META,
    stillDue: async (tx) => {
      if (stillDue !== undefined && !(await stillDue(tx))) return false;
      if (delivery === undefined) return true;
      return !(await findToldNotice(tx, { assetId, delivery, since: receivedAt - CLOCKS_DIFFER_BY }));
    },
  });
}

/** How far the clocks of two instances may lie apart: what one received, the other may have told of before. */
const CLOCKS_DIFFER_BY = MINUTE;

function noteOf(notice: MetaNotice, hint: Hint, delivery: string | undefined): Note {
  return {
    kind: "hint",
    source: "event",
    title: `hint.${notice.meaning.kind}`,
    detail: hint.foreign === null ? null : `It starts a look and cannot close: ${hint.foreign}.`,
    evidence: {
      field: notice.field,
      event: notice.event,
      entry_id: notice.entryId,
      entry_time: notice.entryTimeS,
      received_at: new Date(hint.receivedAt).toISOString(),
      value: notice.said,
      ...(delivery !== undefined && { delivery }),
    },
  };
}

/** Keeps a WABA that is shared with us without a signup here. Two discoveries at once end in one. */
export async function discoverWaba(
  deps: ShareDeps,
  input: {
    connectionId: string;
    wabaId: string;
    ownerBusinessId: string | null;
    name?: string | null;
    ownerName?: string | null;
  },
): Promise<string> {
  const { connectionId, wabaId } = input;
  const assetId = await deps.db.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock(hashtext($1))", [`waba:${connectionId}:${wabaId}`]);
    const known = await findOwnerId(tx, connectionId, "waba", wabaId);
    if (known !== undefined) return known;
    const now = deps.clock.now();
    const sketch = { ...input, name: input.name ?? null, ownerName: input.ownerName ?? null };
    const id = await registerWaba(tx, deps.random, sketch, now);
    const memory = newMemory({ adoption: "discovered", origin: "discovery", now });
    const note: Note = {
      kind: "act",
      source: "system",
      title: "waba.discovered",
      detail: null,
      evidence: { waba_id: wabaId },
    };
    await beginShare(tx, deps, { assetId: id, connectionId, memory }, note, META);
    return id;
  });
  deps.wake();
  return assetId;
}
