/**
 * What the newest probe read about the setup, which matters only while the share is intact. It is kept as
 * Meta sent it. Each part has the instant at which it was asked; setup-issues.ts decides what it means. A
 * part without an answer keeps its last value.
 */
export interface SetupRecord {
  account: (AccountSeen & { at: number }) | null;
  numbers: { at: number; byId: Record<string, NumberSeen> } | null;
}

/** What one probe read about the setup; null: not asked, or no answer. */
export interface SetupReading {
  account: AccountSeen | null;
  numbers: Record<string, NumberSeen> | null;
}

/** Null: Meta gave no such answer; `refused` holds Meta's text where it refused the field. */
interface AccountSeen {
  hasFunding: boolean | null;
  health: HealthIssue[] | null;
  refused?: { funding?: string; health?: string };
}

/** One thing that Meta's `health_status` reports about one entity. */
export interface HealthIssue {
  /** WABA, BUSINESS, APP, PHONE_NUMBER; an unknown entity as sent. */
  entity: string;
  canSend: "LIMITED" | "BLOCKED";
  code: number | null;
  metaMessage: string;
  solution: string | null;
}

/** What Meta reports about one number, as read; null where it sent nothing. */
export interface NumberSeen {
  status: string | null;
  nameStatus: string | null;
  verification: string | null;
  quality: string | null;
}
