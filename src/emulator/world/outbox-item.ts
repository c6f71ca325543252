import type { EnvelopeEntry } from "./envelope.ts";

/** One delivery on its way to one app, kept in the world until it was accepted or given up. */
export interface OutboxItem {
  /** Its key in the outbox. */
  key: string;
  webhookId: string;
  /** The other webhooks in the same delivery, where updates are collected. */
  furtherIds: string[];
  /** Copies of one webhook share its id. */
  copy: number;
  appId: string;
  /** Other apps that the same webhook goes to. */
  otherAppIds: string[];
  url: string | null;
  /** The exact text that is signed and sent; "" while updates are collected in `entries`. */
  body: string;
  entries: EnvelopeEntry[];
  /** Signed with another secret, and then not repeated. */
  wrongSignature: boolean;
  bornAt: number;
  /** Attempts already made. */
  attemptCount: number;
  nextAt: number;
}
