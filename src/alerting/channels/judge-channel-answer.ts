import type { Attempt } from "../../delivery/open-webhook-wire.ts";
import { assertNever } from "../../lib/assert.ts";
import { english } from "../../messages/english.ts";
import type { ChannelOutcome } from "../alert-message.ts";
import { secretsIn, type HttpAddress } from "./alert-channel.ts";
import { oneLineOf, shortened } from "./message-text.ts";

const SAID = 200;

/** How people call the receiver. */
const NAMES: Record<HttpAddress["type"], string> = {
  slack: "Slack",
  teams: "Teams",
  discord: "Discord",
  webhook: "The receiver",
  pagerduty: "PagerDuty",
  alertmanager: "Alertmanager",
};

/** Client errors that pass by themselves: a time limit, too early, too many. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/** What came of one attempt, in words. */
export function judgeChannelAnswer(address: HttpAddress, attempt: Attempt): ChannelOutcome {
  const waitMs = attempt.wishMs > 0 ? attempt.wishMs : null;
  return { ...judged(address, attempt), tookMs: attempt.tookMs, waitMs };
}

type Judged = Pick<ChannelOutcome, "outcome" | "detail">;

function judged(address: HttpAddress, attempt: Attempt): Judged {
  const name = NAMES[address.type];
  const said = oneLineOf(withoutSecrets(attempt.detail ?? "", address));
  switch (attempt.outcome) {
    case "delivered":
    case "refused":
    case "gone":
      return judgedByStatus(address, attempt);
    case "redirected": {
      const status = attempt.status ?? 0;
      return { outcome: "refused", detail: english("channel_outcome.redirected", { name, status }) };
    }
    case "timeout":
      return { outcome: "later", detail: english("channel_outcome.timeout", { name }) };
    case "unreachable":
      return { outcome: "later", detail: english("channel_outcome.unreachable", { name, said }) };
    case "our_fault":
      return { outcome: "later", detail: english("channel_outcome.our_fault", { said }) };
    case "address_not_allowed":
      return { outcome: "refused", detail: english("channel_outcome.address_not_allowed", { said }) };
    default:
      return assertNever(attempt.outcome);
  }
}

function judgedByStatus(address: HttpAddress, attempt: Attempt): Judged {
  const { type } = address;
  const status = attempt.status ?? 0;
  const body = attempt.answerBody ?? "";
  const values = { name: NAMES[type], status, said: saidOf(body, address) };
  if (status >= 200 && status < 300) {
    if (!TAKEN[type](body))
      return { outcome: "later", detail: english("channel_outcome.not_understood", values) };
    const key = type === "teams" ? "accepted" : "sent";
    return { outcome: "sent", detail: english(`channel_outcome.${key}`, values) };
  }
  if (status === 429) return { outcome: "later", detail: english("channel_outcome.too_many", values) };
  if (status >= 500 || PASSING.has(status))
    return { outcome: "later", detail: ended(english("channel_outcome.status", values)) };
  return { outcome: "refused", detail: ended(english(`channel_outcome.${meaningOf(type, status)}`, values)) };
}

const ended = (sentence: string): string => (/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`);

/** What a refusal means. Where the address is the key, an unknown address is a key that was withdrawn. */
function meaningOf(
  type: HttpAddress["type"],
  status: number,
): "gone" | "wrong_path" | "not_permitted" | "status" {
  const isUnknown = status === 404 || status === 410;
  const isForbidden = status === 401 || status === 403;
  if (type === "alertmanager" || type === "webhook")
    return isUnknown ? "wrong_path" : isForbidden ? "not_permitted" : "status";
  return isUnknown || isForbidden ? "gone" : "status";
}

/**
 * Whether an answer 2xx is that of a receiver that took the message: a sign-in page of a proxy is 200, too.
 * Teams accepts a message before its workflow runs, with an empty answer; the connectors that workflows
 * replaced answered 200 with the text of an error.
 */
const TAKEN: Record<HttpAddress["type"], (body: string) => boolean> = {
  slack: (body) => body.trim() === "ok",
  teams: (body) => !/^\s*<|delivery failed/i.test(body),
  discord: (body) => typeof fieldOf(body, "id") === "string",
  webhook: () => true,
  pagerduty: (body) => fieldOf(body, "status") === "success",
  alertmanager: (body) => !/^\s*</.test(body),
};

/** A field of a JSON object whose end may be missing: no more than the beginning of an answer is kept. */
function fieldOf(body: string, name: "id" | "status"): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null
      ? (parsed as Record<string, unknown>)[name]
      : undefined;
  } catch {
    const found = FIELDS[name].exec(body);
    return body.startsWith("{") ? found?.[1] : undefined;
  }
}

const FIELDS = { id: /"id"\s*:\s*"(\d+)"/, status: /"status"\s*:\s*"(\w+)"/ };

/** ": no_service", or nothing. */
function saidOf(body: string, address: HttpAddress): string {
  const said = shortened(oneLineOf(withoutSecrets(body, address)), SAID);
  return said === "" || said.startsWith("<") ? "" : english("channel_outcome.said", { said });
}

function withoutSecrets(text: string, address: HttpAddress): string {
  return secretsIn(address).reduce((left, secret) => left.replaceAll(secret, "…"), text);
}
