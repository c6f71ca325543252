import type { AlertMessage } from "../alert-message.ts";
import type { SettingsOf } from "./alert-channel.ts";
import { oneLineOf, openLabel, shortened, shortenedLines, whyOf } from "./message-text.ts";

export const PAGERDUTY_URLS = {
  us: "https://events.pagerduty.com/v2/enqueue",
  eu: "https://events.eu.pagerduty.com/v2/enqueue",
} as const;

const SUMMARY = 1024;
const DETAILS = 8000;

const ACTIONS: Record<AlertMessage["kind"], "trigger" | "acknowledge" | "resolve"> = {
  opened: "trigger",
  grew: "trigger",
  repeated: "trigger",
  escalated: "trigger",
  test: "trigger",
  acknowledged: "acknowledge",
  resolved: "resolve",
};

/**
 * An event of PagerDuty's Events API v2. The alert is its `dedup_key`: what grows updates its incident, and
 * what is sent twice opens no second one.
 */
export function renderPagerduty(
  message: AlertMessage,
  { routing_key: routingKey }: SettingsOf<"pagerduty">,
): object {
  const action = ACTIONS[message.kind];
  const event = { routing_key: routingKey, event_action: action, dedup_key: message.alertId };
  if (action !== "trigger") return event;
  const { url } = message;
  return {
    ...event,
    client: "Sharekeeper",
    ...(url !== null && { client_url: url, links: [{ href: url, text: openLabel() }] }),
    payload: {
      summary: shortened(oneLineOf(message.title), SUMMARY),
      source: url === null ? "sharekeeper" : new URL(url).host,
      severity: message.severity,
      timestamp: new Date(message.startedAt).toISOString(),
      class: message.rule,
      custom_details: {
        description: shortenedLines(message.lines, DETAILS),
        ...Object.fromEntries(message.facts.map(({ label, value }) => [oneLineOf(label), oneLineOf(value)])),
        why: whyOf(message),
      },
    },
  };
}
