import type { WhoMustAct } from "../model/reason.ts";

/**
 * Whether messages of a number may pass. The state in memory follows the journal, so asking costs no query.
 */
export type GateVerdict =
  | { decision: "open" }
  /** One message at a time passes as a test; the others are refused. */
  | { decision: "half_open"; refusal: Refusal }
  | { decision: "closed"; refusal: Refusal };

/** A local refusal, in the fields of Meta's error envelope. */
export interface Refusal {
  status: number;
  code: number;
  title: string;
  reason: string;
  /** ISO 8601. */
  since: string | null;
  whoMustAct: WhoMustAct;
  /**
   * The client can repair it. Its re-share link is added to the refusal, also while the client waits for us
   * to send it.
   */
  leadsBack?: boolean;
  /** Which WABA, why, who can repair it. */
  details: string;
  retryable: boolean;
  retryAfterS: number | null;
}
