import { cutText } from "../lib/cut-text.ts";
import { parseMetaId } from "./meta-id.ts";

/** A WABA as the listing shows it. */
export interface ListedWaba {
  wabaId: string;
  name: string | null;
  ownerBusinessId: string | null;
  ownerName: string | null;
}

/** Null for what has no id that can be one. */
export function listedOf(item: Record<string, unknown>): ListedWaba | null {
  const wabaId = parseMetaId(item.id);
  if (wabaId === null) return null;
  const owner = item.owner_business_info as { id?: unknown; name?: unknown } | null | undefined;
  const text = (value: unknown): string | null => (typeof value === "string" ? cutText(value, 200) : null);
  return {
    wabaId,
    name: text(item.name),
    ownerBusinessId: parseMetaId(owner?.id),
    ownerName: text(owner?.name),
  };
}
