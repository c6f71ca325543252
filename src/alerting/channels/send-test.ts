import { newId } from "../../lib/new-id.ts";
import type { Random } from "../../lib/random.ts";
import { english } from "../../messages/english.ts";
import type { AlertMessage, ChannelOutcome } from "../alert-message.ts";
import type { ChannelAddress } from "./alert-channel.ts";
import { sendToChannel, type SendDeps } from "./send-to-channel.ts";

/** Sends a message that says it is a test, once. The incident that PagerDuty opens is resolved at once. */
export async function sendTest(
  deps: SendDeps & { random: Random },
  { name, address }: { name: string; address: ChannelAddress },
): Promise<ChannelOutcome> {
  const message = testMessageOf(newId("ntf", deps.random), name, deps.clock.now());
  const outcome = await sendToChannel(deps, { address, sent: { message, ...NEW } });
  if (address.type !== "pagerduty" || outcome.outcome !== "sent") return outcome;
  const over = { ...message, kind: "resolved", endedAt: deps.clock.now() } as const;
  const ended = await sendToChannel(deps, { address, sent: { message: over, ...NEW } });
  return ended.outcome === "sent" ? outcome : ended;
}

/** Of a message without an alert, and of a first attempt. */
const NEW = { cause: null, threadId: null, reached: [] };

function testMessageOf(id: string, name: string, now: number): AlertMessage {
  return {
    ...{ id, alertId: `test_${id}`, kind: "test", rule: "test", severity: "info" },
    title: english("alert_test.title"),
    lines: [english("alert_test.line", { name })],
    facts: [],
    ...{ startedAt: now, endedAt: null, url: null, acknowledgeUrl: null },
    why: english("alert_test.why"),
  };
}
