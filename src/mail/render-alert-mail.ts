import { english } from "../messages/english.ts";
import type { MailBlock, MailTone, RenderedMail } from "./mail-content.ts";
import { renderMail } from "./render-mail.ts";
import { cleanName } from "./safe-text.ts";

/** What the team is told by mail. All texts are plain and whole sentences of the caller's. */
export interface AlertMail {
  /** One line, such as "201 clients removed our access in 3 min, usually 3 a day". */
  title: string;
  severity: "critical" | "warning" | "info";
  state: "firing" | "resolved" | "test";
  /** What happened, what it means, what to do: a paragraph each. */
  lines: readonly string[];
  facts: readonly { label: string; value: string }[];
  /** The first is a button, the others are links. */
  actions: readonly { label: string; url: string }[];
  /** Why the reader gets it: a whole sentence. */
  why: string;
}

const LONGEST_TITLE = 90;

export function renderAlertMail({
  title,
  severity,
  state,
  lines,
  facts,
  actions,
  why,
}: AlertMail): RenderedMail {
  const kind = state === "firing" ? severity : state;
  const word = english(`alert_mail.word.${kind}`);
  return renderMail({
    language: "en",
    subject: english("alert_mail.subject", { word, title: cleanName(title, LONGEST_TITLE) }),
    preview: lines[0] ?? title,
    sender: { name: "Sharekeeper", color: null, logoUrl: null },
    blocks: [
      { kind: "tone", tone: TONES[kind], text: word },
      { kind: "heading", text: title },
      ...lines.map((text): MailBlock => ({ kind: "paragraph", text })),
      ...(facts.length === 0 ? [] : [{ kind: "facts", facts } as const]),
      ...actions.map((action, index): MailBlock => ({ kind: index === 0 ? "button" : "link", ...action })),
    ],
    foot: [{ text: why }],
  });
}

const TONES: Readonly<Record<AlertMail["severity"] | "resolved" | "test", MailTone>> = {
  critical: "critical",
  warning: "warning",
  info: "info",
  resolved: "good",
  test: "info",
};
