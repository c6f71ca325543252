/** A real SMTP server of this machine, which keeps the mails that it takes. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { simpleParser, type ParsedMail } from "mailparser";
import {
  SMTPServer,
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from "smtp-server";

/** Of no use elsewhere: for localhost alone, made for these tests. */
export const SMTP_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIULFH+IpAXoQssR6mIA5utX//nn8YwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTEzMzIzOFoYDzIxMjYxMTA1
MTMzMjM4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAStZPQT0IJS/kq6F2PN/v6+FgaFckM4vwXbWLsk7zycyVeG8XyxZmTS
EI70AHylFhWPkbsqJMW0VFYhaDW6njkbo28wbTAdBgNVHQ4EFgQUsA/baQBQ0rWs
P11McSWRs3EMbyYwHwYDVR0jBBgwFoAUsA/baQBQ0rWsP11McSWRs3EMbyYwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAP1hg9Bt27CwI0cKFynrB0GW8IGD7wkFaarfO7SriABaAiBV
WzSlcNjayLoZ/HbtvEbzfCJWONQKOA8G9Lr31wiBGw==
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmnaRZEi6jo7mIeHM
7Hf55pNQzZ0A71DAk7bPWcBbLguhRANCAAStZPQT0IJS/kq6F2PN/v6+FgaFckM4
vwXbWLsk7zycyVeG8XyxZmTSEI70AHylFhWPkbsqJMW0VFYhaDW6njkb
-----END PRIVATE KEY-----
`;

interface TakenMail {
  /** Of the envelope. */
  from: string;
  to: string[];
  user: string | undefined;
  isEncrypted: boolean;
  /** As it came. */
  raw: string;
  parsed: ParsedMail;
}

export interface TestSmtpServer {
  port: number;
  mails: TakenMail[];
  /** How many connections were opened so far, and how many are open. */
  connections(): number;
  open(): number;
  /** Breaks every connection off. */
  cut(): void;
  stop(): Promise<void>;
}

/**
 * Takes every mail without a password, and offers STARTTLS with a certificate for localhost. `onTaken`: it
 * has a mail, and has not said so yet.
 */
export async function startSmtpServer(
  options: SMTPServerOptions = {},
  onTaken: () => void = () => undefined,
): Promise<TestSmtpServer> {
  const mails: TakenMail[] = [];
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = new SMTPServer({
    cert: SMTP_CERTIFICATE,
    key: KEY,
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 50,
    onAuth: (_auth, _session, done) => done(new Error("there are no users here")),
    onData: (stream, session, done) =>
      void takenMailOf(stream, session).then((mail) => {
        mails.push(mail);
        onTaken();
        done(null, "taken");
      }, done),
    ...options,
  });
  server.on("error", () => undefined);
  server.server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const address = server.server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    mails,
    connections: () => connections,
    open: () => sockets.size,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function takenMailOf(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<TakenMail> {
  const raw = Buffer.concat(await stream.toArray()).toString();
  const { mailFrom, rcptTo } = session.envelope;
  return {
    from: mailFrom === false ? "" : mailFrom.address,
    to: rcptTo.map(({ address }) => address),
    user: session.user === undefined ? undefined : String(session.user),
    isEncrypted: session.secure,
    raw,
    parsed: await simpleParser(raw),
  };
}
