import type { Tx } from "../database/database.ts";
import {
  findAsset,
  saveAssetName,
  saveNumberProfile,
  findNumbersOf,
  findOwnerId,
  type Asset,
} from "../directory/directory-store.ts";
import { registerNumber, saveOwner } from "../directory/register-waba.ts";
import { findControlWaba } from "./control-waba.ts";
import { describeLook, type LookNote } from "./describe-look.ts";
import { parseMetaId } from "../meta/meta-id.ts";
import { itemsOf, judgeLook, type Replies } from "./judge-look.ts";
import { lookAtMeta } from "./look-at-meta.ts";
import { mustWrite } from "./look-plan.ts";
import type { LookTrigger } from "./look.ts";
import type { MetaAccount } from "./meta-account.ts";
import { needsSettling } from "./observe.ts";
import { recordObservation, SYSTEM, type By, type Recorded, type ShareDeps } from "./record-observation.ts";
import { findShare } from "./share-store.ts";

export interface VerifyDeps extends ShareDeps {
  /** The connection's account at Meta; undefined when this instance does not know the connection. */
  accountOf(connectionId: string): MetaAccount | undefined;
}

/**
 * Looks at Meta once and records what it proves. No transaction is held while Meta is asked.
 *
 * @returns the step it made, or undefined when there is nothing to look at (unknown asset, ended on purpose)
 */
export async function verifyShare(
  deps: VerifyDeps,
  input: { assetId: string; trigger: LookTrigger; waited?: boolean; by?: By },
): Promise<Recorded | undefined> {
  const { assetId } = input;
  const share = await findShare(deps.db, assetId);
  const asset = await findAsset(deps.db, assetId);
  const account = asset && deps.accountOf(asset.connectionId);
  if (share === undefined || asset === undefined || account === undefined) return undefined;
  if (share.memory.adoption === "offboarded" && input.trigger !== "check") return undefined;
  if (needsSettling(share.memory, deps.clock.now()))
    await recordObservation(deps, { assetId, observe: { type: "tick" }, note: null, by: SYSTEM });

  const askedAt = deps.clock.now();
  const isDue = (share.memory.dueLooks[0] ?? Infinity) <= askedAt;
  const trigger = input.trigger === "sweep" && isDue ? "due" : input.trigger;
  const mayWrite = share.memory.adoption === "adopted" && asset.mode === "enforce";
  const replies = await lookAtMeta(account, {
    wabaId: asset.wabaId,
    write: mustWrite(share.memory, askedAt, trigger),
    mayWrite,
    controlWabaId: await findControlWaba(deps.db, asset, askedAt),
    override: null,
  });
  const by = input.by ?? SYSTEM;
  return recordObservation(deps, {
    assetId,
    observe: async (tx) => {
      const numberIds = await saveWhatMetaSaid(tx, deps, asset, replies);
      const identity = { appId: account.appId, systemUserId: account.systemUserId, numberIds };
      return {
        type: "look",
        look: judgeLook(replies, identity, { askedAt, trigger, waited: input.waited ?? false }),
      };
    },
    note: (step) => noteOf(describeLook(replies, step, trigger)),
    by,
  });
}

function noteOf(described: LookNote | null): ReturnType<typeof toNote> | null {
  return described === null ? null : toNote(described);
}

const toNote = (note: LookNote) => ({
  kind: note.kind,
  source: note.source,
  title: note.title,
  detail: note.detail,
  evidence: note.evidence,
});

/** Names, owner and numbers, kept while the share stands. Returns our id of each number of this WABA, by Meta's. */
async function saveWhatMetaSaid(
  tx: Tx,
  deps: ShareDeps,
  asset: Asset,
  replies: Replies,
): Promise<Record<string, string>> {
  const now = deps.clock.now();
  if (replies.waba.kind === "success") await saveNames(tx, deps, asset, replies.waba.body, now);
  const known = await findNumbersOf(tx, [asset.id]);
  const numberIds = Object.fromEntries(known.map((number) => [number.phoneNumberId, number.id]));
  if (replies.phoneNumbers === null) return numberIds;
  for (const item of itemsOf(replies.phoneNumbers)) {
    const phoneNumberId = parseMetaId(item.id);
    if (phoneNumberId === null) continue;
    const numberId = numberIds[phoneNumberId] ?? (await adoptNumber(tx, deps, asset, phoneNumberId, now));
    if (numberId === undefined) continue;
    numberIds[phoneNumberId] = numberId;
    await saveNumberProfile(tx, numberId, item);
  }
  return numberIds;
}

async function adoptNumber(
  tx: Tx,
  deps: ShareDeps,
  asset: Asset,
  phoneNumberId: string,
  now: number,
): Promise<string | undefined> {
  // A number that is ours under another WABA has moved: its keys and history move only by an operator's word.
  if ((await findOwnerId(tx, asset.connectionId, "phone_number", phoneNumberId)) !== undefined)
    return undefined;
  return registerNumber(
    tx,
    deps.random,
    { connectionId: asset.connectionId, assetId: asset.id, phoneNumberId },
    now,
  );
}

async function saveNames(
  tx: Tx,
  deps: ShareDeps,
  asset: Asset,
  body: Record<string, unknown>,
  now: number,
): Promise<void> {
  if (typeof body.name === "string") await saveAssetName(tx, asset.id, body.name);
  const owner = body.owner_business_info as { id?: unknown; name?: unknown } | undefined;
  if (typeof owner?.id === "string" && typeof owner.name === "string")
    await saveOwner(tx, deps.random, asset, { businessId: owner.id, name: owner.name }, now);
}
