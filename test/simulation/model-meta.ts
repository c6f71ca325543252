import type { Clock } from "../../src/lib/clock.ts";
import type { GraphClient } from "../../src/meta/graph-client.ts";
import type { GraphAnswer, GraphReply, GraphRequest } from "../../src/meta/graph-reply.ts";
import type { RandomSource } from "./random-source.ts";
import type { PartnerModelName } from "../../src/sharing/model/partner-model.ts";
import { onlyFields, refusalOf, type Refused } from "./refusals.ts";
import { isFullyShared, type TruthLine, type Truth } from "./truth.ts";

export const BUSINESS = "734443296905665";
export const APP = "600000000000001";
export const SYSTEM_USER = "610000000000001";
export const WABA = "100000000000001";
export const CONTROL_WABA = "100000000000002";
export const OWN_TOKEN = "token";
export const CLIENT_TOKEN = "client-token";

/** `denies`: Meta answers for every WABA that it does not exist, while our own portfolio is readable. */
export type Trouble = "server_error" | "hang" | "throttle" | "garbage" | "broken" | "no_network" | "denies";

/** How Meta behaves in one history. */
export interface Manners {
  /** Reads may show a state up to this old; at most 3 s. */
  lagMs: number;
  latencyMs: [low: number, high: number];
  /** The form of a refusal where nothing is shared: 100/33 or 200. */
  refusal: "A" | "E";
  /** Whether `assigned_users` shows that the share was reduced. */
  readsShowDowngrade: boolean;
  /**
   * A dead token: Meta says so everywhere (190), or only for our own portfolio and 100/33 for everything
   * else.
   */
  deadToken: "190" | "33";
  /** Whether the numbers are used in the WhatsApp Business app as well. */
  coexistence: boolean;
  /** How the WABA is ours to use. It decides what Meta shows to which token. */
  model: PartnerModelName;
}

/** Meta as the probes of the core see it: a truth with a past, read late, and faults for some time. */
export class ModelMeta implements GraphClient {
  readonly truth: TruthLine;
  /** A fault that began and has not ended: the share of questions that it affects. */
  trouble: { kind: Trouble; share: number } | null = null;
  /** The next read of the WABA wrongly answers that it does not exist. */
  lies = 0;
  /** What it refuses now for a reason that is not about the share, by field or list. */
  readonly refused: Refused = new Map();
  /** Called for every write that reaches Meta, and for every read of our own portfolio without an answer. */
  onWrite: (path: string) => void = () => undefined;
  onControlSilent: () => void = () => undefined;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #manners: Manners;

  constructor(clock: Clock, random: RandomSource, truth: TruthLine, manners: Manners) {
    this.#clock = clock;
    this.#random = random;
    this.truth = truth;
    this.#manners = manners;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  ask(request: GraphRequest): Promise<GraphReply> {
    const askedAt = this.#clock.now();
    const { trouble } = this;
    const befallen = trouble !== null && this.#random.chance(trouble.share) ? trouble.kind : null;
    const waitMs =
      befallen === "hang" ? (request.timeoutMs ?? 4000) : this.#random.between(...this.#manners.latencyMs);
    return new Promise((resolve) => {
      this.#clock.at(askedAt + waitMs, () => {
        const { method, path } = request;
        const answeredAt = this.#clock.now();
        if (befallen !== null && befallen !== "denies" && path === `/${BUSINESS}`) this.onControlSilent();
        resolve({ request: { method, path }, askedAt, answeredAt, ...this.#answer(request, befallen) });
      });
    });
  }

  /** What the listing of shared WABAs shows; null: no answer. */
  isListed(): boolean | null {
    if (!this.truth.now.tokenAlive) return null;
    if (this.trouble !== null && this.trouble.kind !== "denies") return null;
    return this.#read().shared && !this.#read().deleted;
  }

  #read(): Truth {
    return this.truth.at(this.#clock.now() - this.#random.next() * this.#manners.lagMs);
  }

  #answer(request: GraphRequest, befallen: Trouble | null): GraphAnswer {
    if (befallen === "broken" && request.method === "POST" && this.#random.chance(0.5)) this.#write(request);
    if (befallen === "denies" && request.path.startsWith(`/${WABA}`)) return this.#unreachable();
    if (befallen !== null && befallen !== "denies") return troubleOf(befallen);
    const { tokenAlive, clientTokenAlive, installed } = this.truth.now;
    if (request.token === CLIENT_TOKEN) {
      if (!clientTokenAlive) return refusal(401, 190, 460, "The token has been invalidated");
      if (!installed) return refusal(401, 190, 458, "The user has not authorized the application");
    } else if (!tokenAlive) return this.#deadToken(request.path);
    return request.method === "POST" ? this.#write(request) : this.#readOf(request);
  }

  #deadToken(path: string): GraphAnswer {
    const isOwn = path.startsWith(`/${BUSINESS}`) || path === "/debug_token";
    if (!isOwn && this.#manners.deadToken === "33") {
      // This is the next read of the WABA that says "does not exist". A second one would count as a loss.
      if (path === `/${WABA}`) this.lies = 0;
      return this.#unreachable();
    }
    return refusal(401, 190, 460, "The token has been invalidated");
  }

  #readOf(request: GraphRequest): GraphAnswer {
    const { path } = request;
    if (path === `/${BUSINESS}`) return success({ id: BUSINESS });
    if (path === `/${BUSINESS}/system_users`)
      return success({ data: [{ id: SYSTEM_USER, role: this.truth.now.admin ? "ADMIN" : "EMPLOYEE" }] });
    const truth = this.#read();
    if (path === "/debug_token") return success({ data: this.#tokenData(truth) });
    if (this.lies > 0 && path === `/${WABA}`) {
      this.lies -= 1;
      return this.#unreachable();
    }
    if (!truth.shared || truth.deleted) return this.#unreachable();
    const edge = path.slice(WABA.length + 2);
    return refusalOf(this.refused, request, edge) ?? this.#edge(edge, truth, request);
  }

  #edge(edge: string, truth: Truth, request: GraphRequest): GraphAnswer {
    switch (edge) {
      case "": {
        const health = { entities: [healthOf(truth)] };
        return success(onlyFields({ id: WABA, name: "A client", health_status: health }, request));
      }
      case "assigned_users":
        return success({ data: assignedUsersOf(truth, this.#manners) });
      case "subscribed_apps":
        return success({ data: truth.subscribed ? [{ whatsapp_business_api_data: { id: APP } }] : [] });
      case "phone_numbers":
        return success({
          data: numbersOf(truth, this.#manners.coexistence).map((item) => onlyFields(item, request)),
        });
      default:
        throw new Error(`Broken assumption: the core asks for ${edge}`);
    }
  }

  /** What `debug_token` says about the client's token. Its lists lack a lost share too. */
  #tokenData(truth: Truth): Record<string, unknown> {
    const { clientTokenAlive, installed } = this.truth.now;
    if (!clientTokenAlive || !installed)
      return { is_valid: false, error: { code: 190, subcode: installed ? 460 : 458 } };
    const reached = truth.shared && !truth.deleted ? [WABA] : [];
    const sending = this.#manners.model !== "app_grant" || truth.full ? reached : [];
    return {
      is_valid: true,
      app_id: APP,
      granular_scopes: [
        { scope: "whatsapp_business_management", target_ids: reached },
        { scope: "whatsapp_business_messaging", target_ids: sending },
      ],
    };
  }

  /** Meta's writes have no lag: the current truth decides. */
  #write({ path, query }: GraphRequest): GraphAnswer {
    const truth = this.truth.now;
    this.onWrite(path);
    if (!truth.admin) return refusal(403, 200, null, "Permissions error");
    if (path.startsWith(`/${CONTROL_WABA}/`)) return success({ success: true });
    if (!truth.shared || truth.deleted) return this.#unreachable();
    if (!isFullyShared(truth)) return refusal(403, 200, null, "Permissions error");
    // In a solution of several partners MANAGE cannot be given; single tasks can.
    if (this.#manners.model === "multi_partner_solution" && query?.tasks?.includes("MANAGE") === true)
      return refusal(403, 200, null, "Permissions error");
    this.truth.change(
      this.#clock.now(),
      path.endsWith("subscribed_apps") ? { subscribed: true } : { assigned: true },
    );
    return success({ success: true });
  }

  #unreachable(): GraphAnswer {
    return this.#manners.refusal === "A"
      ? refusal(400, 100, 33, "Object does not exist")
      : refusal(403, 200, null, "Permissions error");
  }
}

function healthOf({ stopped }: Truth): Record<string, unknown> {
  if (stopped === null) return { entity_type: "WABA", can_send_message: "AVAILABLE" };
  const errors = [{ error_code: stopped, error_description: "Stopped" }];
  return { entity_type: "WABA", can_send_message: "BLOCKED", errors };
}

function assignedUsersOf(truth: Truth, { readsShowDowngrade, model }: Manners): unknown[] {
  if (!truth.assigned) return [];
  const isSolution = model === "multi_partner_solution";
  const whole = isSolution ? ["DEVELOP", "MESSAGING"] : ["MANAGE"];
  const tasks = truth.full || !readsShowDowngrade ? whole : isSolution ? ["DEVELOP"] : ["MESSAGING"];
  return [{ id: SYSTEM_USER, name: "System user", tasks }];
}

function numbersOf(truth: Truth, coexistence: boolean): Record<string, unknown>[] {
  return Object.entries(truth.numbers)
    .filter(([, status]) => status !== null)
    .map(([id, status]) => ({ id, status, platform_type: "CLOUD_API", is_on_biz_app: coexistence }));
}

const success = (body: Record<string, unknown>): GraphAnswer => ({
  kind: "success",
  status: 200,
  body,
  usage: null,
});

function refusal(status: number, code: number, subcode: number | null, message: string): GraphAnswer {
  const fault = { code, subcode, type: "OAuthException", message, details: null, traceId: null };
  return { kind: "refusal", status, fault: { ...fault, transient: null } };
}

function troubleOf(kind: Exclude<Trouble, "denies">): GraphAnswer {
  const silent = (cause: "timeout" | "malformed" | "broken" | "no_network"): GraphAnswer => ({
    kind: "no_answer",
    cause,
    detail: kind,
    status: null,
  });
  switch (kind) {
    case "server_error":
      return refusal(500, 2, null, "An unexpected error has occurred");
    case "throttle":
      return refusal(400, 80008, null, "There have been too many calls");
    case "hang":
      return silent("timeout");
    case "garbage":
      return silent("malformed");
    case "broken":
      return silent("broken");
    case "no_network":
      return silent("no_network");
  }
}
