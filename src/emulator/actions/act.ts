/**
 * Does one action: finds it and its object, checks the input, changes the world, puts Meta's webhooks on
 * their way.
 */
import { z } from "zod";
import type { EmulatorContext } from "../context/emulator-context.ts";
import type { Webhook } from "../webhooks/payloads.ts";
import { coexistenceNumberOf, numbersOf } from "../world/world.ts";
import type { PhoneNumber, Waba, World } from "../world/world.ts";
import { ACCOUNT_ACTIONS } from "./account-actions.ts";
import { ActionRefusal, refused } from "./action.ts";
import type { Action, ActionCall } from "./action.ts";
import { COEXISTENCE_ACTIONS } from "./coexistence-actions.ts";
import { PARTNER_ACTIONS } from "./partner-actions.ts";
import { WARNING_ACTIONS } from "./warning-actions.ts";

/** Every action there is, in the order of docs/reference/emulator-routes.md. */
export const ACTIONS: readonly Action[] = [
  ...PARTNER_ACTIONS,
  ...ACCOUNT_ACTIONS,
  ...WARNING_ACTIONS,
  ...COEXISTENCE_ACTIONS,
];

export interface ActionAnswer {
  ok: true;
  action: string;
  /** Ids of the webhooks under way, in the order in which they happened. */
  webhooks: string[];
}

export const sendOptionsSchema = z.strictObject({
  delay_ms: z.int().min(0).exactOptional(),
  duplicates: z.int().min(1).max(1000).exactOptional(),
  order: z.literal("reversed").exactOptional(),
  signature: z.literal("wrong").exactOptional(),
  entry_id: z.string().min(1).exactOptional(),
});

const optionsSchema = z.object({
  silent: z.boolean().default(false),
  webhook: sendOptionsSchema.default({}),
});

/**
 * `{ action, waba_id | phone_number_id, …, silent?, webhook? }`. Throws `ActionRefusal`; then nothing has
 * changed.
 */
export function act(context: EmulatorContext, input: Record<string, unknown>): ActionAnswer {
  const action = actionNamed(input["action"]);
  refuseUnknown(action, input);
  const options = checked(optionsSchema, input);
  const call = callOf(context.store.world, action, input, context.clock.now());
  const webhooks = action.apply(call);
  context.store.changed(call.waba);
  if (call.waba) context.upkeep.planFor(call.waba);
  return {
    ok: true,
    action: action.name,
    webhooks: options.silent ? [] : context.deliveries.send(webhooks, options.webhook),
  };
}

const COMMON_OPTIONS = ["action", "waba_id", "phone_number_id", "silent", "webhook"];

/** A misspelt option would be left out without a word, and the action would do something else. */
function refuseUnknown(action: Action, input: Record<string, unknown>): void {
  const own = action.params instanceof z.ZodObject ? Object.keys(action.params.shape) : [];
  const options = [...COMMON_OPTIONS, ...own];
  const unknown = Object.keys(input).filter((name) => input[name] !== undefined && !options.includes(name));
  if (unknown.length > 0)
    throw new ActionRefusal(400, `${action.name} has no option ${unknown.join(", ")}`, { options });
}

/** Changes the world without sending: for seeds. Answers what would have been sent. */
export function apply(world: World, action: Action, input: Record<string, unknown>, now: number): Webhook[] {
  return action.apply(callOf(world, action, input, now));
}

function callOf(world: World, action: Action, input: Record<string, unknown>, now: number): ActionCall {
  const params = checked(action.params, input);
  return { world, now, params, ...targetOf(world, action, input) };
}

export function actionNamed(name: unknown): Action {
  const action = ACTIONS.find((each) => each.name === name);
  if (action) return action;
  const said = typeof name === "string" ? `there is no action ${name}` : 'say what to do: "action"';
  throw new ActionRefusal(400, said, { actions: ACTIONS.map((each) => each.name) });
}

function checked<Output>(schema: z.ZodType<Output>, input: Record<string, unknown>): Output {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new ActionRefusal(400, issuesOf(result.error));
}

/** Every fault of an input in one line. */
export function issuesOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".") || "input"}: ${issue.message}`).join("; ");
}

type Target = Pick<ActionCall, "waba" | "number">;

function targetOf(world: World, action: Action, input: Record<string, unknown>): Target {
  const named = namedTargetOf(world, input);
  if (action.target === "none") return named;
  if (!named.waba)
    throw new ActionRefusal(400, 'say which: "waba_id" or "phone_number_id"', {
      waba_id: liveWabaIds(world),
    });
  if (action.target === "waba") return named;
  const number = named.number ?? onlyNumberOf(world, named.waba);
  if (action.target === "app_number" && !number.app) {
    throw refused("This number isn't used in the WhatsApp Business app: it is no coexistence number.");
  }
  return { waba: named.waba, number };
}

function namedTargetOf(world: World, input: Record<string, unknown>): Target {
  const numberId = input["phone_number_id"];
  if (numberId !== undefined) return targetByNumber(world, String(numberId), input["waba_id"]);
  if (input["waba_id"] === undefined) return { waba: undefined, number: undefined };
  return { waba: wabaBy(world, String(input["waba_id"])), number: undefined };
}

function targetByNumber(world: World, id: string, wabaId: unknown): Target {
  const number = world.numbers[id];
  if (!number || number.deleted) {
    const valid = Object.values(world.numbers).filter((each) => !each.deleted);
    throw new ActionRefusal(404, `there is no number ${id}`, {
      phone_number_id: listed(valid.map((each) => each.id)),
    });
  }
  if (wabaId !== undefined && String(wabaId) !== number.wabaId) {
    throw new ActionRefusal(404, `the number ${id} is not on the WABA ${String(wabaId)}`, {
      waba_id: [number.wabaId],
    });
  }
  return { waba: wabaBy(world, number.wabaId), number };
}

function wabaBy(world: World, id: string): Waba {
  const waba = world.wabas[id];
  if (waba && !waba.deleted) return waba;
  throw new ActionRefusal(404, `there is no WABA ${id}`, { waba_id: liveWabaIds(world) });
}

function onlyNumberOf(world: World, waba: Waba): PhoneNumber {
  const numbers = numbersOf(world, waba);
  const number = coexistenceNumberOf(world, waba) ?? numbers[0];
  if (number && numbers.length === 1) return number;
  throw new ActionRefusal(
    400,
    `the WABA ${waba.id} has ${numbers.length} numbers: say which by "phone_number_id"`,
    {
      phone_number_id: numbers.map((each) => each.id),
    },
  );
}

function liveWabaIds(world: World): string[] {
  return listed(
    Object.values(world.wabas)
      .filter((waba) => !waba.deleted)
      .map((waba) => waba.id),
  );
}

/** A list for a person: not a hundred thousand ids. */
function listed(ids: string[]): string[] {
  return ids.slice(0, 200);
}
