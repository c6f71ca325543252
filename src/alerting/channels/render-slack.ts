import type { AlertMessage } from "../alert-message.ts";
import {
  acknowledgeLabel,
  canAcknowledge,
  headlineOf,
  LAMPS,
  oneLineOf,
  openLabel,
  shortened,
  shortenedLines,
  toneOf,
  whyOf,
} from "./message-text.ts";

/** Limits of Slack: https://docs.slack.dev/reference/block-kit/blocks. Ours are lower where its are long. */
const HEADER = 150;
const SECTION = 3000;
const FIELDS = 10;
const FIELD = 500;
const TEXT = 1000;

/**
 * What Slack's incoming webhooks take. Names and sentences go into `plain_text`, where neither `<!channel>`
 * nor `*` mean anything; only the links, which are ours, are mrkdwn. They are links and no buttons: for a
 * button Slack asks the app for an answer, and an incoming webhook has none.
 */
export function renderSlack(message: AlertMessage): object {
  const headline = `${LAMPS[toneOf(message)]} ${headlineOf(message)}`;
  const lines = shortenedLines(message.lines, SECTION);
  const links = linksOf(message);
  return {
    // Shown in notifications of the system. It is read as mrkdwn.
    text: escaped(shortened(headline, TEXT)),
    ...{ unfurl_links: false, unfurl_media: false },
    blocks: [
      { type: "header", text: plain(shortened(headline, HEADER)) },
      ...(lines === "" ? [] : [{ type: "section", text: plain(lines) }]),
      ...fieldsOf(message),
      ...(links === "" ? [] : [{ type: "section", text: { type: "mrkdwn", text: links } }]),
      { type: "context", elements: [plain(shortened(whyOf(message), FIELD))] },
    ],
  };
}

const plain = (text: string) => ({ type: "plain_text", text, emoji: false });

/** `&`, `<` and `>` are all that has a meaning of its own in Slack's texts beside its emphasis. */
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function fieldsOf({ facts }: AlertMessage): object[] {
  const fields = facts
    .slice(0, FIELDS)
    .map(({ label, value }) => plain(shortened(`${oneLineOf(label)}\n${oneLineOf(value)}`, FIELD)));
  return fields.length === 0 ? [] : [{ type: "section", fields }];
}

function linksOf(message: AlertMessage): string {
  const open = message.url === null ? [] : [linkOf(message.url, openLabel())];
  const acknowledge = canAcknowledge(message)
    ? [linkOf(message.acknowledgeUrl ?? "", acknowledgeLabel())]
    : [];
  return [...acknowledge, ...open].join("  ·  ");
}

const linkOf = (url: string, label: string): string =>
  `<${escaped(url.replaceAll("|", "%7C").replaceAll("<", "%3C").replaceAll(">", "%3E"))}|${label}>`;
