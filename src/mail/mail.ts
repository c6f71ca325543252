export interface Mail {
  /** Stable: the Message-ID is <id@domain of MAIL_FROM>. */
  id: string;
  /** One address, without a name. */
  to: string;
  subject: string;
  text: string;
  html: string | null;
  /** In place of MAIL_REPLY_TO. */
  replyTo?: string;
  /** The id of an earlier mail, with which this one makes a thread. */
  inReplyTo?: string;
  /** Further headers, such as List-Unsubscribe; none that the mailer sets itself. */
  headers?: Record<string, string>;
  /** "pt". */
  language?: string;
}

export interface MailOutcome {
  /**
   * `deferred`: certainly not taken, and may pass later (4xx, greylisting, no connection, wrong password).
   * `refused`: would be refused again (5xx, bad address). `unknown`: the server was given the text and never
   * said whether it took the mail, so that a second attempt may be a second mail.
   */
  outcome: "sent" | "deferred" | "refused" | "unknown";
  /** Of `refused`: no mail to this address would be taken. Else it is our sender, our server or the text. */
  isAddressAtFault?: boolean;
  /** What the server said, or why it could not be asked. One line; no secret. */
  detail: string;
  /** Without the time of waiting for a connection. */
  tookMs: number;
}
