import type { Config } from "../../config/parse-config.ts";
import { linkTokensOf, type LinkTokens } from "../../lib/link-token.ts";
import type { HttpDeps, LinkAddresses } from "../kit/http-deps.ts";

/**
 * Our address, and the pages of links: re-share links, invitations, and what unsubscribes an address. They
 * begin with PUBLIC_URL. A port of 0 in it came from PORT 0: it is replaced by the actual port.
 */
export function linkAddressesOf(
  config: Config,
  portOf: () => number | null,
): Pick<HttpDeps, "reshareTokens" | "invitations" | "unsubscribing" | "baseUrl"> {
  const { publicUrl, host, port, encryptionKey, encryptionKeyPrevious, linkKey, linkKeyPrevious } = config;
  const base = publicUrl ?? `http://${host}:${port}`;
  const baseUrl = (): string => base.replace(/:0$/, () => `:${portOf() ?? 0}`);
  const linksOf = (folder: string, tokens: LinkTokens): LinkAddresses => {
    const pathOf = (id: string): string => `${folder}/${tokens.render(id)}`;
    return { pathOf, urlOf: (id) => baseUrl() + pathOf(id), parse: tokens.parse };
  };
  const previous = [linkKeyPrevious, linkKey ? undefined : encryptionKeyPrevious];
  const keys: [Buffer, ...Buffer[]] = [
    linkKey ?? encryptionKey,
    ...previous.filter((key) => key !== undefined),
  ];
  return {
    baseUrl,
    reshareTokens: linksOf("/reshare", linkTokensOf(keys, "sharekeeper re-share link 1", "rsl")),
    invitations: linksOf("/onboard", linkTokensOf(keys, "sharekeeper invitation 1", "sgn")),
    unsubscribing: linksOf("/unsubscribe", linkTokensOf(keys, "sharekeeper unsubscribe link 1", "adr")),
  };
}
