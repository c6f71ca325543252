import { isLoopback } from "../lib/loopback.ts";

/** For which host name passkeys are kept, and on which origin they count. */
export interface PasskeySite {
  rpId: string;
  origin: string;
}

/**
 * The site of PUBLIC_URL. A browser keeps no passkey for an IP address: then `url` is an address that does.
 * On this machine that is localhost, whichever of its names PUBLIC_URL has.
 *
 * @param host the request's Host header, which counts on this machine only
 */
export function passkeySiteOf(
  baseUrl: string,
  host: string | null,
): PasskeySite | { host: string; url: string } {
  const known = new URL(baseUrl);
  const url = isLoopback(known.hostname) ? (URL.parse(`http://${host ?? known.host}`) ?? known) : known;
  if (url.hostname === "localhost" || !isAddress(url.hostname))
    return { rpId: url.hostname, origin: url.origin };
  const port = url.port === "" ? "" : `:${url.port}`;
  const better = isLoopback(url.hostname) ? `http://localhost${port}` : "the host name of this server";
  return { host: url.hostname, url: better };
}

/** A parsed URL writes IPv4 in four decimal parts, and IPv6 in brackets. */
const isAddress = (hostname: string): boolean => /^\[|^\d+(\.\d+){3}$/.test(hostname);
