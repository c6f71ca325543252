import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { SmtpServer } from "../config/formats.ts";
import type { WrittenMail } from "./write-message.ts";

type TlsRule = "required" | "if_offered" | "off";

export interface SmtpSettings {
  server: SmtpServer;
  tls: TlsRule;
  /** For the whole of a mail, in ms. */
  timeoutMs: number;
  /** Certificates of authorities in PEM, in place of the machine's: for tests. */
  authorities?: string;
}

/** What a server answered to a command: a status of SMTP, and its words. */
interface SmtpReply {
  status: number;
  response: string;
}

/** A connection to the mail server, signed in. One command at a time. Each rejects with a NodemailerError. */
export interface SmtpSession {
  readonly isOpen: boolean;
  /** Resolves with the server's answer once it has taken the mail. `onText`: from now on it may have. */
  send(mail: WrittenMail, onText: () => void): Promise<string>;
  /** Forgets a mail that was begun; rejects when the server is gone. */
  reset(): Promise<void>;
  /** Begins a mail of this sender and forgets it: what the server says of the sender. */
  checkSender(address: string): Promise<SmtpReply>;
  /** Says good-bye and closes. */
  quit(): void;
  /** Closes at once; what is under way rejects. */
  close(): void;
}

/** A method of signing in that is none: the way to send commands that the library has no call for. */
const COMMANDS = "SHAREKEEPER";

/** Connects, turns to TLS as the rule says, and signs in. Rejects on abort of `signal`. */
export async function openSmtpSession(settings: SmtpSettings, signal: AbortSignal): Promise<SmtpSession> {
  const connection = new SMTPConnection({
    ...optionsOf(settings),
    customAuth: {
      [COMMANDS]: async ({ auth, sendCommand }) => {
        const run = auth["run"] as (send: typeof sendCommand) => Promise<void>;
        await run(sendCommand);
      },
    },
  });
  const closing = { error: new Error("the connection is closed") };
  connection.on("error", (error: Error) => (closing.error = error));
  const call = <Result>(run: (done: Done<Result>) => void): Promise<Result | undefined> =>
    new Promise((resolve, reject) => {
      const onEnd = (): void => reject(closing.error);
      connection.once("end", onEnd);
      run((error, result) => {
        connection.off("end", onEnd);
        if (error) reject(error);
        else resolve(result);
      });
    });
  let isOpen = true;
  connection.once("end", () => (isOpen = false));
  const close = (): void => {
    isOpen = false;
    connection.close();
  };
  signal.addEventListener("abort", close, { once: true });
  const { user, password } = settings.server;
  try {
    await call((done) => (signal.aborted ? done(closing.error) : connection.connect(done)));
    if (user !== null && password !== null)
      await call((done) => connection.login({ user, pass: password }, done));
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
  return {
    get isOpen() {
      return isOpen;
    },
    async send({ from, to, build }, onText) {
      const message = await build();
      const envelope = { from, to: [to], size: message.length };
      const info = await call<{ response: string }>((done) =>
        connection.send(envelope, readOnce(message, onText), done),
      );
      return info?.response ?? "";
    },
    reset: async () => void (await call((done) => connection.reset(done))),
    async checkSender(address) {
      const replies: SmtpReply[] = [];
      const run = async (send: (command: string) => Promise<SmtpReply>): Promise<void> => {
        for (const command of [`MAIL FROM:<${address}>`, "RSET"]) replies.push(await send(command));
      };
      await call((done) => connection.login({ method: COMMANDS, run }, done));
      return replies[0] ?? { status: 0, response: "" };
    },
    quit() {
      isOpen = false;
      connection.quit();
      // Its answer is of no use, and a server that hangs gives none.
      connection.close();
    },
    close,
  };
}

/** The library reads it when the server has answered DATA with 354. */
const readOnce = (message: Buffer, onRead: () => void): Readable =>
  new Readable({
    read() {
      onRead();
      this.push(message);
      this.push(null);
    },
  });

type Done<Result> = (error?: Error | null, result?: Result) => void;

function optionsOf({ server, tls, timeoutMs, authorities }: SmtpSettings): SMTPConnection.Options {
  return {
    host: server.host,
    port: server.port,
    secure: server.isTls,
    requireTLS: !server.isTls && tls === "required",
    ignoreTLS: !server.isTls && tls === "off",
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    socketCloseTimeout: 1000,
    maxResponseSize: 65_536,
    tls: { minVersion: "TLSv1.2", ...(authorities !== undefined && { ca: authorities }) },
  };
}
