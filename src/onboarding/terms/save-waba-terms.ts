import { lockCase, readCases, type WabaCase } from "../../cases/case-store.ts";
import { findAsset, saveAssetTerms, type Mode, type SendsWith } from "../../directory/asset-store.ts";
import type { Tx } from "../../database/database.ts";
import type { Command } from "../../sharing/rules/observe-command.ts";
import { partnerModelOf, type PartnerModelName } from "../../sharing/model/partner-model.ts";
import type { By, RecordDeps } from "../../sharing/record/record-observation.ts";
import { recordConfigured } from "./record-configured.ts";

/**
 * An operator's settings of a WABA; undefined ones stay unchanged. `mode` null: the mode of its client, or
 * its connection.
 */
export interface WabaTerms {
  partnerModel?: PartnerModelName | undefined;
  sendsWith?: SendsWith | undefined;
  mode?: Mode | null | undefined;
}

/**
 * "barred": the partner model allows no choice of the token. "conflict": somebody changed the WABA since the
 * caller read it.
 */
export type SavedTerms = "saved" | "unknown" | "barred" | "conflict";

interface TermsInput {
  assetId: string;
  terms: WabaTerms;
  /** Whether this version of its case is the one that the caller read; always, when it did not say. */
  isCurrent?: (version: number) => boolean;
  by: By;
}

/**
 * Sets the terms of a WABA, on the record: the columns, the share record and the journal in one transaction.
 * After a switch to enforce, a loss that was only observed closes the gate and creates the client's re-share
 * link.
 */
export async function saveWabaTerms(deps: RecordDeps, input: TermsInput): Promise<SavedTerms> {
  const { assetId, by, isCurrent } = input;
  const before = await findAsset(deps.db, assetId);
  if (before === undefined) return "unknown";
  const terms = changedOf(input.terms, before);
  const model = partnerModelOf(terms.partnerModel ?? before.partnerModel);
  if (terms.sendsWith !== undefined && model.sendsWith !== null && model.sendsWith !== terms.sendsWith)
    return "barred";
  const given = { assetId, terms, sendsWith: model.sendsWith, isCurrent, by };
  return (await recordTerms(deps, given)) ? "saved" : "conflict";
}

/** An unchanged value is no change and is not recorded. A mode is stored even when it equals the client's. */
function changedOf(
  terms: WabaTerms,
  before: { partnerModel: string; sendsWith: SendsWith; ownMode: Mode | null },
): WabaTerms {
  return {
    ...(terms.partnerModel !== before.partnerModel && { partnerModel: terms.partnerModel }),
    ...(terms.sendsWith !== before.sendsWith && { sendsWith: terms.sendsWith }),
    ...(terms.mode !== undefined && terms.mode !== before.ownMode && { mode: terms.mode }),
  };
}

/** False: the version is another one by now. It is compared under the lock of the case. */
async function recordTerms(
  deps: RecordDeps,
  given: Pick<TermsInput, "assetId" | "terms" | "by"> & {
    sendsWith: SendsWith | null;
    isCurrent: TermsInput["isCurrent"];
  },
): Promise<boolean> {
  const { assetId, terms, by, isCurrent = () => true } = given;
  const sendsWith = given.sendsWith ?? terms.sendsWith;
  const configured = configuredOf(terms);
  const isRead = (known: WabaCase | undefined): boolean => known === undefined || isCurrent(known.version);
  if (configured.length === 0) return isRead((await readCases(deps.db, [assetId]))[0]);
  let isFresh = false;
  const stillDue = async (tx: Tx): Promise<boolean> => (isFresh = isRead(await lockCase(tx, assetId)));
  const save = async (tx: Tx): Promise<void> => {
    await saveAssetTerms(tx, assetId, {
      ...(terms.partnerModel && { partnerModel: terms.partnerModel }),
      ...(sendsWith && { sendsWith }),
      ...(terms.mode !== undefined && { mode: terms.mode }),
    });
  };
  await recordConfigured(deps, {
    assetId,
    configured,
    command: actOf(terms),
    evidence: { ...terms },
    stillDue,
    save,
    by,
  });
  return isFresh;
}

function configuredOf(terms: WabaTerms): string[] {
  const names = { partnerModel: "partner_model", sendsWith: "sends_with", mode: "mode" } as const;
  return Object.entries(names)
    .filter(([key]) => terms[key as keyof WabaTerms] !== undefined)
    .map(([, name]) => name);
}

function actOf(terms: WabaTerms): Extract<Command, { kind: "configure" }> {
  return {
    kind: "configure",
    ...(terms.partnerModel && { partnerModel: terms.partnerModel }),
    ...(terms.sendsWith && { sendsWithClientToken: terms.sendsWith === "client" }),
  };
}
