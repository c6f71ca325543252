import type { ClientSignals } from "./client-signals.ts";
import type { Fact, NumberCondition, WabaCondition } from "./fact.ts";
import { unknownFact, WABA_CONDITIONS } from "./fact.ts";
import type { PartnerModelName } from "./partner-model.ts";
import type { SendingIssue } from "./sending-issue.ts";
import type { SetupRecord } from "./setup-reading.ts";

/**
 * Everything remembered about one WABA's share: facts, hints not yet refuted, due probes, decisions of
 * people. Pure functions derive status, gate and recovery from it, and nothing else decides. Stored as one
 * document (docs/decisions/0001).
 */
export interface ShareRecord {
  adoption: "adopted" | "discovered" | "offboarded";
  /** How we got it. It decides what "keep" means while there is no decision yet. */
  origin: "import" | "signup" | "discovery";
  /** A signup that is open, until full control is proven for the first time. */
  signupOpen: boolean;
  operatorClosed: OperatorClose | null;
  kind: { value: WabaKind; at: number };
  /** Once coexistence, partner assignment is never offered until a new signup says otherwise. */
  everCoexistence: boolean;
  /** Whether we send with the client's own token. Only then is AppInstalled required. */
  sendsWithClientToken: boolean;
  /** Absent in records that were written before there were several models: `portfolio_share`. */
  partnerModel?: PartnerModelName;
  facts: Record<WabaCondition, Fact>;
  numbers: Record<string, NumberRecord>;
  /** Admitted closing hints that no proof has refuted yet. */
  hints: ClosingHint[];
  /** The newest `at` of every hint ever seen, by its key: an equal or older one is a repetition. */
  seenHints: Record<string, number>;
  /**
   * The newest repair: an opening by proof, a finished signup, an adoption, an import, a received
   * PARTNER_ADDED.
   */
  repair: { at: number; how: RepairHow } | null;
  /** When we last saw a signup finish ourselves. */
  signupFinishedAt: number | null;
  /** Instants of due probes, ascending. The sweep comes after them. */
  dueProbes: number[];
  /**
   * When the newest hint came or the gate last closed. For 30 s after it, a failed probe is repeated after
   * 1.5 s.
   */
  alertAt: number | null;
  /**
   * Our write of MANAGE: when it last passed; whether the newest one failed, so that only a passed write
   * proves full control.
   */
  write: { passedAt: number | null; mustPass: boolean; wanted: boolean };
  /** When Meta's signup said 2655093: taken over by another partner. */
  takenOverAt: number | null;
  /**
   * What was last decided: `gate` is what "keep" means, `since` is when the status last changed, `at` is when
   * it was decided (absent in older documents).
   */
  decided: { status: string; gate: "open" | "closed" | null; since: number; at?: number };
  /**
   * When the newest probe was sent, whatever its outcome; and when a probe last proved the share with full
   * control.
   */
  probedAt: number | null;
  provenAt: number | null;
  /**
   * The newest probe was inconclusive, for this reason; `ours` when our token, our app or our network is the
   * cause.
   */
  inconclusive: { reason: string; ours: boolean } | null;
  /** When a complete listing that counts and lacks this WABA was asked; absent in older documents. */
  absentAt?: number | null;
  /**
   * The newest probe showed what a young hint denies. Until this instant such an answer does not count (rules
   * 3 and 4).
   */
  heldUntil: number | null;
  /**
   * Restrictions Meta announced, with their end if they have one. Only both directions together stop
   * messages.
   */
  restrictions: { type: string; until: number | null }[];
  /**
   * The callback that Meta had for this WABA alone, as last read. Meta drops it together with the
   * subscription.
   */
  override: string | null;
  /** When we last wrote that callback, and since when it is missing. Absent in older documents. */
  overrideStatus?: { writtenAt: number | null; lostAt: number | null };
  /**
   * How long Meta is given to restore an offboarded number, by the setting at the last step; unset before the
   * first.
   */
  companionCountdownMs?: number;
  /** A scheduled ban, in Meta's text: it warns, it does not close. */
  warning: string | null;
  /**
   * It was lost before we took it in. Nobody is notified and no link is made until it was shared once, or
   * somebody asks.
   */
  suppressNotifications?: true;
  /** How the last loss ended, as far as it was seen. The next loss removes it. */
  restored?: Restored;
  /** What the client did on its page within this loss. The end of the loss removes it. */
  client?: ClientSignals;
  /**
   * It was only observed at the last step, and no probe that may write has judged it since. Until then no
   * decision made in observe mode closes its gate, even when it is enforced by now.
   */
  observing?: true;
  /** Setup details as the newest probe read them. Absent in older documents: not known. */
  setup?: SetupRecord;
}

/**
 * An operator's order to refuse messages. Only an operator, or its end, lifts it; `until` null or absent: it
 * has no end.
 */
export interface OperatorClose {
  at: number;
  actor: string;
  why: string;
  until?: number | null;
}

/** The own callback of a WABA or of a number, and its status. */
export interface OverrideRecord {
  /** As last read at Meta, or null. */
  override?: string | null;
  /** When we last wrote it, and since when it is missing. */
  overrideStatus?: { writtenAt: number | null; lostAt: number | null };
}

export interface NumberRecord extends OverrideRecord {
  phoneNumberId: string;
  coexistence: boolean;
  facts: Record<NumberCondition, Fact>;
  /** Offboarded by Meta: since when, and until when Meta is given time to restore it. */
  offboarded: { at: number; until: number; closesByItself: boolean } | null;
  reconnectedAt: number | null;
  /** Meta refuses its messages; absent while nothing speaks against them. */
  sending?: SendingIssue;
  /**
   * The newest issue of failed statuses that accepted messages have ended. Should messages fail again at
   * once, it goes on.
   */
  sendingEnded?: { since: number; at: number };
}

export interface ClosingHint {
  key: string;
  condition: WabaCondition;
  reason: string;
  metaMessage: string | null;
  /** min(entry.time + 999 ms, received). */
  at: number;
  /** First receipt. */
  receivedAt: number;
  /** A suspect may be a late redelivery (rule 4); a fresh one closes at once (rule 3). */
  suspect: boolean;
  /** Whether it has closed the gate. */
  closed: boolean;
  /** Its time ran out while the failure was ours. Time alone no longer closes by it. */
  spared: boolean;
}

/**
 * `how`: a signup that finished or a partner that was added since the loss began; else only the proof is
 * known.
 */
export interface Restored {
  at: number;
  how: "signup" | "partner_added" | "proof";
  /** The client had reported that the banned app works again. */
  afterBan: boolean;
}

export type WabaKind = "platform" | "coexistence" | "unknown";
type RepairHow = "proof" | "signup" | "adoption" | "import" | "partner_added";

export function newShareRecord(input: {
  adoption: ShareRecord["adoption"];
  origin: ShareRecord["origin"];
  now: number;
}): ShareRecord {
  const facts = Object.fromEntries(WABA_CONDITIONS.map((name) => [name, unknownFact(input.now)]));
  return {
    adoption: input.adoption,
    origin: input.origin,
    signupOpen: input.origin === "signup",
    operatorClosed: null,
    kind: { value: "unknown", at: input.now },
    everCoexistence: false,
    sendsWithClientToken: false,
    facts: facts as ShareRecord["facts"],
    numbers: {},
    hints: [],
    seenHints: {},
    repair: input.origin === "import" ? { at: input.now, how: "import" } : null,
    signupFinishedAt: null,
    dueProbes: [input.now],
    alertAt: null,
    write: { passedAt: null, mustPass: false, wanted: true },
    takenOverAt: null,
    decided: { status: "", gate: null, since: input.now },
    probedAt: null,
    provenAt: null,
    inconclusive: null,
    heldUntil: null,
    restrictions: [],
    override: null,
    warning: null,
  };
}

export function newNumberRecord(phoneNumberId: string, now: number): NumberRecord {
  return {
    phoneNumberId,
    coexistence: false,
    facts: { NumberConnected: unknownFact(now), CompanionLinked: unknownFact(now) },
    offboarded: null,
    reconnectedAt: null,
  };
}

/** Adds instants to the due probes, ascending and without duplicates. Changes the given draft. */
export function addDueProbes(draft: ShareRecord, instants: number[]): void {
  draft.dueProbes = thinnedOf([...new Set([...draft.dueProbes, ...instants])].sort((a, b) => a - b));
}

const DUE_PROBES_KEPT = 256;

/**
 * Limits the due probes after a burst of hints: of the two nearest instants the later one serves both. The
 * first instant stays.
 */
function thinnedOf(instants: number[]): number[] {
  const kept = [...instants];
  while (kept.length > DUE_PROBES_KEPT) {
    let nearest = 1;
    for (let index = 1; index + 1 < kept.length; index += 1)
      if (gapAfter(kept, index) < gapAfter(kept, nearest)) nearest = index;
    kept.splice(nearest, 1);
  }
  return kept;
}

const gapAfter = (instants: readonly number[], index: number): number =>
  (instants[index + 1] ?? Infinity) - (instants[index] ?? 0);

/** Fields whose instants may lie in the future. */
const AHEAD_BY_RIGHT = new Set(["until", "heldUntil", "dueProbes"]);

/**
 * After a clock was set back (a reset of the sandbox, a corrected machine clock) stored instants lie in the
 * future. They would block every answer until that time. They are set to now, and a probe is due at once.
 */
export function clampToNow(record: ShareRecord, now: number): ShareRecord {
  const newest = Math.max(record.probedAt ?? 0, record.alertAt ?? 0, record.repair?.at ?? 0);
  if (newest <= now + CLOCK_TOLERANCE) return record;
  const clamp = (value: unknown, key: string): unknown => {
    if (AHEAD_BY_RIGHT.has(key)) return value;
    // An event with a future time must not hide the next event of its kind, so its key is dropped.
    if (key === "seenHints")
      return Object.fromEntries(Object.entries(record.seenHints).filter(([, at]) => at <= now));
    if (typeof value === "number") return value > EARLIEST_INSTANT ? Math.min(value, now) : value;
    if (Array.isArray(value)) return value.map((item) => clamp(item, key));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, clamp(item, name)]));
  };
  return { ...(clamp(record, "") as ShareRecord), dueProbes: [now] };
}

const CLOCK_TOLERANCE = 5_000;
/** Numbers below this (the year 2001) are counts, not instants. */
const EARLIEST_INSTANT = 1e12;
