import { findOwnerId } from "../../directory/directory-store.ts";
import { registerWaba } from "../../directory/register-waba.ts";
import { newShareRecord } from "../model/share-record.ts";
import { beginShare, type By, type Note, type ShareDeps } from "./record-observation.ts";

const META: By = { actor: "meta", requestId: null };

/** Keeps a WABA that is shared with us without a signup here. Two discoveries at once create one WABA. */
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
    const record = newShareRecord({ adoption: "discovered", origin: "discovery", now });
    const note: Note = {
      kind: "command",
      source: "system",
      title: "waba.discovered",
      detail: null,
      evidence: { waba_id: wabaId },
    };
    await beginShare(tx, deps, { assetId: id, connectionId, record }, note, META);
    return id;
  });
  deps.wake();
  return assetId;
}
