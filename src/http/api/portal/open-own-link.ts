import { Problem } from "../../../problems.ts";
import { openReshareLink, type OpenLinkDeps } from "../../../recovery/open-reshare-link.ts";
import { CLIENT } from "../../../recovery/record-signal.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { isoOf } from "../wabas/render-waba.ts";
import { getPortalWaba } from "./read-portal.ts";

/**
 * The live re-share link of a WABA of this client. The timeline names the client, not its person.
 *
 * @throws Problem waba_not_found, for another client's too
 */
export async function openOwnLink(
  deps: OpenLinkDeps & Pick<HttpDeps, "reshareTokens">,
  { clientId, wabaId, requestId }: { clientId: string; wabaId: string; requestId: string },
): Promise<{ url: string; expires_at: string }> {
  const { asset } = await getPortalWaba(deps, clientId, wabaId);
  const by = { actor: CLIENT, requestId };
  const link = await openReshareLink(deps, { assetId: asset.id, rotate: false, by });
  if (link === undefined) throw new Problem("waba_not_found", { id: wabaId });
  return { url: deps.reshareTokens.urlOf(link.id), expires_at: isoOf(link.expiresAt) };
}
