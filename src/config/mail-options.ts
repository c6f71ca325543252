import { z } from "zod";
import { mailbox, mailAddress, smtpServer, wholeNumber, longSecondsAsMs } from "./formats.ts";
import { everywhere, option } from "./option.ts";

/** The settings of outgoing mail: a part of OPTIONS. */
export const MAIL_OPTIONS = {
  smtpServer: option({
    name: "SMTP_URL",
    description:
      "The mail server that Sharekeeper sends through: docs/guides/mail.md. `smtps:` begins with TLS (port 465), `smtp:` turns to it by STARTTLS (port 587). Unset: no mail is sent.",
    expects:
      "an address such as smtp://user:password@mail.example.com:587 (special characters of the password percent-encoded), or leave it unset",
    schema: smtpServer,
    secret: true,
  }),
  smtpTls: option({
    name: "SMTP_TLS",
    description:
      "What `smtp:` does about STARTTLS. `required`: a server without it gets nothing. `if_offered`: without it the mail goes unencrypted. `off`: never. Unset: `if_offered` on this machine, else `required`.",
    expects: "required, if_offered or off, or leave it unset",
    schema: z.enum(["required", "if_offered", "off"]).optional(),
  }),
  smtpTimeoutMs: option({
    name: "SMTP_TIMEOUT_S",
    description:
      "How long one mail may take, from connecting to the server's last answer, in seconds. A mail that was given up may have arrived, so do not make it short.",
    expects: "a whole number of seconds from 5 to 600",
    schema: longSecondsAsMs(5, 600),
    ...everywhere("60"),
  }),
  smtpConnections: option({
    name: "SMTP_CONNECTIONS",
    description: "How many connections to the mail server one instance opens at most.",
    expects: "a whole number from 1 to 50",
    schema: wholeNumber(1, 50),
    ...everywhere("4"),
  }),
  mailFrom: option({
    name: "MAIL_FROM",
    description: "The sender of every mail. Mails that bounce go back to it. Needed with `SMTP_URL`.",
    expects: "a name and an address such as Example WhatsApp <whatsapp@example.com>, or leave it unset",
    schema: mailbox,
  }),
  mailReplyTo: option({
    name: "MAIL_REPLY_TO",
    description: "Where replies to mails go. Unset: to `MAIL_FROM`.",
    expects: "an e-mail address, or leave it unset",
    schema: mailAddress,
  }),
} as const;
