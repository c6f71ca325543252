import type { Config } from "../config/parse-config.ts";
import type { Clock } from "../lib/clock.ts";
import { isLoopback } from "../lib/loopback.ts";
import { isMailAddress } from "../lib/mail-address.ts";
import { detailOf } from "./judge-failure.ts";
import type { Mail, MailOutcome } from "./mail.ts";
import { openSmtpPool } from "./open-smtp-pool.ts";
import type { SmtpSettings } from "./open-smtp-session.ts";
import { writeMessage } from "./write-message.ts";

export type { Mail, MailOutcome } from "./mail.ts";

/** Sends mails through the server of the settings. Knows nothing of who gets which. */
export interface Mailer {
  /** Whether SMTP_URL is set. */
  readonly isSetUp: boolean;
  /** One attempt; another one is the caller's business. Rejects on a defect of ours alone. */
  send(mail: Mail): Promise<MailOutcome>;
  /** Waits for the mails under way, but not long, and closes the connections. */
  close(): Promise<void>;
}

export type MailConfig = Pick<
  Config,
  "smtpServer" | "smtpTls" | "smtpTimeoutMs" | "smtpConnections" | "mailFrom" | "mailReplyTo"
>;

interface Outside {
  clock: Clock;
  /** For tests: SmtpSettings. */
  authorities?: string;
}

/** Null without SMTP_URL. */
export function smtpSettingsOf(config: MailConfig, authorities?: string): SmtpSettings | null {
  const { smtpServer: server, smtpTls, smtpTimeoutMs: timeoutMs } = config;
  if (server === undefined) return null;
  const tls = smtpTls ?? (isLoopback(server.host) ? "if_offered" : "required");
  return { server, tls, timeoutMs, ...(authorities !== undefined && { authorities }) };
}

export function openMailer(config: MailConfig, { clock, authorities }: Outside): Mailer {
  const settings = smtpSettingsOf(config, authorities);
  const { mailFrom: from, mailReplyTo: replyTo = null, smtpConnections } = config;
  if (settings === null || from === undefined) return NO_MAILER;
  const pool = openSmtpPool(settings, { clock, connections: smtpConnections });
  return {
    isSetUp: true,
    async send(mail) {
      if (!isMailAddress(mail.to))
        return {
          ...{ outcome: "refused", isAddressAtFault: true, tookMs: 0 },
          detail: `not an e-mail address: ${detailOf(mail.to)}`,
        };
      const written = writeMessage(mail, { from, replyTo, at: clock.now() });
      return await pool.use((session, onText) => session.send(written, onText));
    },
    close: () => pool.close(),
  };
}

const NO_MAILER: Mailer = {
  isSetUp: false,
  send: () =>
    Promise.resolve({ outcome: "refused", detail: "no mail server is set: set SMTP_URL", tookMs: 0 }),
  close: () => Promise.resolve(),
};
