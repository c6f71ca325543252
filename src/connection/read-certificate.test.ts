import { readFileSync } from "node:fs";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { createServer } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { readCertificate } from "./read-certificate.ts";

/** Key and certificate of "localhost", signed by itself, for a hundred years. */
const PEM = readFileSync(new URL("../../test/support/localhost.pem", import.meta.url), "utf8");

let server: Server | undefined;
afterEach(() => void server?.close());

async function listen(made: Server): Promise<number> {
  server = made;
  await new Promise<void>((resolve) => void made.listen(0, "127.0.0.1", resolve));
  return (made.address() as AddressInfo).port;
}

const openTls = (): Promise<number> =>
  listen(createServer({ key: PEM, cert: PEM }, (socket) => socket.on("error", () => undefined)));

test("a certificate that is trusted: when it ends", async () => {
  const answer = await readCertificate(`https://localhost:${await openTls()}/webhooks/meta`, PEM);
  expect(answer).toEqual({ kind: "trusted", endsAt: Date.parse("2126-11-05T13:33:55Z") });
});

test("one that nobody trusts, and one of another name: OpenSSL's word", async () => {
  const port = await openTls();
  expect(await readCertificate(`https://localhost:${port}`)).toEqual({
    kind: "refused",
    why: "DEPTH_ZERO_SELF_SIGNED_CERT",
  });
  expect(await readCertificate(`https://127.0.0.1:${port}`, PEM)).toEqual({
    kind: "refused",
    why: "ERR_TLS_CERT_ALTNAME_INVALID",
  });
});

test("no answer, or none of TLS, says nothing about the certificate", async () => {
  const port = await listen(createTcpServer((socket) => void socket.destroy()));
  expect(await readCertificate(`https://localhost:${port}`)).toEqual({ kind: "unreached" });
  server?.close();
  expect(await readCertificate("https://nowhere.invalid")).toEqual({ kind: "unreached" });
});
