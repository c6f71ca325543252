import type { Algorithm } from "./webhook-signature.ts";

export const ENDPOINT_STATES = ["enabled", "paused", "disabled"] as const;

/**
 * Why an endpoint was disabled: it only failed for five days, it answered 410, or it asked for it in the
 * header `Webhook-Control`.
 */
export const DISABLED_WHYS = ["failing", "gone", "asked"] as const;

/** An address that events are delivered to. Instants: ms since the epoch. */
export interface Endpoint {
  id: string;
  url: string;
  description: string;
  /** Null: events of all types, of all clients, of WABAs with any tags. */
  eventTypes: readonly string[] | null;
  clientIds: readonly string[] | null;
  tags: readonly string[] | null;
  algorithm: Algorithm;
  state: (typeof ENDPOINT_STATES)[number];
  disabledWhy: (typeof DISABLED_WHYS)[number] | null;
  /** The first failed attempt since the last success. */
  failingSince: number | null;
  version: number;
  createdAt: number;
  createdBy: string;
}

/** Its address as logs, the audit and other receivers see it: the query may hold a secret of the receiver. */
export function addressOf({ url }: Pick<Endpoint, "url">): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** What is sealed of an endpoint. */
export interface EndpointSecrets {
  current: string;
  /** The secret before the last rotation; it signs, too, until `previousUntil` (ms). */
  previous: string | null;
  previousUntil: number | null;
  /** Headers that each delivery carries, such as an authorization. */
  headers: Record<string, string>;
}

/** The secrets that sign at `now`, the newest first. */
export function signingSecrets({ current, previous, previousUntil }: EndpointSecrets, now: number): string[] {
  return previous !== null && previousUntil !== null && now < previousUntil ? [current, previous] : [current];
}
