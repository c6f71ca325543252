/** What a message to a client is about. */
type ClientTopic = "loss" | "app_activity" | "payment";

/** How the client can end it: each has its sentence in client-mail.json. */
type Way =
  | "assign"
  | "signup"
  | "app"
  | "ban"
  | "taken_over"
  | "review"
  | "new_account"
  | "register"
  | "wait"
  | "app_activity"
  | "payment"
  | "page";

interface CauseRow {
  topic: ClientTopic;
  way: Way;
  /** Whose help it needs; null: nobody's, or the page says whose. */
  needs: "admin" | "phone" | null;
  /** Account and number stay what they are. */
  keeps: boolean;
  /** The client may have wanted it. */
  isChoice: boolean;
}

const IN_META = { topic: "loss", needs: "admin", keeps: true, isChoice: true } as const;
const IN_APP = { topic: "loss", way: "app", needs: "phone", keeps: true, isChoice: false } as const;
const GONE = { topic: "loss", way: "new_account", needs: "admin", keeps: false, isChoice: false } as const;
const BY_META = { topic: "loss", way: "review", needs: "admin", keeps: true, isChoice: false } as const;
const WARNING = { needs: null, keeps: false, isChoice: false } as const;

/** Every cause that clients are written to about. */
export const CLIENT_CAUSES = {
  partner_removed: { ...IN_META, way: "assign" },
  partial_control: { ...IN_META, way: "assign" },
  app_uninstalled: { ...IN_META, way: "signup" },
  taken_over: { ...IN_META, way: "taken_over" },
  unspecified: { ...IN_META, way: "page" },
  never_shared: { ...IN_META, way: "page" },
  other: { ...IN_META, way: "page" },
  waba_deleted: GONE,
  number_deleted: GONE,
  coexistence_disconnected: { ...IN_APP, isChoice: true },
  coexistence_device_logged_out: IN_APP,
  coexistence_banned: { ...IN_APP, way: "ban" },
  coexistence_primary_inactivity: IN_APP,
  coexistence_companion_inactivity: IN_APP,
  coexistence_business_downgrade: IN_APP,
  coexistence_number_changed: { ...IN_APP, keeps: false },
  coexistence_re_registered: IN_APP,
  companion_offboarded: { ...IN_APP, way: "wait", needs: null },
  companion_not_restored: { ...IN_APP, way: "page" },
  meta_restricted: BY_META,
  meta_disabled: BY_META,
  number_deregistered: { ...IN_META, way: "register", isChoice: false },
  app_activity_due_soon: { ...WARNING, topic: "app_activity", way: "app_activity" },
  app_activity_overdue: { ...WARNING, topic: "app_activity", way: "app_activity" },
  payment_missing: { ...WARNING, topic: "payment", way: "payment", needs: "admin" },
  payment_error: { ...WARNING, topic: "payment", way: "payment", needs: "admin" },
} as const satisfies Record<string, CauseRow>;

export type ClientCause = keyof typeof CLIENT_CAUSES;

/** A loss whose cause Meta named by a word that we do not know. */
const WORD_OF_META = /^meta:(.+)$/;

/** A reason of the core as a cause of clients; what no client could have done or can end is `unspecified`. */
export function parseClientCause(reason: string): { cause: ClientCause; word: string | null } {
  const word = WORD_OF_META.exec(reason)?.[1] ?? null;
  if (word !== null) return { cause: "other", word };
  return { cause: Object.hasOwn(CLIENT_CAUSES, reason) ? (reason as ClientCause) : "unspecified", word };
}

export const causeRowOf = (cause: ClientCause): CauseRow => CLIENT_CAUSES[cause];
