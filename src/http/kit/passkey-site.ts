import { passkeySiteOf, type PasskeySite } from "../../access/passkey-site.ts";
import { Problem } from "../../problems.ts";
import type { HttpDeps } from "./http-deps.ts";

/** @throws Problem passkeys_need_name where the address is no host name */
export function getPasskeySite({ baseUrl }: Pick<HttpDeps, "baseUrl">, request: Request): PasskeySite {
  const site = passkeySiteOf(baseUrl(), request.headers.get("host"));
  if ("rpId" in site) return site;
  throw new Problem("passkeys_need_name", site);
}
