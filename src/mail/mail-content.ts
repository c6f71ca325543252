import type { HexColor } from "../lib/contrast.ts";

/** What a mail says, apart from its look: the HTML and the plain text are made from the same. */
export interface MailContent {
  /** "pt". */
  language: string;
  subject: string;
  /** What a list of mails shows behind the subject. */
  preview: string;
  sender: MailSender;
  blocks: readonly MailBlock[];
  foot: readonly FootLine[];
}

/** Whose name, picture and colour stand over a mail. */
export interface MailSender {
  name: string;
  /** Null: our own blue. */
  color: HexColor | null;
  /** An https address; null: the name alone. */
  logoUrl: string | null;
}

export type MailTone = "critical" | "warning" | "info" | "good";

export type MailBlock =
  | { kind: "tone"; tone: MailTone; text: string }
  | { kind: "heading" | "strong" | "paragraph" | "note"; text: string }
  | { kind: "facts"; facts: readonly { label: string; value: string }[] }
  | { kind: "button" | "link"; label: string; url: string }
  /** The address of a button, for a program that shows none. In plain text the button has it. */
  | { kind: "address"; lead: string; url: string }
  /** Between what is to be done and what may be read. */
  | { kind: "line" };

export type FootLine = { text: string } | { lead: string; label: string; url: string };

/** A mail without its receiver. */
export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}
