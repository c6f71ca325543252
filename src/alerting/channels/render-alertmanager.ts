import type { AlertMessage } from "../alert-message.ts";
import { oneLineOf, shortened, shortenedLines, whyOf } from "./message-text.ts";

/**
 * Until when Alertmanager takes an alert for firing that nobody repeats. Sharekeeper repeats it each minute
 * (refresh-alertmanagers.ts): the alert survives a restart of Alertmanager, and an hour without Sharekeeper.
 */
export const FIRING_FOR_MS = 60 * 60_000;

const SUMMARY = 1024;
const DESCRIPTION = 8000;

/**
 * An alert of Alertmanager's API v2. The labels name it, so they are the same in each message about it.
 *
 * @param now ms since the epoch
 */
export function renderAlertmanager(message: AlertMessage, cause: string | null, now: number): object {
  const { startedAt, url } = message;
  // Alertmanager refuses an alert that ends before it begins.
  const endsAt =
    message.kind === "resolved" ? Math.max(message.endedAt ?? now, startedAt) : now + firesFor(message);
  return {
    labels: {
      alertname: message.rule,
      severity: message.severity,
      ...(cause !== null && { cause }),
      alert_id: message.alertId,
      source: "sharekeeper",
    },
    annotations: {
      summary: shortened(oneLineOf(message.title), SUMMARY),
      description: shortenedLines(descriptionOf(message), DESCRIPTION),
      why: whyOf(message),
    },
    startsAt: new Date(startedAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    ...(url !== null && { generatorURL: url }),
  };
}

/** A test ends by itself. */
const TEST_FOR_MS = 60_000;
const firesFor = ({ kind }: AlertMessage): number => (kind === "test" ? TEST_FOR_MS : FIRING_FOR_MS);

const descriptionOf = ({ lines, facts }: AlertMessage): string[] => [
  ...lines,
  ...facts.map(({ label, value }) => `${label}: ${value}`),
];
