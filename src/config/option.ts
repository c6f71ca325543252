import type { z } from "zod";

/**
 * One setting. A default is written as in the environment, so that the manual can print it; `<NAME>` in it is
 * the value of another setting. Without a default the setting is required, unless its schema takes undefined.
 */
export interface Option<Value> {
  /** The name in the environment. */
  readonly name: string;
  /** One sentence for the manual. */
  readonly description: string;
  /** Completes "Set it to …". */
  readonly expects: string;
  /** From the environment's text to the value. Refusals need no message of their own: `expects` states it. */
  readonly schema: z.ZodType<Value, string | undefined>;
  /** One more sentence for a value that is not valid, where it can name one that does. */
  advise?(text: string): string | undefined;
  readonly sandbox?: string;
  readonly serve?: string;
  /** Its value is never printed, and `serve` refuses what the sandbox has for any secret. */
  readonly secret?: true;
  /**
   * What `serve` refuses beyond the format: a `key` that can be guessed, an `address` of plain http beyond
   * this machine.
   */
  readonly guards?: "key" | "address";
}

/** One row of the table, checked. */
export const option = <Value>(row: Option<Value>): Option<Value> => row;

/** The same default wherever it is started. */
export const everywhere = (value: string): { sandbox: string; serve: string } => ({
  sandbox: value,
  serve: value,
});

/** The environment, as the process was given it. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * For whom defaults are filled in: `sandbox` has one for everything, `serve` demands what has no safe
 * default.
 */
export type Setup = "sandbox" | "serve";
