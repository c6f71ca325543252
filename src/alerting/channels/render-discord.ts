import type { AlertMessage } from "../alert-message.ts";
import {
  acknowledgeLabel,
  canAcknowledge,
  COLORS,
  headlineOf,
  oneLineOf,
  openLabel,
  shortened,
  shortenedLines,
  toneOf,
  whyOf,
} from "./message-text.ts";

/** An embed may have 6000 characters in all. These together, escaped at the worst, stay below. */
const TITLE = 200;
const LINES = 1200;
const FACTS = 8;
const [NAME, VALUE] = [50, 100];
const WHY = 200;

/**
 * What Discord's webhooks take. A name that holds `@everyone` pings nobody, because no mention is allowed;
 * Markdown is escaped.
 */
export function renderDiscord(message: AlertMessage): object {
  const links = linksOf(message);
  const lines = escaped(shortenedLines(message.lines, LINES));
  return {
    allowed_mentions: { parse: [] },
    embeds: [
      {
        // A title may have 256 characters, after it is escaped.
        title: shortenedEscaped(headlineOf(message), TITLE),
        ...(message.url !== null && { url: message.url }),
        description: [lines, links].filter((part) => part !== "").join("\n\n"),
        color: COLORS[toneOf(message)],
        timestamp: new Date(message.endedAt ?? message.startedAt).toISOString(),
        fields: message.facts.slice(0, FACTS).map(({ label, value }) => ({
          name: escaped(shortened(oneLineOf(label), NAME)),
          value: escaped(shortened(oneLineOf(value), VALUE)),
          inline: true,
        })),
        // A footer knows no Markdown.
        footer: { text: shortened(whyOf(message), WHY) },
      },
    ],
  };
}

const escaped = (text: string): string => text.replaceAll(/[\\*_~`|>#[\]()<:@.-]/g, String.raw`\$&`);

/** Cut before it is escaped, so that no escape is torn. */
function shortenedEscaped(text: string, limit: number): string {
  for (let length = limit; ; length -= 10) {
    const made = escaped(shortened(text, length));
    if (made.length <= limit) return made;
  }
}

function linksOf(message: AlertMessage): string {
  const open = message.url === null ? [] : [linkOf(message.url, openLabel())];
  const acknowledge = canAcknowledge(message)
    ? [linkOf(message.acknowledgeUrl ?? "", acknowledgeLabel())]
    : [];
  return [...acknowledge, ...open].join(" · ");
}

const linkOf = (url: string, label: string): string =>
  `[${label}](${url.replaceAll("(", "%28").replaceAll(")", "%29")})`;
