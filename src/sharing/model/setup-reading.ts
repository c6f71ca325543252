/**
 * What the newest look read of the things that may still limp while the share stands. Kept as read, in Meta's words, each part with
 * the instant at which it was asked; what it means is decided by `working.ts`. A part that did not answer stays as it was.
 */
export interface SetupRecord {
  account: (AccountSeen & { at: number }) | null;
  numbers: { at: number; byId: Record<string, NumberSeen> } | null;
}

/** What one look read of it; null: not asked, or no answer. */
export interface SetupReading {
  account: AccountSeen | null;
  numbers: Record<string, NumberSeen> | null;
}

/** Null: Meta gave no such answer; `refused` holds its words where it refused to. */
interface AccountSeen {
  hasFunding: boolean | null;
  health: HealthIssue[] | null;
  refused?: { funding?: string; health?: string };
}

/** One thing that Meta's `health_status` says of one entity. */
export interface HealthIssue {
  /** WABA, BUSINESS, APP, PHONE_NUMBER; a new word of Meta's as sent. */
  entity: string;
  canSend: "LIMITED" | "BLOCKED";
  code: number | null;
  words: string;
  solution: string | null;
}

/** Words of Meta's about one number, as read; null where it sent none. */
export interface NumberSeen {
  status: string | null;
  nameStatus: string | null;
  verification: string | null;
  quality: string | null;
}
