import type { WebhookRequest } from "../../delivery/open-webhook-wire.ts";
import { signedHeaders } from "../../delivery/webhook-signature.ts";
import { assertNever } from "../../lib/assert.ts";
import type { AlertMessage } from "../alert-message.ts";
import type { HttpAddress, SettingsOf } from "./alert-channel.ts";
import { renderAlertmanager } from "./render-alertmanager.ts";
import { renderDiscord } from "./render-discord.ts";
import { PAGERDUTY_URLS, renderPagerduty } from "./render-pagerduty.ts";
import { renderSlack } from "./render-slack.ts";
import { renderTeams } from "./render-teams.ts";

/** What is sent to a channel, and when. */
export interface ChannelMessage {
  message: AlertMessage;
  /** A reason of the WABAs; null: the rule says all. */
  cause: string | null;
}

/** @param now ms since the epoch */
export function renderRequest(
  address: HttpAddress,
  sent: Pick<ChannelMessage, "message" | "cause">,
  now: number,
): WebhookRequest {
  const { type, settings } = address;
  const { message } = sent;
  switch (type) {
    case "slack":
      return requestOf(settings.url, renderSlack(message));
    case "teams":
      return requestOf(settings.url, renderTeams(message));
    case "discord":
      return requestOf(waitingUrlOf(settings.url), renderDiscord(message));
    case "pagerduty":
      return requestOf(PAGERDUTY_URLS[settings.region], renderPagerduty(message, settings));
    case "alertmanager":
      return renderAlertmanagerRequest(settings, [sent], now);
    case "webhook":
      return signedRequestOf(settings, sent, now);
    default:
      return assertNever(type);
  }
}

/** Alertmanager takes many alerts at once. */
export function renderAlertmanagerRequest(
  settings: SettingsOf<"alertmanager">,
  sent: readonly ChannelMessage[],
  now: number,
): WebhookRequest {
  const url = new URL(settings.url);
  url.pathname = `${url.pathname.replace(/\/(api\/v2(\/alerts)?\/?)?$/, "")}/api/v2/alerts`;
  const alerts = sent.map(({ message, cause }) => renderAlertmanager(message, cause, now));
  return requestOf(url.href, alerts, authorizationOf(settings));
}

function authorizationOf(settings: SettingsOf<"alertmanager">): Record<string, string> {
  const { username, password, bearer_token: token } = settings;
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}` };
}

/** With `wait`, Discord answers when the message is saved, and with the message. */
function waitingUrlOf(text: string): string {
  const url = new URL(text);
  url.searchParams.set("wait", "true");
  return url.href;
}

function signedRequestOf(
  { url, secret }: SettingsOf<"webhook">,
  { message, cause }: ChannelMessage,
  now: number,
): WebhookRequest {
  const { id, kind } = message;
  const body = JSON.stringify({
    type: `alert.${kind}`,
    timestamp: new Date(now).toISOString(),
    data: {
      ...{ alert_id: message.alertId, rule: message.rule, severity: message.severity, cause },
      ...{ title: message.title, lines: message.lines, facts: message.facts, why: message.why },
      started_at: new Date(message.startedAt).toISOString(),
      ended_at: message.endedAt === null ? null : new Date(message.endedAt).toISOString(),
      ...{ url: message.url, acknowledge_url: message.acknowledgeUrl },
    },
  });
  const signed = signedHeaders({ id, at: now, body }, secret === undefined ? [] : [secret]);
  const { "webhook-signature": signature = "", ...named } = signed;
  const headers = signature === "" ? named : signed;
  return { url, headers: { ...CONTENT, ...headers }, body };
}

const CONTENT = { "content-type": "application/json", "user-agent": "Sharekeeper-Alerts/1" };

const requestOf = (url: string, body: object, headers: Record<string, string> = {}): WebhookRequest => ({
  url,
  headers: { ...CONTENT, ...headers },
  body: JSON.stringify(body),
});
