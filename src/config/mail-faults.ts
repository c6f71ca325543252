import { isLoopback } from "../lib/loopback.ts";
import type { SmtpServer } from "./formats.ts";

interface MailConfig {
  smtpServer: SmtpServer | undefined;
  smtpTls: "required" | "if_offered" | "off" | undefined;
  mailFrom: object | undefined;
}

/** The settings of mail that do not fit together, one line each. */
export function mailFaultsOf({ smtpServer, smtpTls, mailFrom }: MailConfig): string[] {
  const faults: string[] = [];
  if (smtpServer !== undefined && mailFrom === undefined)
    faults.push("MAIL_FROM is missing. SMTP_URL needs it: set it too, or unset all of them.");
  if (smtpServer === undefined && mailFrom !== undefined)
    faults.push("SMTP_URL is missing. MAIL_FROM needs it: set it too, or unset all of them.");
  if (smtpServer !== undefined && smtpTls !== undefined && showsPassword(smtpServer, smtpTls))
    faults.push(
      `SMTP_TLS is ${smtpTls}, and SMTP_URL has a password: others could read it on its way. ` +
        "Set SMTP_TLS to required, or leave it unset.",
    );
  return faults;
}

const showsPassword = ({ isTls, user, host }: SmtpServer, rule: string): boolean =>
  user !== null && !isTls && rule !== "required" && !isLoopback(host);
