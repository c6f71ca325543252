/**
 * What an action is: one thing a client, the provider's colleague or Meta does, with what it changes and what
 * Meta then sends.
 */
import type { z } from "zod";
import type { Webhook } from "../webhooks/payloads.ts";
import type { PhoneNumber, Waba, World } from "../world/world.ts";

/**
 * - `waba`: named by `waba_id`, or by one of its numbers.
 * - `number`: named by `phone_number_id`, or by a WABA that has just one.
 * - `app_number`: as `number`, and it must be a coexistence number.
 * - `none`: about no WABA, or about one only in some cases.
 */
type ActionTarget = "waba" | "number" | "app_number" | "none";

export interface ActionCall<Params = unknown> {
  world: World;
  now: number;
  params: Params;
  /** The WABA meant; for target `none` only when the input names one. */
  waba: Waba | undefined;
  number: PhoneNumber | undefined;
}

export interface Action {
  name: string;
  target: ActionTarget;
  /** For people: who does what. */
  summary: string;
  /** What Meta sends, in words. */
  sends: string;
  /** True when no source says that Meta sends this; shown in the documentation. */
  invented?: boolean;
  params: z.ZodType;
  /**
   * Changes the world and answers the webhooks, in the order in which Meta sends them. Throws
   * `ActionRefusal`.
   */
  apply: (call: ActionCall) => Webhook[];
}

/** Keeps the type of the parameters between a schema and its `apply`. */
export function actionOf<Schema extends z.ZodType>(
  row: Omit<Action, "params" | "apply"> & {
    params: Schema;
    apply: (call: ActionCall<z.infer<Schema>>) => Webhook[];
  },
): Action {
  return { ...row, apply: (call) => row.apply(call as ActionCall<z.infer<Schema>>) };
}

/**
 * An action that cannot be done: 400 not understood, 404 unknown object, 409 what Meta's screens would
 * refuse, with their words. `valid` lists what would have been understood.
 */
export class ActionRefusal extends Error {
  readonly status: 400 | 404 | 409;
  readonly valid: Record<string, string[]>;

  constructor(status: 400 | 404 | 409, message: string, valid: Record<string, string[]> = {}) {
    super(message);
    this.name = "ActionRefusal";
    this.status = status;
    this.valid = valid;
  }
}

export function refused(words: string): ActionRefusal {
  return new ActionRefusal(409, words);
}

/** The WABA of a call whose target guarantees one. */
export function wabaIn(call: ActionCall): Waba {
  if (!call.waba) throw new ActionRefusal(400, 'say which WABA: "waba_id" or "phone_number_id"');
  return call.waba;
}

export function numberIn(call: ActionCall): PhoneNumber {
  if (!call.number) throw new ActionRefusal(400, 'say which number: "phone_number_id"');
  return call.number;
}
