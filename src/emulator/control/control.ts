/** `/_emulator/*`: the hands of tests, scenarios and the world page. Source: the public contract, section 3. */
import { z } from "zod";
import { ActionRefusal } from "../actions/action.ts";
import { act, ACTIONS, issuesOf, sendOptionsSchema } from "../actions/act.ts";
import type { EmulatorContext } from "../emulator-context.ts";
import { faultSchema } from "../faults.ts";
import type { FaultRule } from "../faults.ts";
import { isRecord } from "../graph/request.ts";
import { GRAPH_ROUTES } from "../graph/graph.ts";
import { parseBody } from "../http-server.ts";
import type { HttpAnswer, HttpRequest } from "../http-server.ts";
import { KNOB_NAMES, knobPatchSchema, patchKnobs } from "../knobs.ts";
import { finishSignup } from "../signup/finish-signup.ts";
import { SIGNUP_ERRORS, SignupRefusal } from "../signup/signup-errors.ts";
import { unixSecondsOf } from "../webhooks/payloads.ts";
import type { Webhook } from "../webhooks/payloads.ts";
import { nextCount } from "../world.ts";
import type { World } from "../world.ts";
import { isoOf, stateOf } from "./state.ts";

/** A request of the control API that cannot be done; `valid` says what can. */
class ControlRefusal extends Error {
  readonly status: number;
  readonly valid: Record<string, string[]>;

  constructor(status: number, message: string, valid: Record<string, string[]> = {}) {
    super(message);
    this.name = "ControlRefusal";
    this.status = status;
    this.valid = valid;
  }
}

interface ControlCall {
  context: EmulatorContext;
  request: HttpRequest;
  /** What stands after the route's path: the name of a snapshot. */
  name: string;
}

type ControlHandler = (call: ControlCall) => unknown;

/** Method and path under `/_emulator`; a path that ends in `/` is followed by a name. */
const ROUTES: Readonly<Record<string, ControlHandler>> = {
  "GET /actions": () => ({
    data: ACTIONS.map(({ name, target, summary, sends, invented }) => ({
      action: name,
      target,
      summary,
      sends,
      invented: invented ?? false,
    })),
  }),
  "POST /actions": ({ context, request }) => act(context, bodyOf(request)),
  "GET /state": ({ context }) => stateOf(context.store.world, context.clock.now()),
  "GET /journal": readJournal,
  "POST /webhooks": sendWebhook,
  "GET /faults": ({ context }) => ({ data: context.store.world.faults }),
  "POST /faults": addFault,
  "DELETE /faults": clearFaults,
  "GET /clock": ({ context }) => clockOf(context),
  "POST /clock": moveClock,
  "POST /reset": ({ context }) => reset(context),
  "GET /snapshots": ({ context }) => ({ data: Object.keys(context.store.snapshots) }),
  "PUT /snapshots/": saveSnapshot,
  "POST /snapshots/": restoreSnapshot,
  "GET /knobs": ({ context }) => context.store.world.knobs,
  "POST /knobs": setKnobs,
  "POST /signup": finishSignupByHand,
  "GET /signup": () => ({ errors: SIGNUP_ERRORS }),
  "POST /settle": settle,
  "GET /routes": () => ({ data: routesOf() }),
};

export async function serveControl(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  try {
    const { handler, name } = findHandler(request);
    return { status: 200, body: await handler({ context, request, name }) };
  } catch (error) {
    if (error instanceof SignupRefusal)
      return { status: 409, body: { ok: false, error: error.message, code: error.code } };
    if (!(error instanceof ControlRefusal || error instanceof ActionRefusal)) throw error;
    return { status: error.status, body: { ok: false, error: error.message, ...error.valid } };
  }
}

function findHandler(request: HttpRequest): { handler: ControlHandler; name: string } {
  const path = request.path.replace(/^\/_emulator/, "").replace(/(?<=.)\/$/, "");
  const whole = ROUTES[`${request.method} ${path}`];
  if (whole) return { handler: whole, name: "" };
  const cut = path.lastIndexOf("/") + 1;
  const named = ROUTES[`${request.method} ${path.slice(0, cut)}`];
  if (named) return { handler: named, name: decodeURIComponent(path.slice(cut)) };
  const routes = Object.keys(ROUTES).map((route) =>
    route.replace(" ", " /_emulator").replace(/\/$/, "/{name}"),
  );
  throw new ControlRefusal(404, `there is no ${request.method} ${request.path}`, { routes });
}

function bodyOf(request: HttpRequest): Record<string, unknown> {
  const body = parseBody(request);
  if (body === undefined) return {};
  if (isRecord(body)) return body;
  throw new ControlRefusal(400, "send a JSON object");
}

function checked<Output>(schema: z.ZodType<Output>, request: HttpRequest): Output {
  const result = schema.safeParse(bodyOf(request));
  if (result.success) return result.data;
  throw new ControlRefusal(400, issuesOf(result.error));
}

function readJournal({ context, request }: ControlCall): unknown {
  const after = Number(request.query["after"] ?? 0);
  if (!Number.isInteger(after)) throw new ControlRefusal(400, '"after" is the number of an entry');
  const kind = request.query["kind"];
  if (kind === "requests") return { data: context.journal.requests.readAfter(after) };
  if (kind === "deliveries") return { data: context.journal.deliveries.readAfter(after) };
  throw new ControlRefusal(400, 'say which journal: "kind"', { kind: ["requests", "deliveries"] });
}

const webhookSchema = z.strictObject({
  field: z.string().min(1),
  value: z.record(z.string(), z.unknown()),
  entry_id: z.string().min(1).optional(),
  time: z
    .union([z.int(), z.iso.datetime({ offset: true }).transform((text) => unixSecondsOf(Date.parse(text)))])
    .optional(),
  webhook: sendOptionsSchema.default({}),
});

function sendWebhook({ context, request }: ControlCall): unknown {
  const { field, value, entry_id: entryId, time, webhook: options } = checked(webhookSchema, request);
  const { world } = context.store;
  const webhook: Webhook = {
    field,
    value,
    entryId: entryId ?? likelyEntryIdOf(world, value),
    appIds: [world.identity.appId],
    time: time ?? unixSecondsOf(context.clock.now()),
  };
  return { ok: true, webhooks: context.deliveries.send([webhook], options) };
}

/** The partner's portfolio for what is about a share, the number's WABA for what is about a number. */
function likelyEntryIdOf(world: World, value: Record<string, unknown>): string {
  const metadata = isRecord(value["metadata"]) ? value["metadata"] : {};
  const number = world.numbers[String(metadata["phone_number_id"])];
  return number?.wabaId ?? world.identity.partnerBusinessId;
}

function addFault({ context, request }: ControlCall): unknown {
  const given = checked(faultSchema, request);
  const { world } = context.store;
  const rule: FaultRule = {
    id: `fault_${nextCount(world, "fault")}`,
    ...given,
    ...(given.count && { remaining: given.count }),
  };
  world.faults.push(rule);
  context.store.changed();
  return { ok: true, id: rule.id };
}

function clearFaults({ context }: ControlCall): unknown {
  const cleared = context.store.world.faults.length;
  context.store.world.faults = [];
  context.store.changed();
  return { ok: true, cleared };
}

const clockSchema = z.strictObject({
  mode: z.enum(["real", "frozen"]).optional(),
  advance_ms: z
    .number()
    .min(0)
    .max(400 * 86_400_000)
    .optional(),
  /** Sets a frozen clock to an instant, so that two runs can begin at the same time. */
  now: z.iso.datetime({ offset: true }).optional(),
});

async function moveClock({ context, request }: ControlCall): Promise<unknown> {
  const { mode, advance_ms: advanceMs, now } = checked(clockSchema, request);
  if (now) {
    context.clock.reset(mode ?? context.clock.mode, Date.parse(now));
    context.upkeep.begin();
  } else if (mode) context.clock.setMode(mode);
  if (advanceMs) await context.clock.advance(advanceMs);
  return clockOf(context);
}

function clockOf(context: EmulatorContext): unknown {
  return { ok: true, mode: context.clock.mode, now: isoOf(context.clock.now()) };
}

function reset(context: EmulatorContext): unknown {
  context.reset();
  return { ok: true };
}

function saveSnapshot({ context, name }: ControlCall): unknown {
  context.store.snapshots[name] = { world: structuredClone(context.store.world), at: context.clock.now() };
  context.store.changed();
  return { ok: true, snapshot: name };
}

function restoreSnapshot({ context, name }: ControlCall): unknown {
  const snapshot = context.store.snapshots[name];
  const snapshots = Object.keys(context.store.snapshots);
  if (!snapshot) throw new ControlRefusal(404, `there is no snapshot ${name}`, { snapshots });
  context.replaceWorld(structuredClone(snapshot.world), snapshot.at);
  return { ok: true, snapshot: name };
}

const scopesSchema = z
  .array(z.string().min(1))
  .default(["whatsapp_business_management", "whatsapp_business_messaging"]);

const signupSchema = z.strictObject({
  app_id: z.string().optional(),
  config_id: z.string().default(""),
  business_id: z.string().optional(),
  new_business: z.strictObject({ name: z.string().min(1) }).optional(),
  waba_id: z.string().optional(),
  new_waba: z
    .strictObject({
      name: z.string().min(1),
      currency: z.string().optional(),
      timezone_id: z.string().optional(),
    })
    .optional(),
  phone_number_id: z.string().optional(),
  new_phone: z.strictObject({ display_phone_number: z.string(), verified_name: z.string() }).optional(),
  coexistence: z.boolean().default(false),
  permissions: scopesSchema,
  share_history: z.boolean().default(true),
  silent: z.boolean().default(false),
  webhook: sendOptionsSchema.default({}),
});

/** Embedded Signup without its screens: the same outcome, code and message as the dialog's last click. */
function finishSignupByHand({ context, request }: ControlCall): unknown {
  const given = checked(signupSchema, request);
  const { world } = context.store;
  if (given.waba_id === undefined && !given.new_waba && !given.new_business)
    throw new ControlRefusal(
      400,
      'say which WABA: "waba_id", or "new_waba" with "business_id" or "new_business"',
    );
  const phone = given.phone_number_id
    ? { id: given.phone_number_id }
    : given.new_phone
      ? {
          displayPhoneNumber: given.new_phone.display_phone_number,
          verifiedName: given.new_phone.verified_name,
        }
      : null;
  const newWaba = given.new_waba && {
    name: given.new_waba.name,
    currency: given.new_waba.currency,
    timezoneId: given.new_waba.timezone_id,
  };
  const { business_id: businessId, new_business: newBusiness, waba_id: wabaId, coexistence } = given;
  const outcome = finishSignup(context, {
    appId: given.app_id ?? world.identity.appId,
    configId: given.config_id,
    businessId: businessId ?? world.wabas[wabaId ?? ""]?.businessId,
    newBusiness,
    wabaId,
    newWaba,
    phone,
    coexistence,
    permissions: given.permissions,
    shareHistory: given.share_history,
    silent: given.silent,
    webhook: given.webhook,
  });
  const { code, event, webhooks } = outcome;
  return {
    ok: true,
    code,
    event,
    webhooks,
    business_id: outcome.businessId,
    waba_id: outcome.wabaId,
    phone_number_id: outcome.phoneNumberId,
  };
}

const SETTLE_AT_MOST_MS = 10_000;

/** Waits, in wall-clock time, until no delivery is under way: so that two runs of the same acts write the same journal. */
async function settle({ context }: ControlCall): Promise<unknown> {
  return { ok: await context.deliveries.idle(SETTLE_AT_MOST_MS) };
}

function setKnobs({ context, request }: ControlCall): unknown {
  const body = bodyOf(request);
  const unknown = Object.keys(body).find((name) => !KNOB_NAMES.includes(name));
  if (unknown) throw new ControlRefusal(400, `there is no knob ${unknown}`, { knobs: [...KNOB_NAMES] });
  const result = knobPatchSchema.safeParse(body);
  if (!result.success) throw new ControlRefusal(400, issuesOf(result.error));
  context.store.world.knobs = patchKnobs(context.store.world.knobs, body);
  context.store.changed();
  context.upkeep.plan();
  return { ok: true, ...context.store.world.knobs };
}

function routesOf(): unknown[] {
  return Object.entries(GRAPH_ROUTES).flatMap(([kind, routes]) =>
    routes.map(({ method, edge, source }) => ({ method, path: `/{${kind}}${edge && `/${edge}`}`, source })),
  );
}
