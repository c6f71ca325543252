import { parseGraphFault, type GraphFault, type GraphReply } from "./graph-reply.ts";

/**
 * What `debug_token` says of a token. Shape: "Managing WABAs" of Meta's solution providers pages (2026-02);
 * what it says of a dead one is from memory, so nothing rests on it alone.
 */
export type TokenInfo =
  | ValidToken
  | { kind: "invalid"; fault: GraphFault | null }
  /** It did not answer, or not in a shape that we know. */
  | { kind: "unanswered" };

export interface ValidToken {
  kind: "valid";
  appId: string | null;
  userId: string | null;
  /** Ms since the epoch; null: never. */
  endsAt: number | null;
  /** The permissions. */
  scopes: string[];
  granularScopes: GranularScope[];
}

interface GranularScope {
  scope: string;
  /** Null: the scope names none. Of the management scope that means all (from memory). */
  targetIds: string[] | null;
}

const MANAGEMENT_SCOPE = "whatsapp_business_management";
export const MESSAGING_SCOPE = "whatsapp_business_messaging";
const WABA_SCOPES: readonly string[] = [MANAGEMENT_SCOPE, MESSAGING_SCOPE];

export function tokenInfoOf(reply: GraphReply | null): TokenInfo {
  if (reply?.kind !== "success") return { kind: "unanswered" };
  const data = recordOf(reply.body.data);
  if (data === null || typeof data.is_valid !== "boolean") return { kind: "unanswered" };
  if (!data.is_valid) {
    return { kind: "invalid", fault: parseGraphFault(data.error) };
  }
  return {
    kind: "valid",
    appId: textOf(data.app_id),
    userId: textOf(data.user_id),
    endsAt: endOf(data.expires_at),
    scopes: itemsOf(data.scopes).map(String),
    granularScopes: itemsOf(data.granular_scopes)
      .map(scopeOf)
      .filter((scope) => scope !== null),
  };
}

/** `expires_at` is in seconds; 0: never. */
function endOf(expiresAtS: unknown): number | null {
  const seconds = typeof expiresAtS === "string" ? Number(expiresAtS) : expiresAtS;
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds !== 0 ? seconds * 1000 : null;
}

const itemsOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/**
 * Whether a granular scope names the WABA. By membership, never `[0]`: the order of `target_ids` is not
 * stable (field report). Which scope is not asked unless one is named: signups of June 2026 gave
 * `whatsapp_business_manage_events` in place of the management scope.
 */
export function listsWaba(info: TokenInfo, wabaId: string, scope?: string): boolean {
  if (info.kind !== "valid") return false;
  return info.granularScopes.some((granted) => {
    if (scope !== undefined && granted.scope !== scope) return false;
    // Without ids the management scope means all; another one says nothing of which, unless it is asked for
    // by name.
    if (granted.targetIds === null) return granted.scope === (scope ?? MANAGEMENT_SCOPE);
    return granted.scope.startsWith("whatsapp_") && granted.targetIds.includes(wabaId);
  });
}

/** What a living token's scopes name. */
export interface GrantedIds {
  /**
   * Ids under the management and messaging scopes: WABAs. Null: all, for the management scope names no
   * targets.
   */
  wabaIds: string[] | null;
  /**
   * Ids that only other scopes for WhatsApp name: they may be of another kind, as a business presence is
   * (field report, Sept 2026).
   */
  candidates: string[];
}

/** Which ids a token's scopes name, and which of them are certainly WABAs. */
export function grantedIdsOf(info: ValidToken): GrantedIds {
  const isOfWabas = ({ scope }: GranularScope): boolean => WABA_SCOPES.includes(scope);
  const idsOf = (scopes: GranularScope[]): string[] => [
    ...new Set(scopes.flatMap(({ targetIds }) => targetIds ?? [])),
  ];
  const wabaIds = idsOf(info.granularScopes.filter(isOfWabas));
  const others = idsOf(
    info.granularScopes.filter((each) => each.scope.startsWith("whatsapp_") && !isOfWabas(each)),
  );
  const isAll = info.granularScopes.some(
    ({ scope, targetIds }) => scope === MANAGEMENT_SCOPE && targetIds === null,
  );
  return { wabaIds: isAll ? null : wabaIds, candidates: others.filter((id) => !wabaIds.includes(id)) };
}

function scopeOf(item: unknown): GranularScope | null {
  const granted = recordOf(item);
  const scope = textOf(granted?.scope);
  if (granted === null || scope === null) return null;
  const { target_ids: ids } = granted;
  return { scope, targetIds: Array.isArray(ids) ? ids.map(String) : null };
}

function recordOf(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

const textOf = (value: unknown): string | null =>
  typeof value === "string" || typeof value === "number" ? String(value) : null;
