import type { Config } from "../config/parse-config.ts";
import { explanationOf } from "../meta/graph-reply.ts";
import type { TokenInfo } from "../meta/token-info.ts";
import { speakerOf, type Finding } from "./finding.ts";
import { dayOf } from "./judge-reply.ts";

const DAY_MS = 86_400_000;
const WARNED_FOR_DAYS = 14;

const says = speakerOf("token");

type Own = Pick<Config, "metaAppId" | "metaSystemUserId">;

/**
 * What debug_token says of the system user's token. Its user id is the system user's own id (inferred: no
 * page of Meta's says so), hence no more than a warning.
 */
export function judgeToken(info: TokenInfo, own: Own, now: number): Finding {
  if (info.kind !== "valid") {
    const fault = info.kind === "invalid" ? info.fault : null;
    return says("bad", "dead", { answer: (fault && explanationOf(fault)) || "is_valid is false" });
  }
  const { appId, userId, endsAt } = info;
  if (appId !== own.metaAppId)
    return says("bad", "other_app", { app: appId ?? "unknown", own: own.metaAppId });
  if (userId !== null && userId !== own.metaSystemUserId)
    return says("warning", "other_user", { user: userId, own: own.metaSystemUserId });
  return judgeEnd(endsAt, now);
}

function judgeEnd(endsAt: number | null, now: number): Finding {
  if (endsAt === null) return says("ok", "lasting");
  const at = dayOf(endsAt);
  const days = Math.ceil((endsAt - now) / DAY_MS);
  return days <= WARNED_FOR_DAYS ? says("warning", "ending", { at, days }) : says("ok", "valid", { at });
}
