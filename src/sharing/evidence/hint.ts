import { cutText } from "../../lib/cut-text.ts";
import type { MetaNotice, NoticeMeaning } from "../../meta/account-update.ts";
import type { WabaCondition } from "../model/fact.ts";
import { coexistenceReasonOf } from "../model/reason.ts";
import { ENTRY_TIME_SLACK } from "../model/timings.ts";

/** What a webhook may mean for a share. A hint only ever closes or makes us look; opening needs proof. */
export interface Hint {
  /** Equal keys with an equal `at` are repetitions of one another. */
  key: string;
  effect: HintEffect;
  /** min(entry.time + 999 ms, received): ms since the epoch. */
  at: number;
  receivedAt: number;
  /** Why it may not close by itself, or null when it is admitted (rule 2, but for its age, which needs the memory). */
  foreign: string | null;
}

export type HintEffect =
  | { kind: "closing"; condition: WabaCondition; reason: string; words: string | null; coexistence: boolean }
  | { kind: "restricted"; restrictions: { type: string; until: number | null }[] }
  | { kind: "companion_lost" }
  | { kind: "companion_back" }
  | { kind: "share_back" }
  /** Something is announced that does not stop messages; null: it is taken back. */
  | { kind: "warning"; words: string | null }
  | { kind: "probe" };

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

/** Who we are at Meta, for telling our own events from another partner's or another app's. */
export interface Identity {
  businessId: string;
  appId: string;
}

/** Rules 1 and 2 as far as they can be told without the memory. */
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
      const words =
        info === null ? null : [info.reason, info.initiatedBy].filter((word) => word !== null).join(" / ");
      return { kind: "closing", condition: "Shared", reason, words, coexistence: info !== null };
    }
    case "account_deleted":
      return closing("Shared", "waba_deleted");
    case "app_uninstalled":
      return closing("AppInstalled", "app_uninstalled");
    case "ban":
      if (meaning.state === "DISABLE") return closing("MessagingAllowed", "meta_disabled");
      if (meaning.state === "REINSTATE") return { kind: "warning", words: null };
      return { kind: "warning", words: meaning.state };
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
    case "echo":
    case "failed_statuses":
    case "other":
      return { kind: "probe" };
  }
}

function closing(condition: WabaCondition, reason: string): HintEffect {
  return { kind: "closing", condition, reason, words: null, coexistence: false };
}

/** Rule 2: an event about another portfolio, app or solution is a reason to look, never to close. */
function foreignOf(notice: MetaNotice, { businessId, appId }: Identity): string | null {
  if (notice.entryId !== businessId && notice.entryId !== notice.wabaId)
    return `its envelope names ${notice.entryId}, neither our portfolio nor this WABA`;
  if (notice.partnerAppId !== null && notice.partnerAppId !== appId)
    return `it is about the app ${notice.partnerAppId}, not ours`;
  const partners = notice.solutionPartnerBusinessIds;
  if (partners !== null && !partners.includes(businessId)) return "it is about a solution of other partners";
  return null;
}

/** What is told apart: the event, what it says and whom it is about. The time is compared separately (rule 1). */
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
  // A key is remembered: one that is longer than any of Meta's is known by its beginning and its length.
  return key.length <= KEY_LIMIT ? key : `${cutText(key, KEY_LIMIT)}|${key.length}`;
}

const KEY_LIMIT = 400;

function detailOf(effect: HintEffect): string {
  if (effect.kind === "closing") return effect.reason;
  if (effect.kind === "restricted")
    return effect.restrictions.map(({ type, until }) => `${type}@${until ?? ""}`).join();
  return effect.kind === "warning" ? (effect.words ?? "taken back") : effect.kind;
}
