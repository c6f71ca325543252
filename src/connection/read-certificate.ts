import { connect } from "node:tls";
import { isIP } from "node:net";

/** `endsAt`: ms since the epoch. `unreached`: no answer, which proves nothing about the certificate. */
export type CertificateAnswer =
  { kind: "trusted"; endsAt: number } | { kind: "refused"; why: string } | { kind: "unreached" };

const TIMEOUT_MS = 5000;

/**
 * Opens a TLS connection to the host of an https address, as Meta and clients do, and reads when the
 * certificate that it shows ends. Never throws.
 *
 * @param trusted certificates to trust in place of the well-known ones
 */
export function readCertificate(url: string, trusted?: string): Promise<CertificateAnswer> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({
      ...{ host, port: port === "" ? 443 : Number(port), timeout: TIMEOUT_MS },
      ...(isIP(host) === 0 && { servername: host }),
      ...(trusted !== undefined && { ca: trusted }),
    });
    const end = (answer: CertificateAnswer): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("secureConnect", () =>
      end({ kind: "trusted", endsAt: Date.parse(socket.getPeerCertificate().valid_to) }),
    );
    socket.once("timeout", () => end({ kind: "unreached" }));
    socket.once("error", ({ code = "" }: NodeJS.ErrnoException) =>
      end(IS_OF_CERTIFICATE.test(code) ? { kind: "refused", why: code } : { kind: "unreached" }),
    );
  });
}

/** OpenSSL's and Node's codes, such as CERT_HAS_EXPIRED and UNABLE_TO_VERIFY_LEAF_SIGNATURE. */
const IS_OF_CERTIFICATE = /CERT|SIGNATURE|^ERR_(TLS|SSL)/;
