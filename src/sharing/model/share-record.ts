import type { ClientSignals } from "./client-signals.ts";
import type { Fact, NumberCondition, WabaCondition } from "./fact.ts";
import { unknownFact, WABA_CONDITIONS } from "./fact.ts";
import type { PartnerModelName } from "./partner-model.ts";
import type { SendingIssue } from "./sending-issue.ts";
import type { SetupRecord } from "./setup-reading.ts";

/**
 * Everything remembered about one WABA's share: facts, hints not yet refuted, due looks, decisions of people. Status, gate and
 * recovery are derived from it by pure functions; nothing else decides. Stored as one document (docs/decisions/0001).
 */
export interface ShareRecord {
  adoption: "adopted" | "discovered" | "offboarded";
  /** How it came to us: says what "keep" means while there is no decision yet. */
  origin: "import" | "signup" | "discovery";
  /** A signup that is open, until full control is proven for the first time. */
  signupOpen: boolean;
  operatorClosed: OperatorClose | null;
  kind: { value: WabaKind; at: number };
  /** Once coexistence, partner assignment is never offered until a new signup says otherwise. */
  everCoexistence: boolean;
  /** Whether we send with the client's own token: only then is AppInstalled required. */
  sendsWithClientToken: boolean;
  /** Absent in memories from before there were several: `portfolio_share`. */
  partnerModel?: PartnerModelName;
  facts: Record<WabaCondition, Fact>;
  numbers: Record<string, NumberRecord>;
  /** Admitted closing hints that no proof has refuted yet. */
  hints: ClosingHint[];
  /** The newest `at` of every hint ever seen, by its key: an equal or older one is a repetition. */
  seenHints: Record<string, number>;
  /** The newest repair: an opening by proof, a finished signup, an adoption, an import, a received PARTNER_ADDED. */
  repair: { at: number; how: RepairHow } | null;
  /** When we ourselves last saw a signup finish. */
  signupFinishedAt: number | null;
  /** Looks that are due, instants in ascending order; the sweep comes after them. */
  dueProbes: number[];
  /** When the newest hint came or gate closed: for 30 s after, a failed look is repeated after 1.5 s. */
  alertAt: number | null;
  /** Our write of MANAGE: when it last passed; whether the newest one failed, so that only a passed write proves full control. */
  write: { passedAt: number | null; mustPass: boolean; wanted: boolean };
  /** When Meta's signup said 2655093: taken over by another partner. */
  takenOverAt: number | null;
  /**
   * What was last decided: `gate` is what "keep" means, `since` is when the status last changed, `at` is when it was decided (absent in
   * older documents).
   */
  decided: { status: string; gate: "open" | "closed" | null; since: number; at?: number };
  /** When the newest look was asked, whatever came of it; and when one last proved the share with full control. */
  probedAt: number | null;
  provenAt: number | null;
  /** The newest look got no answer, for this reason; `ours` when our token, our app or our network is to blame. */
  inconclusive: { reason: string; ours: boolean } | null;
  /** When a complete listing of Meta's was asked that lacks it, and whose word counts; absent in older documents. */
  absentAt?: number | null;
  /** The newest look showed what a young hint denies: until when such an answer does not count (rules 3 and 4). */
  heldUntil: number | null;
  /** Restrictions Meta announced, with their end if they have one. Only both directions together stop messages. */
  restrictions: { type: string; until: number | null }[];
  /** The callback that Meta had for this WABA alone, as last read: Meta drops it together with the subscription. */
  override: string | null;
  /** What became of that callback: when we last wrote it, and since when it is seen to be gone. Absent in older documents. */
  overrideStatus?: { writtenAt: number | null; lostAt: number | null };
  /** How long Meta is given to restore an offboarded number, as the setting said at the last step; unset before the first. */
  companionCountdownMs?: number;
  /** A scheduled ban, in Meta's words: it warns, it does not close. */
  warning: string | null;
  /** It was lost before we took it in: nobody is told and no link is made until it was shared once, or somebody asks. */
  suppressNotifications?: true;
  /** How the last loss ended, as far as it was seen; gone with the next one. */
  restored?: Restored;
  /** What the client has said on its page within this loss; the loss ends, and with it what was said. */
  client?: ClientSignals;
  /**
   * It was only observed when something was last recorded, and no probe that may write has judged it since: then nothing that was
   * decided while observing closes its gate, also when it is enforced by now.
   */
  observing?: true;
  /** What still may limp while the share stands, as the newest look read it. Absent in older documents: not known. */
  setup?: SetupRecord;
}

/** An operator's order to refuse messages. Only an operator, or its end, lifts it; `until` null or absent: it has no end. */
export interface OperatorClose {
  at: number;
  actor: string;
  why: string;
  until?: number | null;
}

/** A callback of a WABA's or a number's own, and what became of it. */
export interface OverrideRecord {
  /** As last read at Meta, or null. */
  override?: string | null;
  /** When we last wrote it, and since when it is seen to be gone. */
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
  /** The newest issue of failed statuses that accepted messages have ended. Should messages fail again at once, it goes on. */
  sendingEnded?: { since: number; at: number };
}

export interface ClosingHint {
  key: string;
  condition: WabaCondition;
  reason: string;
  words: string | null;
  /** min(entry.time + 999 ms, received). */
  at: number;
  /** First receipt. */
  receivedAt: number;
  /** A suspect may be a late redelivery (rule 4); a fresh one closes at once (rule 3). */
  suspect: boolean;
  /** Whether it has closed the gate. */
  closed: boolean;
  /** Its time ran out while the failure was ours: time alone does not close by it any more. */
  spared: boolean;
}

/** `how`: a signup that finished or a partner that was added since the loss began; else nothing but the proof is known. */
export interface Restored {
  at: number;
  how: "signup" | "partner_added" | "proof";
  /** The client had said that the banned app works again. */
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

/** Adds instants to the due looks, ascending and without doubles. Changes the given draft. */
export function addDueProbes(draft: ShareRecord, instants: number[]): void {
  draft.dueProbes = thinnedOf([...new Set([...draft.dueProbes, ...instants])].sort((a, b) => a - b));
}

const DUE_PROBES_KEPT = 256;

/** A flood of hints asks for no flood of looks: of the two that are nearest to each other the later one serves both. The first stays. */
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

/** Instants that lie ahead by right. */
const AHEAD_BY_RIGHT = new Set(["until", "heldUntil", "dueProbes"]);

/**
 * After a clock was set back (a reset of the sandbox, a machine's clock corrected) remembered instants lie in the future and would
 * fence off every answer until time has caught up. They are taken as now, and a look is due at once.
 */
export function clampToNow(record: ShareRecord, now: number): ShareRecord {
  const newest = Math.max(record.probedAt ?? 0, record.alertAt ?? 0, record.repair?.at ?? 0);
  if (newest <= now + CLOCK_TOLERANCE) return record;
  const clamp = (value: unknown, key: string): unknown => {
    if (AHEAD_BY_RIGHT.has(key)) return value;
    // What was seen in a time that has not come yet was not seen: the next event of its kind is new.
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
