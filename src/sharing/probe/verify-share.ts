import type { Tx } from "../../database/database.ts";
import { findAsset, saveAssetName, type Asset } from "../../directory/asset-store.ts";
import { findOwners } from "../../directory/meta-id-store.ts";
import { saveNumberProfiles, findNumbersOf } from "../../directory/number-store.ts";
import { registerNumbers } from "../../directory/register-numbers.ts";
import { claimProbeBudget } from "./claim-probe-budget.ts";
import { saveOwner } from "../../directory/save-owner.ts";
import { cutText } from "../../lib/cut-text.ts";
import type { Keyring } from "../../lib/keyring.ts";
import { findControlWaba } from "./control-waba.ts";
import { describeProbe, sourceOf } from "./describe-probe.ts";
import { describeNumberOverrides, describeOverride } from "./describe-override.ts";
import { findHeldNumberOverrides, findHeldOverride } from "./find-held-override.ts";
import { parseMetaId } from "../../meta/meta-id.ts";
import { itemsOf } from "../../meta/list-reply.ts";
import { judgeProbe } from "../evidence/judge-probe.ts";
import type { ProbeIdentity, ProbeTerms, Replies } from "../evidence/probe-replies.ts";
import { describeStaleReply } from "./describe-stale-reply.ts";
import { staleRepliesOf, type StaleReply } from "../rules/stale-replies.ts";
import { probeMeta } from "./probe-meta.ts";
import { mustWrite } from "../rules/probe-plan.ts";
import type { ProbeResult, ProbeTrigger } from "../model/probe-result.ts";
import type { ShareRecord } from "../model/share-record.ts";
import type { MetaAccount } from "./meta-account.ts";
import { needsSettling } from "../rules/observe.ts";
import { modelOf } from "../model/partner-model.ts";
import { settleClientToken } from "./settle-client-token.ts";
import type { ProbeBudget } from "../budget/open-probe-budget.ts";
import {
  recordObservation,
  SYSTEM,
  type By,
  type Note,
  type RecordDeps,
} from "../record/record-observation.ts";
import { findShare, type ShareRow } from "../record/share-store.ts";
import type { TroubleWatch } from "../incidents/watch-trouble.ts";
import type { Recorded } from "../rules/step.ts";

/** What a probe needs. */
export interface VerifyDeps extends RecordDeps {
  /** The budget of our calls to Meta. Without one they are not counted. */
  budget?: ProbeBudget;
  /** Detects when many WABAs fail together. Without it every probe is judged alone. */
  trouble?: TroubleWatch;
  /** The connection's account at Meta; undefined when this instance does not know the connection. */
  accountOf(connectionId: string): MetaAccount | undefined;
  /** Opens what is sealed for a WABA. */
  keyring: Keyring;
  /** Called with stale replies that contradict what is known. */
  repliedLate?: (assetId: string, late: readonly StaleReply[]) => void;
}

/**
 * Probes Meta once and records what it proves. No transaction is held while Meta is asked.
 *
 * @returns the recorded step, or undefined when there is nothing to probe (unknown asset, offboarded)
 */
export async function verifyShare(
  deps: VerifyDeps,
  input: { assetId: string; trigger: ProbeTrigger; waited?: boolean; by?: By },
): Promise<Recorded | undefined> {
  const { assetId } = input;
  const subject = await findSubject(deps, assetId);
  if (subject === undefined) return undefined;
  const { share, asset, account } = subject;
  if (share.record.adoption === "offboarded" && input.trigger !== "check") return undefined;

  const askedAt = deps.clock.now();
  const isDue = (share.record.dueProbes[0] ?? Infinity) <= askedAt;
  const trigger = input.trigger === "sweep" && isDue ? "due" : input.trigger;
  if (!(await claimProbeBudget(deps, { share, wabaId: asset.wabaId, account, trigger }))) return undefined;
  const mayWrite = share.record.adoption === "adopted" && asset.mode === "enforce";
  const { record } = share;
  const { wabaId } = asset;
  const client = await settleClientToken(deps, {
    ...{ asset, account, mayObtain: mayWrite },
    isNeeded: record.sendsWithClientToken,
  });
  const override = mayWrite ? await findHeldOverride(deps, asset, record) : null;
  const numberOverrides = mayWrite ? await findHeldNumberOverrides(deps, asset, record) : [];
  const probed = await probeMeta(account, {
    wabaId,
    write: mustWrite(record, askedAt, trigger),
    mayWrite,
    controlWabaId: await findControlWaba(deps.db, asset, askedAt),
    override,
    numberOverrides,
    model: modelOf(record),
    clientToken: client?.token ?? null,
    askRole: record.facts.Shared.status !== "False",
    afresh: trigger === "check",
  });
  const replies: Replies = { ...probed, client: client?.replies ?? null };
  await deps.budget?.settle({ appId: account.appId, wabaId });
  const by = input.by ?? SYSTEM;
  const asked = { askedAt, source: sourceOf(trigger) };
  let late: StaleReply[] = [];
  let judged: Pick<ProbeResult, "answers"> & Pick<ShareRecord, "hints"> = { answers: {}, hints: [] };
  const recorded = await recordObservation(deps, {
    assetId,
    observe: async (tx, locked) => {
      const numberIds = await saveWhatMetaSaid(tx, deps, asset, replies);
      const identity: ProbeIdentity = {
        ...{ appId: account.appId, systemUserId: account.systemUserId, numberIds },
        terms: termsOf(asset, record),
        heldOverride: override?.uri ?? null,
        heldNumberOverrides: Object.fromEntries(
          numberOverrides.map((held) => [held.phoneNumberId, held.uri]),
        ),
      };
      const { waited = false } = input;
      const probe = judgeProbe(replies, identity, { askedAt, trigger, mayWrite, waited });
      late = staleRepliesOf(locked.record, probe);
      judged = { answers: probe.answers, hints: locked.record.hints };
      return { type: "probe", probe: deps.trouble?.weigh(probe, locked) ?? probe };
    },
    ownLines: replies.repair?.kind === "success" ? [SUBSCRIPTION_REPAIRED] : [],
    note: (step) => [
      describeProbe(replies, step, { ...judged, trigger }),
      describeOverride(replies, step, asked),
      ...describeNumberOverrides(replies, step, asked),
      describeStaleReply(late, asked),
    ],
    by,
  });
  if (late.length > 0) deps.repliedLate?.(assetId, late);
  return recorded;
}

const SUBSCRIPTION_REPAIRED = { type: "subscription.repaired", changed: [] };

/** What is probed. An operator's close that is over by its time is ended first. */
async function findSubject(
  deps: RecordDeps & Pick<VerifyDeps, "accountOf">,
  assetId: string,
): Promise<{ share: ShareRow; asset: Asset; account: MetaAccount } | undefined> {
  const share = await findShare(deps.db, assetId);
  const asset = await findAsset(deps.db, assetId);
  const account = asset && deps.accountOf(asset.connectionId);
  if (share === undefined || asset === undefined || account === undefined) return undefined;
  if (needsSettling(share.record, deps.clock.now()))
    await recordObservation(deps, { assetId, observe: { type: "tick" }, note: closeEndedNote, by: SYSTEM });
  return { share, asset, account };
}

function termsOf(asset: Asset, record: ShareRecord): ProbeTerms {
  const { wabaId, mode } = asset;
  const { sendsWithClientToken } = record;
  return { wabaId, model: modelOf(record), sendsWithClientToken, observing: mode === "observe" };
}

/** The timeline entry about an operator's close that ended by its time. */
function closeEndedNote({ before, after }: Recorded): (Note | null)[] {
  if (before.status !== "closed" || after.status === "closed") return [];
  const title = "waba.close_ended";
  return [{ kind: "command", source: "system", title, detail: null, evidence: null }];
}

/**
 * Saves names, owner and numbers while the share is intact. Returns our id of each number of this WABA, by
 * Meta's.
 */
async function saveWhatMetaSaid(
  tx: Tx,
  deps: Pick<RecordDeps, "clock" | "random">,
  asset: Asset,
  replies: Replies,
): Promise<Record<string, string>> {
  const now = deps.clock.now();
  if (replies.details?.kind === "success") await saveNames(tx, deps, asset, replies.details.body, now);
  const own = await findNumbersOf(tx, [asset.id]);
  const numberIds = new Map(own.map((number) => [number.phoneNumberId, number.id]));
  const items = replies.phoneNumbers === null ? [] : itemsOf(replies.phoneNumbers);
  const shown = new Map(
    items.flatMap((item) => {
      const phoneNumberId = parseMetaId(item.id);
      return phoneNumberId === null ? [] : [[phoneNumberId, item]];
    }),
  );
  const others = [...shown.keys()].filter((phoneNumberId) => !numberIds.has(phoneNumberId));
  // A number that we know under another WABA has moved. Only an operator moves its keys and history.
  const moved = await findOwners(tx, asset.connectionId, "phone_number", others);
  const fresh = others.filter((phoneNumberId) => !moved.has(phoneNumberId));
  const of = { connectionId: asset.connectionId, assetId: asset.id, at: now };
  for (const [phoneNumberId, id] of await registerNumbers(tx, deps.random, fresh, of))
    numberIds.set(phoneNumberId, id);
  const profiles = [...shown].flatMap(([phoneNumberId, item]) => {
    const id = numberIds.get(phoneNumberId);
    return id === undefined ? [] : [[id, item] as const];
  });
  await saveNumberProfiles(tx, new Map(profiles));
  return Object.fromEntries(numberIds);
}

/** Meta's names have 100 characters at most. A longer value is no name. */
const NAME_LIMIT = 200;

async function saveNames(
  tx: Tx,
  deps: Pick<RecordDeps, "random">,
  asset: Asset,
  body: Record<string, unknown>,
  now: number,
): Promise<void> {
  if (typeof body.name === "string") await saveAssetName(tx, asset.id, cutText(body.name, NAME_LIMIT));
  const owner = body.owner_business_info as { id?: unknown; name?: unknown } | null | undefined;
  const businessId = parseMetaId(owner?.id);
  if (businessId !== null && typeof owner?.name === "string")
    await saveOwner(tx, deps.random, asset, { businessId, name: cutText(owner.name, NAME_LIMIT) }, now);
}
