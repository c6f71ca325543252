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
  /** Ms since the epoch. */
  beganAt: number;
  /** Values of the message `alerts.<rule>`, such as a date or a name. No secret, nothing of a person. */
  detail: Record<string, string | number>;
}

/** Names a signal that holds no longer. */
export type SignalKey = Pick<Signal, "rule" | "subject">;
