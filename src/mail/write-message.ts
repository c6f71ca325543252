import { domainToASCII } from "node:url";
import MailComposer from "nodemailer/lib/mail-composer";
import type { Mailbox } from "../config/formats.ts";
import { assert } from "../lib/assert.ts";
import { mailDomainOf } from "../lib/mail-address.ts";
import type { Mail } from "./mail.ts";

/** A mail as it goes over the wire, but for its last form. */
export interface WrittenMail {
  /** The sender and the receiver of the envelope, their domains in ASCII. */
  from: string;
  to: string;
  /** The whole message by RFC 5322, its lines ending in CRLF. */
  build(): Promise<Buffer>;
}

interface Sender {
  from: Mailbox;
  /** The address for replies; null: that of `from`. */
  replyTo: string | null;
  /** ms since the epoch. */
  at: number;
}

/** What a caller may not set by itself. */
const OWN_HEADERS =
  /^(from|to|cc|bcc|sender|reply-to|subject|date|message-id|in-reply-to|references|mime-version|content-.*|auto-submitted|return-path|dkim-signature)$/i;

/** `mail.to` must be an address. Throws when the mail sets a header of ours. */
export function writeMessage(mail: Mail, { from, replyTo, at }: Sender): WrittenMail {
  const domain = mailDomainOf(from.address);
  const composer = new MailComposer({
    from: { name: oneLine(from.name), address: from.address },
    to: { name: "", address: mail.to },
    ...addressHeader("replyTo", mail.replyTo ?? replyTo),
    subject: oneLine(mail.subject),
    date: new Date(at),
    messageId: messageIdOf(mail.id, domain),
    ...(mail.inReplyTo !== undefined && {
      inReplyTo: messageIdOf(mail.inReplyTo, domain),
      references: messageIdOf(mail.inReplyTo, domain),
    }),
    text: mail.text,
    ...(mail.html !== null && { html: mail.html }),
    headers: {
      ...ownHeadersOf(mail.headers ?? {}),
      ...(mail.language !== undefined && { "Content-Language": oneLine(mail.language) }),
      "Auto-Submitted": "auto-generated",
      // Out-of-office replies alone: reports of delivery are wanted.
      "X-Auto-Response-Suppress": "OOF, AutoReply",
    },
    newline: "win",
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    from: envelopeOf(from.address),
    to: envelopeOf(mail.to),
    build: () => composer.compile().build(),
  };
}

const addressHeader = (name: "replyTo", address: string | null): { replyTo?: Mailbox } =>
  address === null ? {} : { [name]: { name: "", address } };

/** Line breaks and other control characters would begin a header of their own: they become a blank. */
const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim();

/** Characters that a Message-ID may not have are percent-encoded, so that two ids stay two. */
function messageIdOf(id: string, domain: string): string {
  const encoded = encodeURIComponent(id).replace(/[()]/g, (sign) => (sign === "(" ? "%28" : "%29"));
  return `<${encoded}@${domain}>`;
}

function ownHeadersOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      assert(/^[A-Za-z][A-Za-z0-9-]*$/.test(name) && !OWN_HEADERS.test(name), `a mail may set ${name}`);
      return [name, oneLine(value)];
    }),
  );
}

/** SMTPUTF8 is needed for the part before the @ alone: a domain has a form in ASCII. */
function envelopeOf(address: string): string {
  const at = address.lastIndexOf("@");
  return `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`;
}
