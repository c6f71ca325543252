import { cutText } from "../../lib/cut-text.ts";
import type { MetaNotice, NoticeMeaning } from "../../meta/account-update.ts";
import type { WabaCondition } from "../model/fact.ts";
import { coexistenceReasonOf } from "../model/reason.ts";
import { ENTRY_TIME_SLACK } from "../model/timings.ts";

/** What a webhook may mean for a share. A hint closes a gate or starts probes. Opening needs proof. */
export interface Hint {
  /** Two hints with equal keys and an equal `at` are repetitions. */
  key: string;
  effect: HintEffect;
  /** min(entry.time + 999 ms, received): ms since the epoch. */
  at: number;
  receivedAt: number;
  /**
   * Why the hint may not close by itself; null when it is admitted. The age check of rule 2 comes later,
   * because it needs the share record.
   */
  foreign: string | null;
}

export type HintEffect =
  | {
      kind: "closing";
      condition: WabaCondition;
      reason: string;
      metaMessage: string | null;
      coexistence: boolean;
    }
  | { kind: "restricted"; restrictions: { type: string; until: number | null }[] }
  | { kind: "companion_lost" }
  | { kind: "companion_back" }
  | { kind: "share_back" }
  /** Meta announced something that does not stop messages; null: Meta withdrew it. */
  | { kind: "warning"; metaMessage: string | null }
  | { kind: "probe" };

/** Fields that may concern a share. The inbox keeps and counts all others, and they start no probe. */
const HINT_FIELDS = new Set([
  "account_update",
  "account_review_update",
  "account_offboarded",
  "account_reconnected",
]);

/** Whether a notice may concern a share at all. */
export function maySayOfShare(notice: MetaNotice): boolean {
  return HINT_FIELDS.has(notice.field);
}

/** Who we are at Meta. It separates our own events from those of another partner or another app. */
export interface Identity {
  businessId: string;
  appId: string;
}

/** Rules 1 and 2, as far as they can be applied without the share record. */
export function hintOf(notice: MetaNotice, receivedAt: number, identity: Identity): Hint {
  const effect = effectOf(notice.meaning);
  const foreign = foreignOf(notice, identity);
  const saidAt = notice.entryTimeS === null ? receivedAt : notice.entryTimeS * 1000 + ENTRY_TIME_SLACK;
  return {
    key: keyOf(notice, effect, foreign),
    effect,
    at: Math.min(saidAt, receivedAt),
    receivedAt,
    foreign,
  };
}

function effectOf(meaning: NoticeMeaning): HintEffect {
  switch (meaning.kind) {
    case "partner_removed": {
      const info = meaning.disconnection;
      const reason = info === null ? "partner_removed" : coexistenceReasonOf(info.reason, info.initiatedBy);
      const metaMessage =
        info === null ? null : [info.reason, info.initiatedBy].filter((word) => word !== null).join(" / ");
      return { kind: "closing", condition: "Shared", reason, metaMessage, coexistence: info !== null };
    }
    case "account_deleted":
      return closing("Shared", "waba_deleted");
    case "app_uninstalled":
      return closing("AppInstalled", "app_uninstalled");
    case "ban":
      if (meaning.state === "DISABLE") return closing("MessagingAllowed", "meta_disabled");
      if (meaning.state === "REINSTATE") return { kind: "warning", metaMessage: null };
      return { kind: "warning", metaMessage: meaning.state };
    case "restricted":
      return {
        kind: "restricted",
        restrictions: meaning.restrictions.map(({ type, expiresAt }) => ({ type, until: expiresAt })),
      };
    case "offboarded":
      return { kind: "companion_lost" };
    case "reconnected":
      return { kind: "companion_back" };
    case "partner_added":
      return { kind: "share_back" };
    case "app_installed":
    case "early_warning":
    case "echo":
    case "failed_statuses":
    case "other":
      return { kind: "probe" };
  }
}

function closing(condition: WabaCondition, reason: string): HintEffect {
  return { kind: "closing", condition, reason, metaMessage: null, coexistence: false };
}

/** Rule 2: an event about another portfolio, app or solution starts probes and never closes. */
function foreignOf(notice: MetaNotice, { businessId, appId }: Identity): string | null {
  if (notice.entryId !== businessId && notice.entryId !== notice.wabaId)
    return `its envelope names ${notice.entryId}, neither our portfolio nor this WABA`;
  if (notice.partnerAppId !== null && notice.partnerAppId !== appId)
    return `it is about the app ${notice.partnerAppId}, not ours`;
  const partners = notice.solutionPartnerBusinessIds;
  if (partners !== null && !partners.includes(businessId)) return "it is about a solution of other partners";
  return null;
}

/** Identifies a hint by its event, its content and its subject. The time is compared separately (rule 1). */
function keyOf(notice: MetaNotice, effect: HintEffect, foreign: string | null): string {
  const whose = foreign === null ? "ours" : "foreign";
  const key = [
    notice.field,
    notice.event ?? "",
    detailOf(effect),
    notice.partnerAppId ?? "",
    notice.entryId,
    whose,
  ].join("|");
  // Keys are stored. A key longer than any of Meta's is shortened to its beginning and its length.
  return key.length <= KEY_LIMIT ? key : `${cutText(key, KEY_LIMIT)}|${key.length}`;
}

const KEY_LIMIT = 400;

function detailOf(effect: HintEffect): string {
  if (effect.kind === "closing") return effect.reason;
  if (effect.kind === "restricted")
    return effect.restrictions.map(({ type, until }) => `${type}@${until ?? ""}`).join();
  return effect.kind === "warning" ? (effect.metaMessage ?? "taken back") : effect.kind;
}
