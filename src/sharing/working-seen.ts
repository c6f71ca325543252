/**
 * What the newest look read of the things that may still limp while the share stands. Kept as read, in Meta's words, each part with
 * the instant at which it was asked; what it means is decided by `working.ts`. A part that did not answer stays as it was.
 */
export interface WorkingSeen {
  account: { at: number; hasFunding: boolean; health: HealthIssue[] | null } | null;
  numbers: { at: number; byId: Record<string, NumberSeen> } | null;
}

/** What one look read of it; null: not asked, or no answer. */
export interface WorkingLook {
  account: { hasFunding: boolean; health: HealthIssue[] | null } | null;
  numbers: Record<string, NumberSeen> | null;
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
