import { parseConfig } from "../../src/config/parse-config.ts";
import { systemClock, type Clock } from "../../src/lib/clock.ts";
import { openMailer, type Mail, type Mailer } from "../../src/mail/open-mailer.ts";
import { SMTP_CERTIFICATE, startSmtpServer, type TestSmtpServer } from "./smtp-server.ts";

export const FROM = "Example WhatsApp <whatsapp@example.com>";
export const MAIL: Mail = {
  id: "mail_1",
  to: "anna@client.example",
  subject: "Messages have stopped",
  text: "Hello Anna",
  html: "<p>Hello <b>Anna</b></p>",
};

/** What ends after each test. */
export const closing: (() => Promise<unknown>)[] = [];
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

export async function server(options?: Parameters<typeof startSmtpServer>[0]): Promise<TestSmtpServer> {
  const started = await startSmtpServer(options);
  closing.push(() => started.stop());
  return started;
}

type Env = Readonly<Record<string, string>>;

/** A mailer to a server on this machine, closed after the test. */
export function mailerTo(
  port: number,
  env: Env = {},
  { timeoutMs, clock = systemClock }: { timeoutMs?: number; clock?: Clock } = {},
): Mailer {
  const config = parseConfig(
    { SMTP_URL: `smtp://127.0.0.1:${port}`, SMTP_TLS: "off", MAIL_FROM: FROM, ...env },
    "sandbox",
  );
  const mailer = openMailer(
    { ...config, ...(timeoutMs !== undefined && { smtpTimeoutMs: timeoutMs }) },
    { clock, authorities: SMTP_CERTIFICATE },
  );
  closing.push(() => mailer.close());
  return mailer;
}
