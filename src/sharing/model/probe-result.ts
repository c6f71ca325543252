import type { WabaCondition } from "./fact.ts";
import type { WabaKind } from "./share-record.ts";
import type { SetupReading } from "./setup-reading.ts";

/**
 * One probe, judged (evidence-table.ts): what it proves about each condition. Each condition has its own
 * answer.
 */
export interface ProbeResult {
  /** When its first request was sent: `proof.at` of rule 1. */
  askedAt: number;
  trigger: ProbeTrigger;
  /** The same caller has already waited, in real time, between its previous probe and this one. */
  waited: boolean;
  answers: Partial<Record<WabaCondition, Answer>>;
  numbers: Record<string, NumberResult>;
  /** Whether the answer listed all numbers of the WABA. Only then does an absent number count as deleted. */
  numbersComplete: boolean;
  kind: WabaKind | null;
  /**
   * The override of the subscription as read, or as this probe wrote it back; undefined when it was not read.
   */
  override?: string | null;
  /** This probe wrote it back. */
  overrideWritten?: boolean;
  /** Setup details, which matter only while the share is intact; undefined when none was read. */
  setup?: SetupReading;
  /**
   * Many WABAs fail together: a bad answer that no admitted hint announced does not count
   * (docs/decisions/0003).
   */
  distrusted?: boolean;
  /**
   * No other WABA was seen intact since the first bad probe. A second one does not count yet and is repeated
   * (decision 0003).
   */
  held?: boolean;
  /**
   * This probe was allowed to write at Meta. Its answer about full control is the proof of the rule, not of a
   * read in its place.
   */
  mayWrite?: boolean;
  /** The outcome of the write of MANAGE, if there was one. */
  write: "passed" | "failed" | "none";
}

export type ProbeTrigger = "due" | "sweep" | "check" | "send" | "listing" | "import";

export type Answer =
  /**
   * True. `byWrite`: proven by a passed write, which after a failed one is the only proof of full control.
   * Where nothing can be written, the client token's grant stands for it, and in observe mode the read.
   */
  | { verdict: "true"; byWrite?: boolean }
  /** False, for this reason, with Meta's text. */
  | { verdict: "bad"; reason: string; metaMessage: string | null }
  /** Inconclusive. `ours`: our own token, our app or our network is the cause. */
  | { verdict: "none"; reason: string; ours: boolean; metaMessage?: string };

export interface NumberResult {
  phoneNumberId: string;
  connected: Answer;
  coexistence: boolean | null;
  /** The number's own callback as read, or as this probe wrote it back; undefined when it was not read. */
  override?: string | null;
  overrideWritten?: boolean;
}
