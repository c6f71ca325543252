/** One webhook on its way to one address, kept in the world until it was accepted or given up. */
export interface OutboxItem {
  webhookId: string;
  /** Copies of one webhook share its id. */
  copy: number;
  appId: string;
  url: string | null;
  /** The exact text that is signed and sent. */
  body: string;
  /** Signed with another secret, and then not repeated. */
  wrongSignature: boolean;
  bornAt: number;
  /** Attempts already made. */
  attemptCount: number;
  nextAt: number;
}
