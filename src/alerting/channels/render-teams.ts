import type { AlertMessage } from "../alert-message.ts";
import {
  acknowledgeLabel,
  canAcknowledge,
  headlineOf,
  oneLineOf,
  openLabel,
  shortened,
  toneOf,
  whyOf,
  type Tone,
} from "./message-text.ts";

/** Teams refuses messages over 28 kB. With these limits the longest one has 20 kB. */
const HEADLINE = 250;
const LINES = 20;
const ALL_LINES = 3000;
const FACTS = 10;
const [LABEL, VALUE] = [60, 200];

const STYLES: Record<Tone, string> = {
  critical: "attention",
  warning: "warning",
  info: "accent",
  resolved: "good",
};

/**
 * An Adaptive Card, as a workflow of Teams takes it. Names and sentences are runs of text: unlike a TextBlock
 * or a fact, these know no Markdown, so that a client's name is no link and no heading.
 */
export function renderTeams(message: AlertMessage): object {
  const actions = [
    ...(canAcknowledge(message) ? [openUrl(acknowledgeLabel(), message.acknowledgeUrl ?? "")] : []),
    ...(message.url === null ? [] : [openUrl(openLabel(), message.url)]),
  ];
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    ...{ type: "AdaptiveCard", version: "1.4", msteams: { width: "Full" } },
    body: [
      {
        ...{ type: "Container", style: STYLES[toneOf(message)], bleed: true },
        items: [rich({ text: shortened(headlineOf(message), HEADLINE), size: "Medium", weight: "Bolder" })],
      },
      ...linesOf(message).map((text) => rich({ text })),
      ...message.facts
        .slice(0, FACTS)
        .map(({ label, value }) =>
          rich(
            { text: `${shortened(oneLineOf(label), LABEL)}  `, weight: "Bolder" },
            { text: shortened(oneLineOf(value), VALUE) },
          ),
        ),
      rich({ text: shortened(whyOf(message), VALUE), isSubtle: true, size: "Small" }),
    ],
    ...(actions.length > 0 && { actions }),
  };
  const contentType = "application/vnd.microsoft.card.adaptive";
  return { type: "message", attachments: [{ contentType, contentUrl: null, content }] };
}

interface Run {
  text: string;
  size?: "Small" | "Medium";
  weight?: "Bolder";
  isSubtle?: true;
}

const rich = (...runs: Run[]): object => ({
  type: "RichTextBlock",
  inlines: runs.map((run) => ({ type: "TextRun", ...run })),
});

const openUrl = (title: string, url: string): object => ({ type: "Action.OpenUrl", title, url });

/** As many of its lines as fit; the last of them may be cut. */
function linesOf({ lines }: AlertMessage): string[] {
  const fitting: string[] = [];
  let left = ALL_LINES;
  for (const line of lines.slice(0, LINES)) {
    if (left < 2) break;
    const text = shortened(oneLineOf(line), left);
    left -= text.length;
    if (text !== "") fitting.push(text);
  }
  return fitting;
}
