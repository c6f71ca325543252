import { findFallenTogether, findLink } from "../../../recovery/reshare-link-store.ts";
import { outcomeOf, type LinkStatus, type ReshareLink } from "../../../recovery/reshare-link.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { readWabaViews } from "../../api/wabas/read-wabas.ts";
import type { WabaView } from "../../api/wabas/render-waba.ts";

/**
 * What a token leads to now. The link's own WABA comes first, then the client's WABAs that were lost together
 * with it.
 */
export type Followed =
  | { outcome: "unknown" }
  | { outcome: Exclude<LinkStatus, "live">; link: ReshareLink }
  | { outcome: "live"; link: ReshareLink; wabas: [WabaView, ...WabaView[]] };

export async function readReshareView(
  { db, clock, reshareTokens }: Pick<HttpDeps, "db" | "clock" | "reshareTokens">,
  token: string,
): Promise<Followed> {
  const linkId = reshareTokens.parse(token);
  const link = linkId === null ? undefined : await findLink(db, linkId);
  if (link === undefined) return { outcome: "unknown" };
  const now = clock.now();
  const outcome = outcomeOf(link, now);
  if (outcome !== "live") return { outcome, link };
  const [own, ...others] = await readWabaViews(db, await findFallenTogether(db, link), now);
  return own === undefined ? { outcome: "unknown" } : { outcome, link, wabas: [own, ...others] };
}
