/**
 * A small Meta on a port: Graph API, webhooks, screens and a control API over one world. In-process or alone,
 * several side by side. Nothing here is Meta's code or brand; what is inferred or invented is marked where it
 * stands.
 */
import { systemClock } from "../lib/clock.ts";
import type { Clock } from "../lib/clock.ts";
import { seededRandom } from "../lib/random.ts";
import { ActionRefusal } from "./actions/action.ts";
import { act, actionNamed, apply } from "./actions/act.ts";
import { serveControl } from "./control/control.ts";
import { EmulatorClock } from "./world/emulator-clock.ts";
import type { EmulatorContext } from "./context/emulator-context.ts";
import { serveGraph } from "./graph/serve-graph.ts";
import { serveHttp } from "./http/http-server.ts";
import type { HttpOutcome, HttpRequest } from "./http/http-server.ts";
import { Limiter } from "./world/limiter.ts";
import { Journal } from "./world/journal.ts";
import type { Knobs } from "./world/knobs.ts";
import { missingPage, servePage } from "./pages/pages.ts";
import { defaultSeed, worldOf } from "./world/seed.ts";
import type { Seed } from "./world/seed.ts";
import { ScenarioStage } from "./scenarios/stage.ts";
import { Upkeep } from "./world/upkeep.ts";
import { Deliveries } from "./webhooks/deliveries.ts";
import type { World } from "./world/world.ts";
import { readWorldFile, WorldStore } from "./world/world-store.ts";

export type { Seed } from "./world/seed.ts";

export interface EmulatorSettings {
  /** 0: any free port. */
  port: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default: the seeded world. */
  seed?: Seed | "world";
  /** Whether a fresh world begins before or after the seed's losses. Default `after_losses`. */
  seedStage?: "before_losses" | "after_losses";
  /** Begins the randomness of this run and of each reset: the same seed and acts, the same log. Default 1. */
  randomSeed?: number;
  /** Where the world lives between runs. Absent: in memory only. */
  worldFile?: string;
  partnerBusinessId: string;
  appId: string;
  appSecret: string;
  systemUserId: string;
  systemUserToken: string;
  /** The app's own webhook subscription. */
  verifyToken: string;
  callbackUrl: string | null;
  partnerName: string;
  /** The knob `provider_kind` at a start and after a reset; absent: as the world or its default says. */
  providerKind?: Knobs["provider_kind"];
}

export interface Emulator {
  url: string;
  port: number;
  /** The clock of this world; a program that shares the world lives by it. */
  clock: Clock;
  /** True when there was no world file yet. */
  wasFresh: boolean;
  /** False only between a start with `before_losses` and `playLosses()`. */
  lossesPlayed: boolean;
  /** Plays the seed's losses with their webhooks, once; resolves when each was tried to be delivered. */
  playLosses(): Promise<void>;
  /** Told after a reset, the restoring of a snapshot, or anything else that set time back. */
  onClockReset(run: () => void): void;
  /** Points our app's own webhook subscription somewhere else, from now on and after a reset. */
  subscribe(callbackUrl: string): void;
  /** The twin of `POST /_emulator/actions`. Rejects with the words of the refusal. */
  act(action: Record<string, unknown>): Promise<{ ok: true; action: string; webhooks: string[] }>;
  stop(): Promise<void>;
}

const DEFAULT_RANDOM_SEED = 1;
/**
 * How long an advance of the clock, or the playing of the losses, waits for deliveries that nobody answers.
 * Wall clock.
 */
const SETTLE_MS = 2_000;

/** Rejects with one line that says what is wrong and what to set. */
export async function startEmulator(given: EmulatorSettings): Promise<Emulator> {
  const settings = { ...given };
  const { context, wasFresh } = contextOf(settings);
  const host = settings.host ?? "127.0.0.1";
  const server = await serveHttp({ host, port: settings.port }, (request) => handle(context, request));
  context.deliveries.resume();
  if (context.clock.mode === "real") context.upkeep.begin();
  else context.upkeep.plan();
  context.store.changed();
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${server.port}`,
    port: server.port,
    clock: context.clock,
    wasFresh,
    get lossesPlayed() {
      return context.store.world.lossesPlayed;
    },
    playLosses: () => playLosses(context, seedOf(settings)),
    onClockReset: (run) => context.clock.onReset(run),
    subscribe: (callbackUrl) => {
      settings.callbackUrl = callbackUrl;
      applySettings(context.store.world, settings);
      context.store.changed();
    },
    act: async (action) => act(context, action),
    stop: async () => {
      context.stage.clear();
      context.clock.stop();
      await Promise.all([server.stop(), context.deliveries.stop()]);
      await context.store.flush();
    },
  };
}

/**
 * The emulator without its port, for a simulation that hands its requests over itself; `base` is what its
 * clock goes by.
 */
export function contextOf(
  settings: EmulatorSettings,
  base: Clock = systemClock,
): { context: EmulatorContext; wasFresh: boolean } {
  const saved = settings.worldFile ? readWorldFile(settings.worldFile, settings) : undefined;
  if (saved) applySettings(saved.world, settings);
  const store: WorldStore = new WorldStore(
    settings.worldFile ?? null,
    saved ?? { world: freshWorld(settings, settings.seedStage) },
    (ms, signal) => clock.pause(ms, signal),
  );
  const journal = new Journal();
  const clock: EmulatorClock = new EmulatorClock({
    state: store.world.clock,
    onChange: () => store.changed(),
    settle: () => settle(deliveries),
    base,
  });
  const deliveries: Deliveries = new Deliveries(store, clock, journal);
  const upkeep = new Upkeep(store, clock, (action) => actIfPossible(context, action));
  const context: EmulatorContext = {
    store,
    clock,
    journal,
    deliveries,
    upkeep,
    limiter: new Limiter(),
    stage: new ScenarioStage((ms, signal) => clock.pause(ms, signal)),
    random: seededRandom(settings.randomSeed ?? DEFAULT_RANDOM_SEED),
    replaceWorld: (world, now) => replaceWorld(context, world, now),
    reset: () => reset(context, settings),
  };
  return { context, wasFresh: saved === undefined };
}

/** A few turns of the event loop for what a due instant began, and the deliveries it made. */
async function settle(deliveries: Deliveries): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  await deliveries.idle(SETTLE_MS);
}

function seedOf(settings: EmulatorSettings): Seed {
  return settings.seed === undefined || settings.seed === "world" ? defaultSeed() : settings.seed;
}

function freshWorld(settings: EmulatorSettings, stage: EmulatorSettings["seedStage"]): World {
  const seed = seedOf(settings);
  const world = worldOf(seed, settings);
  applyProviderKind(world, settings);
  if (stage === "before_losses") return world;
  const createdAt = Object.values(world.businesses).map((business) => business.createdAt);
  const lossesAt = createdAt.reduce((latest, at) => Math.max(latest, at), 0);
  for (const loss of seed.losses) apply(world, actionNamed(loss["action"]), loss, lossesAt);
  world.lossesPlayed = true;
  return world;
}

/** What the settings of this start say about our own app goes before what an earlier run left. */
function applySettings(world: World, settings: EmulatorSettings): void {
  const app = world.apps[settings.appId];
  if (app)
    Object.assign(app, {
      secret: settings.appSecret,
      verifyToken: settings.verifyToken,
      callbackUrl: settings.callbackUrl,
    });
  const partner = world.businesses[settings.partnerBusinessId];
  if (partner) partner.name = settings.partnerName;
  applyProviderKind(world, settings);
}

function applyProviderKind(world: World, { providerKind }: EmulatorSettings): void {
  if (providerKind !== undefined) world.knobs.provider_kind = providerKind;
}

function replaceWorld(context: EmulatorContext, world: World, now: number | null): void {
  context.stage.clear();
  context.deliveries.forget();
  context.store.world = world;
  context.clock.adopt(world.clock);
  context.clock.reset(world.clock.mode, now);
  context.limiter.clear();
  context.deliveries.resume();
  context.upkeep.plan();
  context.store.changed();
}

function reset(context: EmulatorContext, settings: EmulatorSettings): void {
  context.journal.clear();
  context.random = seededRandom(settings.randomSeed ?? DEFAULT_RANDOM_SEED);
  replaceWorld(context, freshWorld(settings, "after_losses"), null);
  context.upkeep.begin();
}

/** All of them in one turn of the event loop: a kill leaves either none played or all. */
async function playLosses(context: EmulatorContext, seed: Seed): Promise<void> {
  if (context.store.world.lossesPlayed) return;
  context.store.world.lossesPlayed = true;
  for (const loss of seed.losses) actIfPossible(context, loss);
  await context.deliveries.idle(SETTLE_MS);
}

/** Somebody may have done it by hand already; then it stands, and the others still follow. */
function actIfPossible(context: EmulatorContext, action: Record<string, unknown>): void {
  try {
    act(context, action);
  } catch (error) {
    if (!(error instanceof ActionRefusal)) throw error;
  }
}

async function handle(context: EmulatorContext, request: HttpRequest): Promise<HttpOutcome> {
  if (request.path === "/_emulator" || request.path.startsWith("/_emulator/"))
    return serveControl(context, request);
  return servePage(context, request) ?? missingPage(request) ?? serveGraph(context, request);
}
