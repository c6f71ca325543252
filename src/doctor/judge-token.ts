import type { Config } from "../config/parse-config.ts";
import { explanationOf, parseGraphFault } from "../meta/graph-reply.ts";
import { speakerOf, type Finding } from "./finding.ts";
import { dayOf, numberOf } from "./judge-reply.ts";

const DAY_MS = 86_400_000;
const WARNED_FOR_DAYS = 14;

const says = speakerOf("token");

type Own = Pick<Config, "metaAppId" | "metaSystemUserId">;

/**
 * What debug_token's `data` says of the system user's token ("Managing WABAs" of Meta's; a dead token's shape
 * is from memory).
 */
export function judgeToken(data: Record<string, unknown>, own: Own, now: number): Finding {
  return judgeOwner(data, own) ?? judgeEnd(numberOf(data.expires_at), now);
}

/**
 * `user_id` is the system user's own id (inferred: no page of Meta's says so), hence no more than a warning.
 */
function judgeOwner(data: Record<string, unknown>, own: Own): Finding | null {
  if (data.is_valid !== true) {
    const fault = parseGraphFault(data.error);
    return says("bad", "dead", { answer: (fault && explanationOf(fault)) || "is_valid is false" });
  }
  const app = String(data.app_id);
  if (app !== own.metaAppId) return says("bad", "other_app", { app, own: own.metaAppId });
  const user = data.user_id === undefined ? null : String(data.user_id);
  const isOther = user !== null && user !== own.metaSystemUserId;
  return isOther ? says("warning", "other_user", { user, own: own.metaSystemUserId }) : null;
}

/** 0 is no end at all. */
function judgeEnd(expiresAtS: number | null, now: number): Finding {
  if (expiresAtS === null || expiresAtS === 0) return says("ok", "lasting");
  const at = dayOf(expiresAtS * 1000);
  const days = Math.ceil((expiresAtS * 1000 - now) / DAY_MS);
  return days <= WARNED_FOR_DAYS ? says("warning", "ending", { at, days }) : says("ok", "valid", { at });
}
