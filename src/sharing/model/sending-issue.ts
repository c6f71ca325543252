/**
 * Meta refuses the messages of a number although its share is intact. A setup issue: it warns, and closes
 * nothing. Instants are ms since the epoch.
 */
export interface SendingIssue {
  since: number;
  /** The newest refusal that was recorded. */
  lastAt: number;
  /**
   * `send`: Meta refused messages of our gateway. `status`: Meta's webhook says that a message failed after
   * it was accepted.
   */
  source: "send" | "status";
  code: number;
  subcode: number | null;
  /** Meta's text: its explanation for people where it sends one, else its message. */
  metaMessage: string | null;
}
