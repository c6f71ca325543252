/**
 * `/_emulator/*`: how tests, scenarios and the world page act on the world. All routes:
 * docs/reference/emulator-routes.md.
 */
import { z } from "zod";
import { ActionRefusal } from "../actions/action.ts";
import { act, ACTIONS, issuesOf } from "../actions/act.ts";
import type { EmulatorContext } from "../context/emulator-context.ts";
import { faultSchema } from "../world/faults.ts";
import type { FaultRule } from "../world/faults.ts";
import { GRAPH_ROUTES, ROOT_ROUTES } from "../graph/graph.ts";
import type { HttpAnswer, HttpRequest } from "../http/http-server.ts";
import { KNOB_NAMES, knobPatchSchema, patchKnobs } from "../world/knobs.ts";
import { addToken, MANAGEMENT, MESSAGING, nextId } from "../world/make-objects.ts";
import { SIGNUP_ERRORS, SignupRefusal } from "../world/signup-errors.ts";
import { nextCount } from "../world/world.ts";
import { bodyOf, checked, ControlRefusal } from "./control-call.ts";
import type { ControlCall, ControlHandler } from "./control-call.ts";
import { finishSignupByHand } from "./signup-call.ts";
import { isoOf, stateOf } from "./state.ts";
import { sendWebhook, webhookFieldsOf } from "./webhook-calls.ts";

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
  "GET /webhooks": () => ({ data: webhookFieldsOf() }),
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
  "POST /apps": addApp,
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

function readJournal({ context, request }: ControlCall): unknown {
  const after = Number(request.query["after"] ?? 0);
  if (!Number.isInteger(after)) throw new ControlRefusal(400, '"after" is the number of an entry');
  const kind = request.query["kind"];
  if (kind === "requests") return { data: context.journal.requests.readAfter(after) };
  if (kind === "deliveries") return { data: context.journal.deliveries.readAfter(after) };
  throw new ControlRefusal(400, 'say which journal: "kind"', { kind: ["requests", "deliveries"] });
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

const NOTABLE_MS = 1000;

/**
 * A world that was advanced stays ahead when its clock runs again: whoever wonders is told how it comes back.
 */
function clockOf({ clock }: EmulatorContext): unknown {
  const { mode, aheadMs } = clock;
  const isAway = mode === "real" && Math.abs(aheadMs) > NOTABLE_MS;
  const note = "This world differs from real time by ahead_ms. POST /_emulator/reset brings it back.";
  return { ok: true, mode, now: isoOf(clock.now()), ...(isAway && { ahead_ms: aheadMs, note }) };
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

const appSchema = z.strictObject({
  name: z.string().min(1),
  callback_url: z.string().optional(),
  secret: z.string().min(1).optional(),
  business_id: z.string().optional(),
});

/**
 * Another Meta app, of our portfolio or of any other, with a system user's token: several may subscribe to
 * one WABA.
 */
function addApp({ context, request }: ControlCall): unknown {
  const given = checked(appSchema, request);
  const { world } = context.store;
  const businessId = given.business_id ?? world.identity.partnerBusinessId;
  const id = nextId(world, "app");
  const secret = given.secret ?? `secret of ${id}`;
  const callbackUrl = given.callback_url ?? null;
  world.apps[id] = { id, name: given.name, secret, businessId, verifyToken: "", callbackUrl, fields: null };
  const user = Object.values(world.systemUsers).find((each) => each.businessId === businessId);
  const token =
    user &&
    addToken(world, {
      token: `EAAapp${id}`,
      owner: "system_user",
      appId: id,
      businessId,
      userId: user.id,
      scopes: ["business_management", MANAGEMENT, MESSAGING],
      issuedAt: context.clock.now(),
    });
  context.store.changed();
  return { ok: true, id, secret, token: token?.token ?? null };
}

const SETTLE_AT_MOST_MS = 10_000;

/**
 * Waits, in wall-clock time, until no delivery is under way: so that two runs of the same acts write the same
 * journal.
 */
async function settle({ context }: ControlCall): Promise<unknown> {
  const ok = await context.deliveries.idle(SETTLE_AT_MOST_MS);
  return { ok, waiting: context.deliveries.waiting.map(({ at, ...item }) => ({ ...item, at: isoOf(at) })) };
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
  const nodes = Object.entries(GRAPH_ROUTES).flatMap(([kind, routes]) =>
    routes.map(({ method, edge, source }) => ({ method, path: `/{${kind}}${edge && `/${edge}`}`, source })),
  );
  return [...ROOT_ROUTES, ...nodes];
}
