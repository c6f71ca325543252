import type { WebhookWire } from "../../delivery/open-webhook-wire.ts";
import type { Clock } from "../../lib/clock.ts";
import type { ChannelOutcome } from "../alert-message.ts";
import type { ChannelAddress } from "./alert-channel.ts";
import { judgeChannelAnswer } from "./judge-channel-answer.ts";
import { renderRequest, type ChannelMessage } from "./render-request.ts";

export interface SendDeps {
  clock: Clock;
  wire: WebhookWire;
}

/** One attempt. Never throws for what the receiver does. */
export async function sendToChannel(
  { clock, wire }: SendDeps,
  { address, sent }: { address: ChannelAddress; sent: ChannelMessage },
): Promise<ChannelOutcome> {
  const request = renderRequest(address, sent, clock.now());
  return judgeChannelAnswer(address, await wire.send(request));
}
