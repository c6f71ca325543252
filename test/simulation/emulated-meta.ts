import { actionNamed, apply } from "../../src/emulator/actions/act.ts";
import { ActionRefusal } from "../../src/emulator/actions/action.ts";
import type { EmulatorContext } from "../../src/emulator/context/emulator-context.ts";
import { serveGraph } from "../../src/emulator/graph/serve-graph.ts";
import { contextOf, type EmulatorSettings } from "../../src/emulator/start-emulator.ts";
import { partnerEventOf, type Webhook as EmulatedWebhook } from "../../src/emulator/webhooks/payloads.ts";
import {
  closedDirectionsOf,
  isFullControl,
  numbersOf,
  type Token,
  type World,
} from "../../src/emulator/world/world.ts";
import { WorldStore } from "../../src/emulator/world/world-store.ts";
import { createHmac } from "node:crypto";
import type { Clock } from "../../src/lib/clock.ts";
import type { GraphClient } from "../../src/meta/graph-client.ts";
import { parseGraphAnswer, noAnswer } from "../../src/meta/graph-reply.ts";
import type { GraphAnswer, GraphReply, GraphRequest } from "../../src/meta/graph-reply.ts";
import type { RandomSource } from "./random-source.ts";
import { APP, BUSINESS, SYSTEM_USER, type Trouble } from "./model-meta.ts";
import type { Truth } from "./truth.ts";

export const TOKEN = "simulated-system-user-token";
export const APP_SECRET = "simulated-app-secret";
export const COEXISTENCE_WABA = "100000000000002";
/** In some histories messages of this one are sent with its client's own token. */
export const TOKEN_WABA = "100000000000003";
/** Enough WABAs that many can fail together. */
const FLEET_SIZE = 8;
const SMALL_SIZE = 3;

const numberOf = (count: number) => ({
  id: `20000000000000${count}`,
  display_phone_number: `+1 555 010 000${count}`,
});
const clientOf = (count: number, kind: "platform" | "coexistence", numbers: number[]) => ({
  business_id: `51000000000000${count}`,
  name: `Client ${count}`,
  wabas: [{ id: `10000000000000${count}`, kind, numbers: numbers.map(numberOf) }],
});

/**
 * The emulator without its port: its own Graph API and actions, in this process and in simulated time. Its
 * reads lag.
 */
export class EmulatedMeta {
  trouble: { kind: Trouble; share: number } | null = null;
  readonly wabaIds: readonly string[];
  /** Called for every write about a WABA. */
  onWrite: (wabaId: string, path: string) => void = () => undefined;
  /** Called when two instances probe one WABA at once. */
  onDoubleProbe: (wabaId: string) => void = () => undefined;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #lagMs: number;
  readonly #context: EmulatorContext;
  /** The past states of the world, newest last; none changes again. */
  #past: { at: number; world: World }[] = [];

  /** Reads of a WABA's node under way: by whom. */
  readonly #underWay = new Map<string, Set<() => boolean>>();

  constructor(
    clock: Clock,
    random: RandomSource,
    {
      lagMs,
      isFleet,
      providerKind,
    }: { lagMs: number; isFleet: boolean } & Required<Pick<EmulatorSettings, "providerKind">>,
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#lagMs = lagMs;
    const clients = [
      clientOf(1, "platform", [1, 2]),
      clientOf(2, "coexistence", [3]),
      clientOf(3, "platform", [4]),
      ...[4, 5, 6, 7, FLEET_SIZE].map((count) => clientOf(count, "platform", [count + 1])),
    ].slice(0, isFleet ? FLEET_SIZE : SMALL_SIZE);
    this.wabaIds = clients.flatMap((client) => client.wabas.map(({ id }) => id));
    this.#context = contextOf(
      {
        port: 0,
        seed: { clients, losses: [] },
        seedStage: "before_losses",
        partnerBusinessId: BUSINESS,
        appId: APP,
        appSecret: APP_SECRET,
        systemUserId: SYSTEM_USER,
        systemUserToken: TOKEN,
        verifyToken: "verify",
        callbackUrl: null,
        partnerName: "360dialog",
        providerKind,
      },
      clock,
    ).context;
    this.#remember();
  }

  get #world(): World {
    return this.#context.store.world;
  }

  /** Does what the person or Meta would; null: Meta's screens refuse it. Returns the webhooks that follow. */
  act(input: { action: string } & Record<string, unknown>): EmulatedWebhook[] | null {
    try {
      const webhooks = apply(this.#world, actionNamed(input.action), input, this.#clock.now());
      this.#remember();
      return webhooks;
    } catch (error) {
      if (error instanceof ActionRefusal) return null;
      throw error;
    }
  }

  /** Embedded Signup, to its end: the share with full control, the app, and the companion linked again. */
  signUp(wabaId: string): EmulatedWebhook[] | null {
    const waba = this.#world.wabas[wabaId];
    if (waba === undefined || waba.deleted) return null;
    const now = this.#clock.now();
    waba.partners[BUSINESS] = { tasks: ["MANAGE"], assignedAt: now };
    delete waba.lostBy;
    if (!waba.installedAppIds.includes(APP)) waba.installedAppIds.push(APP);
    for (const number of numbersOf(this.#world, waba))
      if (number.app !== null) {
        Object.assign(number.app, { companion: "linked", banned: false, onBusinessApp: true });
        number.status = "CONNECTED";
        number.registered = true;
      }
    this.#remember();
    return [partnerEventOf(this.#world, waba, "PARTNER_ADDED", now)];
  }

  /** The true state of one WABA. */
  truthOf(wabaId: string): Truth {
    const waba = this.#world.wabas[wabaId];
    if (waba === undefined) throw new Error(`Broken assumption: no WABA ${wabaId}`);
    const row = waba.partners[BUSINESS];
    const closed = closedDirectionsOf(waba, this.#clock.now());
    const numbers = waba.numberIds.map((id) => this.#world.numbers[id]).filter((each) => each !== undefined);
    return {
      shared: row !== undefined && !waba.deleted,
      full: isFullControl(row),
      deleted: waba.deleted,
      assigned: true,
      subscribed: APP in waba.subscriptions,
      stopped: waba.status === "DISABLED" ? 131031 : closed.business && closed.customer ? 368 : null,
      numbers: Object.fromEntries(numbers.map((each) => [each.id, each.deleted ? null : each.status])),
      linked: numbers.every((each) => each.app === null || each.app.companion !== "offboarded"),
      tokenAlive: this.#world.tokens[TOKEN]?.revoked !== true,
      admin: true,
      installed: waba.installedAppIds.includes(APP),
      clientTokenAlive: this.#clientTokens(waba.businessId).every((token) => !token.revoked),
      needsApp: false,
    };
  }

  #clientTokens(businessId: string): Token[] {
    const tokens = Object.values(this.#world.tokens);
    return tokens.filter((token) => token.owner === "client" && token.businessId === businessId);
  }

  /** The same Meta, as one instance asks it. */
  wireOf(isAlive: () => boolean): GraphClient {
    return {
      close: () => Promise.resolve(),
      ask: async (request) => {
        const wabaId = /^\/(\d+)/.exec(request.path)?.[1] ?? "";
        const isProbe = request.query?.fields?.startsWith("id,name,account_review_status") === true;
        if (request.method === "POST" && this.wabaIds.includes(wabaId)) this.onWrite(wabaId, request.path);
        if (!isProbe) return this.#ask(request);
        const looking = this.#underWay.get(wabaId) ?? new Set();
        if ([...looking].some((other) => other !== isAlive && other())) this.onDoubleProbe(wabaId);
        this.#underWay.set(wabaId, looking.add(isAlive));
        try {
          return await this.#ask(request);
        } finally {
          looking.delete(isAlive);
        }
      },
    };
  }

  async #ask(request: GraphRequest): Promise<GraphReply> {
    const askedAt = this.#clock.now();
    const { trouble } = this;
    const befallen = trouble !== null && this.#random.chance(trouble.share) ? trouble.kind : null;
    const lastsMs = befallen === "hang" ? (request.timeoutMs ?? 4000) : this.#random.between(20, 300);
    await this.#clock.pause(lastsMs);
    const answer = await this.#answerIn(befallen, request);
    const { method, path } = request;
    return { request: { method, path }, askedAt, answeredAt: this.#clock.now(), ...answer };
  }

  async #answerIn(befallen: Trouble | null, request: GraphRequest): Promise<GraphAnswer> {
    if (befallen !== null && befallen !== "denies") return troubleOf(befallen);
    const isDenied = befallen === "denies" && this.wabaIds.some((id) => request.path.startsWith(`/${id}`));
    return isDenied ? DENIED : this.#answer(request);
  }

  async #answer({ method, path, query, body, token }: GraphRequest): Promise<GraphAnswer> {
    const outcome = await serveGraph(method === "GET" ? this.#late() : this.#context, {
      method,
      path: `/v25.0${path}`,
      query: { ...query, ...(typeof token === "string" && { appsecret_proof: proofOf(token) }) },
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      rawBody: body === undefined ? "" : JSON.stringify(body),
      origin: "http://meta.simulated",
    });
    if (method !== "GET") this.#remember();
    if (typeof outcome === "string") return noAnswer("broken", outcome);
    const text = typeof outcome.body === "string" ? outcome.body : JSON.stringify(outcome.body);
    return parseGraphAnswer({ status: outcome.status, headers: {}, body: Buffer.from(text) });
  }

  /** The world of up to a lag ago. Tokens have no lag. */
  #late(): EmulatorContext {
    const at = this.#clock.now() - this.#random.next() * this.#lagMs;
    const past = this.#past.findLast((version) => version.at <= at) ?? this.#past[0];
    const world = { ...(past?.world ?? this.#world), tokens: this.#world.tokens };
    return { ...this.#context, store: new WorldStore(null, { world }, () => Promise.resolve()) };
  }

  #remember(): void {
    const at = this.#clock.now();
    this.#past = this.#past.filter(
      (version, index) => at - version.at < 10_000 || index === this.#past.length - 1,
    );
    this.#past.push({ at, world: structuredClone(this.#world) });
  }
}

/** As the product's own wire adds it. */
const proofOf = (token: string): string => createHmac("sha256", APP_SECRET).update(token).digest("hex");

function refusal(
  status: number,
  fault: { message: string; code: number; error_subcode?: number },
): GraphAnswer {
  const error = { type: "OAuthException", ...fault };
  return parseGraphAnswer({ status, headers: {}, body: Buffer.from(JSON.stringify({ error })) });
}

/** Meta's answer about a WABA that it does not show us. */
const DENIED = refusal(400, { message: "denies", code: 100, error_subcode: 33 });

function troubleOf(kind: Exclude<Trouble, "denies">): GraphAnswer {
  switch (kind) {
    case "server_error":
      return refusal(500, { message: kind, code: 2 });
    case "throttle":
      return refusal(400, { message: kind, code: 80008 });
    case "hang":
      return noAnswer("timeout", kind);
    case "garbage":
      return parseGraphAnswer({ status: 200, headers: {}, body: Buffer.from("<html>busy</html>") });
    case "broken":
      return noAnswer("broken", kind);
    case "no_network":
      return noAnswer("no_network", kind);
  }
}
