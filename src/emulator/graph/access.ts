/**
 * Who is calling, and what the caller may reach. Strict: a WABA is reached through a share that stands or,
 * after an app-only install, through the client's grant. Source: access-token and solution-provider pages;
 * what an unshare does to each kind of token is inferred.
 */
import { createHmac } from "node:crypto";
import { EVENTS, MANAGEMENT } from "../world/make-objects.ts";
import { indexOf } from "../world/world-index.ts";
import { TASKS } from "../world/world.ts";
import type { PhoneNumber, Task, Token, Waba, World } from "../world/world.ts";
import {
  accessDenied,
  appNotAuthorized,
  capabilityMissing,
  deadToken,
  mayNotSend,
  oauth,
  permissionsError,
  tokenRequired,
  unparsableToken,
  unreachable,
} from "./errors.ts";
import type { GraphRefusal } from "./errors.ts";
import { paramOf } from "./request.ts";
import type { GraphRequest } from "./request.ts";

export interface Caller {
  token: Token;
  /** The app's portfolio: through its share a client's token acts, too. */
  partnerBusinessId: string;
}

/**
 * The token of a request, from the header or the `access_token` parameter; refuses a missing, unknown or dead
 * one.
 */
export function callerOf(world: World, request: GraphRequest, now: number): Caller {
  const bearer = /^(?:Bearer|OAuth)\s+(.+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  const text = bearer ?? paramOf(request, "access_token");
  if (!text) throw tokenRequired();
  const token = world.tokens[text] ?? appTokenOf(world, text);
  if (!token) throw unparsableToken();
  const refusal = refusalOfToken(world, token, now);
  if (refusal) throw refusal;
  requireProof(world, request, token);
  return { token, partnerBusinessId: world.apps[token.appId]?.businessId ?? "" };
}

/** `{app id}|{app secret}` speaks for the app itself. Source: "Create a webhook endpoint". */
export function appTokenOf(world: World, text: string): Token | undefined {
  const [appId = "", secret] = text.split("|");
  const app = world.apps[appId];
  if (!app || app.secret !== secret) return undefined;
  return {
    token: text,
    owner: "app",
    businessId: app.businessId,
    userId: "",
    appId,
    wabaIds: [],
    scopes: [],
    issuedAt: 0,
    expiresAt: 0,
    revoked: false,
  };
}

/** A proof that is given must be right; whether one must be given is the app's own setting. */
function requireProof(world: World, request: GraphRequest, token: Token): void {
  const given = paramOf(request, "appsecret_proof");
  if (given === undefined && (!world.knobs.require_appsecret_proof || token.owner === "app")) return;
  if (given === undefined)
    throw oauth(400, 100, "API calls from the server require an appsecret_proof argument");
  if (given !== proofOf(token.token, world.apps[token.appId]?.secret ?? ""))
    throw oauth(400, 100, "Invalid appsecret_proof provided in the API argument");
}

/** HMAC-SHA256 of the token, keyed with the app secret, in hex. */
export function proofOf(token: string, appSecret: string): string {
  return createHmac("sha256", appSecret).update(token).digest("hex");
}

/**
 * Refuses a token that was not given a permission. Management tokens of mid-2026 may carry another scope in
 * its place.
 */
export function requireScope(world: World, caller: Caller, scope: string): void {
  if (world.knobs.permissions === "loose") return;
  const { scopes } = caller.token;
  const stands = scope === MANAGEMENT && scopes.includes(EVENTS);
  if (!stands && !scopes.includes(scope)) throw capabilityMissing();
}

/** Why a token is dead, or null while it lives. */
export function refusalOfToken(world: World, token: Token, now: number): GraphRefusal | null {
  if (token.revoked) return deadToken(world.knobs.dead_token, now, now);
  if (token.expiresAt > 0 && token.expiresAt <= now) return deadToken("463", now, token.expiresAt);
  if (token.owner === "client" && grantedWabaIdsOf(world, token).length === 0 && isAppGone(world, token)) {
    return appNotAuthorized(token.appId);
  }
  return null;
}

/** The WABAs on which the client's grant of the app still stands. */
export function grantedWabaIdsOf(world: World, token: Token): string[] {
  return token.wabaIds.filter((id) => world.wabas[id]?.installedAppIds.includes(token.appId));
}

function isAppGone(world: World, token: Token): boolean {
  return token.wabaIds.some(
    (id) => world.wabas[id] && !world.wabas[id].installedAppIds.includes(token.appId),
  );
}

/** WABA ids that a token reaches now, in the order of the world. */
export function reachedWabaIdsOf(world: World, token: Token): string[] {
  const caller = { token, partnerBusinessId: world.apps[token.appId]?.businessId ?? "" };
  return candidatesOf(world, token)
    .filter((waba) => tasksOn(world, caller, waba) !== null)
    .map((waba) => waba.id);
}

/**
 * WABAs that a token may reach at all: what a client granted, or what is owned by or shared with a portfolio.
 */
function candidatesOf(world: World, token: Token): Waba[] {
  if (token.owner === "client")
    return token.wabaIds.map((id) => world.wabas[id]).filter((waba) => waba !== undefined);
  const { owned, shared } = indexOf(world);
  return [...(owned.get(token.businessId) ?? []), ...(shared.get(token.businessId) ?? [])];
}

/** Whether a token reaches any WABA of a portfolio. */
export function reachesAnyOf(world: World, caller: Caller, businessId: string): boolean {
  const owned = indexOf(world).owned.get(businessId) ?? [];
  return owned.some((waba) => tasksOn(world, caller, waba) !== null);
}

/** The caller's tasks on a WABA; null: it does not reach it. */
export function tasksOn(world: World, caller: Caller, waba: Waba | undefined): readonly Task[] | null {
  if (!waba || waba.deleted) return null;
  const { token, partnerBusinessId } = caller;
  if (world.knobs.permissions === "loose") return TASKS;
  if (token.owner === "app") return null;
  if (token.owner === "client") {
    if (!grantedWabaIdsOf(world, token).includes(waba.id)) return null;
    const isAppOnly = waba.appOnlyIds?.includes(token.appId) === true;
    return waba.partners[partnerBusinessId]?.tasks ?? (isAppOnly ? ["MANAGE"] : null);
  }
  const user = world.systemUsers[token.userId];
  const share: readonly Task[] | null =
    waba.businessId === token.businessId ? ["MANAGE"] : (waba.partners[token.businessId]?.tasks ?? null);
  if (!share || user?.role === "ADMIN") return share;
  // An employee system user reaches only what was assigned to it.
  return waba.assignedUsers[token.userId] ?? null;
}

/** The WABA, or Meta's refusal for a caller that does not reach it. */
export function reachedWaba(world: World, caller: Caller, request: GraphRequest, id: string): Waba {
  const waba = world.wabas[id];
  if (!waba || tasksOn(world, caller, waba) === null) throw unreached(world, caller, request.method, id);
  return waba;
}

export function reachedNumber(world: World, caller: Caller, request: GraphRequest, id: string): PhoneNumber {
  const number = world.numbers[id];
  const reached = number && !number.deleted && tasksOn(world, caller, world.wabas[number.wabaId]) !== null;
  if (!reached) throw unreached(world, caller, request.method, id);
  return number;
}

/** Refuses a caller whose share lacks full control. */
export function requireFullControl(world: World, caller: Caller, waba: Waba): void {
  if (!tasksOn(world, caller, waba)?.includes("MANAGE")) throw permissionsError();
}

/** Refuses a caller that may not send on this WABA. */
export function requireMessaging(world: World, caller: Caller, waba: Waba): void {
  const tasks = tasksOn(world, caller, waba);
  if (!tasks) throw refusalToSend(world, caller, waba.id);
  if (!tasks.includes("MANAGE") && !tasks.includes("MESSAGING")) throw mayNotSend();
}

type Variant = "A" | "B" | "C" | "D" | "E" | "F";

/**
 * Which shape an unshared WABA is refused with: by what ended the share, else by kind of call and of token.
 */
function variantOf(world: World, caller: Caller, kind: "read" | "send", waba: Waba | undefined): Variant {
  const name = caller.token.owner === "client" ? (`${kind}_client` as const) : kind;
  return world.knobs.unshared_by[waba?.lostBy ?? ""]?.[name] ?? world.knobs[`unshared_${name}`];
}

function refusalOf(variant: Variant, caller: Caller, method: string, id: string): GraphRefusal {
  const shapes: Record<Variant, () => GraphRefusal> = {
    A: () => unreachable(method, id),
    B: mayNotSend,
    C: accessDenied,
    D: capabilityMissing,
    E: permissionsError,
    F: () => appNotAuthorized(caller.token.appId),
  };
  return shapes[variant]();
}

function refusalToSend(world: World, caller: Caller, id: string): GraphRefusal {
  return refusalOf(variantOf(world, caller, "send", world.wabas[id]), caller, "POST", id);
}

/**
 * What never was or was deleted gets A, whatever the knobs say: there is nothing that a permission could
 * open.
 */
function unreached(world: World, caller: Caller, method: string, id: string): GraphRefusal {
  const waba = world.wabas[id] ?? world.wabas[world.numbers[id]?.wabaId ?? ""];
  const gone = !waba || waba.deleted || world.numbers[id]?.deleted === true;
  return refusalOf(gone ? "A" : variantOf(world, caller, "read", waba), caller, method, id);
}
