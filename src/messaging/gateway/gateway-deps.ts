import type { IncomingMessage } from "node:http";
import type { Clock } from "../../lib/clock.ts";
import type { GateVerdict } from "../../sharing/gate/gate-verdict.ts";
import type { ChannelKeys } from "../keys/channel-keys.ts";
import type { Logger } from "pino";

/** A number as the gate knows it. `phoneNumberId` and `wabaId` are Meta's ids, `connectionId` ours. */
export interface GateEntry {
  phoneNumberId: string;
  connectionId: string;
  wabaId: string;
  verdict: GateVerdict;
  /**
   * True while an accepted message would prove what no probe can: a coexistence number whose companion link
   * is not True.
   */
  isProvedBySending?: boolean;
  /** A number that lives in the WhatsApp Business app, for which Meta allows less throughput. */
  isCoexistence?: boolean;
}

/**
 * Meta's refusal of a message: evidence that starts a probe. `code` is null when Meta's envelope had none.
 */
export interface RefusedMessage {
  connectionId: string;
  numberId: string;
  status: number;
  code: number | null;
  subcode: number | null;
  /** Meta's explanation for people, if it gave one, else null. */
  metaMessage: string | null;
}

/**
 * How a message ended, for the metrics. `reason` is ours for our refusals, Meta's code for Meta's refusals,
 * and the HTTP status for an answer that is neither an acceptance nor a refusal.
 */
export interface MessageCount {
  outcome: "accepted" | "refused_by_meta" | "unclear" | "refused_here" | "not_sent" | "unknown";
  reason: string | null;
}

export interface GatewayDeps {
  clock: Clock;
  log: Logger;
  graphUrl: string;
  graphVersion: string;
  keys: Pick<ChannelKeys, "find">;
  /** Read from a cache that follows the journal: no query, no promise. Null while the number is not known. */
  gateOf(numberId: string): GateEntry | null;
  /** The client's re-share address, or null. Called only for refusals of the gate. */
  reshareUrlOf?(numberId: string): string | null;
  /** The access token to send with; null when we have none that is valid. */
  tokenOf(connectionId: string, numberId: string): string | null;
  /** Called for a wrong key. Returns how many seconds its sender must wait; right keys never wait. */
  onWrongKey?(request: IncomingMessage, key: string): number;
  /** Headers of every answer, with names in lower case; built once, because this path is hot. */
  answerHeaders?: Readonly<Record<string, string>>;
  newRequestId(): string;
  onRefused(event: RefusedMessage): void;
  /**
   * What the message of a half-open gate showed. Not called when Meta's answer says nothing about the number.
   */
  onHalfOpen(numberId: string, accepted: boolean): void;
  /** Meta accepted a message of a number with `isProvedBySending`. */
  onAccepted?(numberId: string): void;
  /** Meta accepted a message or a receipt, or refused it. Not called for any other answer. */
  onAnswered?(numberId: string, took: "message" | "receipt" | "nothing"): void;
  onCount?(count: MessageCount): void;
  /** Whether Meta's throughput limit of each number is enforced (THROUGHPUT_LIMITS). Default true. */
  keepsThroughput?: boolean;
  /**
   * Wall clock for the throughput, ms: a frozen sandbox clock must not stop sending. Default: the machine's
   * clock.
   */
  wallNow?(): number;
  /** Limits of the memory for messages. */
  held?: { messages: number; bytes: number };
  /** Wall clock for Meta's whole answer. Default 30 s. */
  answerTimeoutMs?: number;
}
