import type { WabaCondition } from "./fact.ts";
import type { WabaKind } from "./share-record.ts";
import type { SetupReading } from "./setup-reading.ts";

/** One look at Meta, judged (evidence.ts): what it proves about each condition. It answers or fails per condition. */
export interface ProbeResult {
  /** When its first request was sent: `proof.at` of rule 1. */
  askedAt: number;
  trigger: ProbeTrigger;
  /** The same caller has already waited out the gap since its previous look by the wall clock. */
  waited: boolean;
  answers: Partial<Record<WabaCondition, Answer>>;
  numbers: Record<string, NumberResult>;
  /** Whether the answer listed all numbers of the WABA: only then does an absent one count as deleted. */
  numbersComplete: boolean;
  kind: WabaKind | null;
  /** The override of the subscription as read, or as this look wrote it back; undefined when it was not read. */
  override?: string | null;
  /** This look wrote it back. */
  overrideWritten?: boolean;
  /** What may still limp while the share stands; undefined when nothing of it was read. */
  setup?: SetupReading;
  /** Many WABAs fail together: a bad answer that no admitted hint announced counts as none (docs/decisions/0003). */
  distrusted?: boolean;
  /** Nobody else was seen to stand since the first bad look: a second one does not count yet, and is repeated (decision 0003). */
  held?: boolean;
  /** This look was allowed to write at Meta: what it says of full control is the rule's own proof, not a read in its place. */
  mayWrite?: boolean;
  /** What the write of MANAGE came to, if there was one. */
  write: "passed" | "failed" | "none";
}

export type ProbeTrigger = "due" | "sweep" | "check" | "send" | "listing" | "import";

export type Answer =
  /**
   * It stands. `byWrite`: proven by a passed write, which after a failed one is the only proof of full control; or by what stands in
   * its place where nothing can be written: the client token's grant, and in observe mode the read.
   */
  | { verdict: "true"; byWrite?: boolean }
  /** It does not stand, for this reason, in Meta's words. */
  | { verdict: "bad"; reason: string; words: string | null }
  /** No answer about it. `ours`: our own token, our app or our network is to blame. */
  | { verdict: "none"; reason: string; ours: boolean; words?: string };

export interface NumberResult {
  phoneNumberId: string;
  connected: Answer;
  coexistence: boolean | null;
  /** The number's own callback as read, or as this look wrote it back; undefined when it was not read. */
  override?: string | null;
  overrideWritten?: boolean;
}
