import type { Logger } from "pino";
import type { WebhookWire } from "../../delivery/open-webhook-wire.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Mailer } from "../../mail/open-mailer.ts";
import { english } from "../../messages/english.ts";
import type { ChannelAddress } from "./alert-channel.ts";
import { judgeChannelAnswer } from "./judge-channel-answer.ts";
import { renderRequest, type ChannelMessage } from "./render-request.ts";
import { sendAlertMails, type MailMessage, type MailsOutcome } from "./send-alert-mails.ts";

export interface SendDeps {
  clock: Clock;
  wire: WebhookWire;
  mailer: Mailer;
  log: Logger;
}

/** One attempt. Never throws: what is wrong with a message of ours is an outcome, too, and logged. */
export async function sendToChannel(
  { clock, wire, mailer, log }: SendDeps,
  { address, sent }: { address: ChannelAddress; sent: ChannelMessage & MailMessage },
): Promise<MailsOutcome> {
  try {
    if (address.type === "email") return await sendAlertMails({ mailer }, address.settings, sent);
    const request = renderRequest(address, sent, clock.now());
    return { ...judgeChannelAnswer(address, await wire.send(request)), reached: [] };
  } catch (error) {
    log.error({ notification: sent.message.id, err: error }, "a message about an alert could not be made");
    const detail = english("channel_outcome.defect");
    return { outcome: "later", detail, tookMs: 0, waitMs: null, reached: [...sent.reached] };
  }
}
