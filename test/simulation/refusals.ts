import type { GraphAnswer, GraphRequest } from "../../src/meta/graph-reply.ts";
import { modelOf } from "../../src/sharing/model/partner-model.ts";
import type { ShareRecord } from "../../src/sharing/model/share-record.ts";
import type { Truth } from "./truth.ts";

/** Fields that no probe needs: Meta may refuse them for a whole history without any effect. */
export const SPARE_FIELDS = [
  "name",
  "owner_business_info",
  "primary_funding_id",
  "quality_rating",
  "throughput",
] as const;
/** The answers that a probe does need: the proof itself, two fields, three lists. */
export const NEEDED_READS = [
  "id",
  "health_status",
  "status",
  "is_on_biz_app",
  "assigned_users",
  "subscribed_apps",
  "phone_numbers",
] as const;

/** How Meta, or a web filter before it, refuses a request for a reason that is not about the share. */
export const REFUSALS = {
  "10": refusal(403, 10),
  "3": refusal(403, 3),
  "100": refusal(400, 100),
  "803": refusal(404, 803),
  "1": refusal(500, 1),
  "200": refusal(403, 200),
  html: {
    kind: "no_answer",
    cause: "malformed",
    detail: "Status 403 without Meta's error envelope",
    status: 403,
  },
} as const satisfies Record<string, GraphAnswer>;

export type RefusalName = keyof typeof REFUSALS;
/** By field or list. */
export type Refused = Map<string, RefusalName>;

/** The refusal of this read, or null: of a whole list, or of the first field of it that Meta refuses. */
export function refusalOf(refused: Refused, { path, query }: GraphRequest, edge: string): GraphAnswer | null {
  const fields = query?.fields?.split(",") ?? [];
  const names = edge === "" && fields.length === 1 ? ["id"] : [edge, ...fields.slice(1)];
  const name = names.flatMap((each) => refused.get(each) ?? [])[0];
  if (path === "" || name === undefined) return null;
  return REFUSALS[name];
}

/** Only the requested fields, as Meta answers. */
export function onlyFields(item: Record<string, unknown>, { query }: GraphRequest): Record<string, unknown> {
  const fields = query?.fields?.split(",") ?? [];
  return Object.fromEntries(Object.entries(item).filter(([name]) => fields.includes(name)));
}

/**
 * Which cause a refusal wrongly got: never our token, while it is valid and has its rights.
 *
 * @param was whether it was so when the probe behind the step was answered, or shortly before
 */
export function falselyBlamed(
  { before, after }: { before: ShareRecord; after: ShareRecord },
  was: (test: (truth: Truth) => boolean) => boolean,
): string | null {
  // A grant of the client alone needs the client's token, and names it as the cause when there is none.
  if (modelOf(after).grant === "client_token") return null;
  const isBlamed = Object.entries(after.facts).some(
    ([name, fact]) =>
      fact.reason === "provider_token_invalid" &&
      before.facts[name as keyof typeof before.facts].reason !== "provider_token_invalid",
  );
  const isOurs = was(({ tokenAlive, admin, needsApp, clientTokenAlive, installed }) => {
    return !tokenAlive || !admin || (needsApp && (!clientTokenAlive || !installed));
  });
  return isBlamed && !isOurs ? "our token was named as the cause of a refusal, and it was valid" : null;
}

function refusal(status: number, code: number): GraphAnswer {
  const message = "Refused, for a reason that is not about the share";
  const fault = { code, subcode: null, type: "OAuthException", message, details: null, traceId: null };
  return { kind: "refusal", status, fault: { ...fault, transient: null } };
}
