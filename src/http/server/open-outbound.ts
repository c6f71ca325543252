import type { Logger } from "pino";
import { createAlertSender, type AlertSender } from "../../alerting/channels/create-alert-sender.ts";
import type { Messenger } from "../../client-messages/open-messenger.ts";
import type { Config } from "../../config/parse-config.ts";
import { openWebhookWire } from "../../delivery/open-webhook-wire.ts";
import type { RecordAttemptsDeps } from "../../delivery/record-attempts.ts";
import type { EventStream } from "../../delivery/streams/create-event-stream.ts";
import type { Keyring } from "../../lib/keyring.ts";
import { openMailer } from "../../mail/open-mailer.ts";
import type { OpenLinkDeps } from "../../recovery/open-reshare-link.ts";
import type { HttpDeps, HttpSettings } from "../kit/http-deps.ts";
import { openClientMessenger } from "./open-client-messenger.ts";
import { openDeliverer } from "./open-deliverer.ts";
import { openEventStream } from "./open-event-stream.ts";

/** What tells others of changes: endpoints and a broker of events, the team of alerts, clients of losses. */
export interface Outbound extends Pick<HttpDeps, "deliverer" | "webhookNetworks"> {
  eventStream: EventStream | null;
  alertSender: AlertSender;
  messenger: Messenger;
}

type OutboundLoop = "deliveries" | "event stream" | "alert channels" | "client messages";

export interface OutboundDeps
  extends Omit<OpenLinkDeps, "reshareLinkLifetimeMs">, Pick<RecordAttemptsDeps, "onAttempts"> {
  keyring: Keyring;
  log: Logger;
  /** The port that this server listens on; null before. */
  portOf(): number | null;
  /** Calls for the next turn of a loop. */
  wakeLoop(name: OutboundLoop): void;
}

/** How long a channel of alerts may take to answer. */
const ALERT_TIMEOUT_MS = 10_000;

/** Opens all of it. What is under way ends before its connections close. */
export function openOutbound(
  deps: OutboundDeps,
  config: Config,
  world: Pick<HttpSettings, "version" | "hubDir" | "sandbox">,
  disposers: AsyncDisposableStack,
): Outbound {
  const { clock, portOf, wakeLoop } = deps;
  const mailer = openMailer(config, { clock });
  disposers.defer(() => mailer.close());
  const messenger = openClientMessenger({ ...deps, mailer }, config, {
    portOf,
    wake: () => wakeLoop("client messages"),
  });
  disposers.defer(() => messenger.drain());
  const readMessages: Messenger["readRequested"] = (ids) => messenger.readRequested(ids);
  const { deliverer, webhookNetworks, close } = openDeliverer(deps, config, world, {
    wake: () => wakeLoop("deliveries"),
    readMessages,
  });
  disposers.defer(close);
  const wire = openWebhookWire({ clock, networks: webhookNetworks, timeoutMs: ALERT_TIMEOUT_MS });
  disposers.defer(() => wire.close());
  const alertSender = createAlertSender({
    ...{ ...deps, wire, mailer },
    // Waiting for a connection takes as long at most as the mail.
    mailLimitMs: 2 * config.smtpTimeoutMs,
    wake: () => wakeLoop("alert channels"),
  });
  disposers.defer(() => alertSender.drain());
  const eventStream = openEventStream(deps, config, world, {
    wake: () => wakeLoop("event stream"),
    readMessages,
  });
  disposers.defer(() => eventStream?.close());
  return { deliverer, webhookNetworks, eventStream, alertSender, messenger };
}
