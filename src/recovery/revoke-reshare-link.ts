import type { By } from "../sharing/record/record-observation.ts";
import { appendTimeline } from "../sharing/record/timeline-store.ts";
import type { OpenLinkDeps } from "./open-reshare-link.ts";
import { findLink, saveRevoked } from "./reshare-link-store.ts";

/** Revokes a link. @returns false when the WABA has no such link; a revoked one stays revoked. */
export async function revokeReshareLink(
  deps: Pick<OpenLinkDeps, "db" | "clock" | "links">,
  input: { assetId: string; linkId: string; by: By },
): Promise<boolean> {
  const now = deps.clock.now();
  const known = await deps.db.transaction(async (tx) => {
    const link = await findLink(tx, input.linkId);
    if (link === undefined || link.assetId !== input.assetId) return false;
    if (await saveRevoked(tx, link.id, now)) {
      const { assetId, connectionId } = link;
      const seen = { kind: "command", source: "operator", title: "reshare.revoked", detail: null } as const;
      const evidence = { link_id: link.id };
      await appendTimeline(tx, [{ connectionId, assetId, at: now, ...seen, evidence, ...input.by }]);
    }
    return true;
  });
  await deps.links.refresh([input.assetId]);
  return known;
}
