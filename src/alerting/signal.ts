import type { RuleId } from "./rules.ts";

/** Something that holds now and that people must know. */
export interface Signal {
  rule: RuleId;
  /** "waba:<id>", "connection:default", "endpoint:<id>", …: with the rule it says what holds. */
  subject: string;
  /** The WABA that it is about; null: a part of this Sharekeeper. */
  assetId: string | null;
  /** A reason of a WABA; null: the rule says all. Signals of different causes are different alerts. */
  cause: string | null;
  /** Of a WABA in observe mode: nothing of it was stopped, and it wakes nobody. */
  isObserved?: true;
  /** Ms since the epoch. */
  beganAt: number;
  /** Values of the message `alerts.<rule>`, such as a date or a name. No secret, nothing of a person. */
  detail: Record<string, string | number>;
}

/** Names a signal. */
export type SignalKey = Pick<Signal, "rule" | "subject">;

export const keyOf = ({ rule, subject }: SignalKey): string => `${rule} ${subject}`;

/**
 * Why a signal ended. `replaced`: another signal of the same WABA says more. `set_aside`: people ended it, by
 * an offboarding, by an operator's close, or because the client removed the access on purpose.
 */
export const SIGNAL_ENDS = ["over", "replaced", "set_aside"] as const;

/** How a signal ended. `at`: ms since the epoch. */
export interface SignalEnd {
  at: number;
  why: (typeof SIGNAL_ENDS)[number];
}

/** A signal that holds no longer. */
export type EndedSignal = SignalKey & SignalEnd;

/** A signal that began; `end`: it has ended meanwhile. */
export type BegunSignal = Signal & { end?: SignalEnd };

/** What began and what ended since signals were recorded last, each in the order in which it happened. */
export interface SignalChanges {
  begun: readonly BegunSignal[];
  /** Of signals that were recorded before. */
  ended: readonly EndedSignal[];
}
