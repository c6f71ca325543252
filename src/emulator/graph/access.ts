/**
 * Who is calling, and what the caller may reach. Strict: a WABA is reached through a share that stands, or not at all.
 * Source: access-token and solution-provider pages; what an unshare does to each kind of token is inferred (`meta-graph` 5.3).
 */
import type { PhoneNumber, Task, Token, Waba, World } from "../world.ts";
import {
  accessDenied,
  appNotAuthorized,
  deadToken,
  mayNotSend,
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

/** The token of a request, from the header or the `access_token` parameter; refuses a missing, unknown or dead one. */
export function callerOf(world: World, request: GraphRequest, now: number): Caller {
  const bearer = /^(?:Bearer|OAuth)\s+(.+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  const text = bearer ?? paramOf(request, "access_token");
  if (!text) throw tokenRequired();
  const token = world.tokens[text];
  if (!token) throw unparsableToken();
  const refusal = refusalOfToken(world, token, now);
  if (refusal) throw refusal;
  return { token, partnerBusinessId: world.apps[token.appId]?.businessId ?? "" };
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
  const candidates = token.owner === "client" ? token.wabaIds : Object.keys(world.wabas);
  return candidates.filter((id) => tasksOn(world, caller, world.wabas[id]) !== null);
}

/** The caller's tasks on a WABA; null: it does not reach it. */
export function tasksOn(world: World, caller: Caller, waba: Waba | undefined): readonly Task[] | null {
  if (!waba || waba.deleted) return null;
  const { token, partnerBusinessId } = caller;
  if (token.owner === "client") {
    if (!grantedWabaIdsOf(world, token).includes(waba.id)) return null;
    return waba.partners[partnerBusinessId]?.tasks ?? null;
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

function refusalToSend(world: World, caller: Caller, id: string): GraphRefusal {
  const client = caller.token.owner === "client";
  const variant = client ? world.knobs.unshared_send_client : world.knobs.unshared_send;
  return { A: () => unreachable("POST", id), B: mayNotSend, C: accessDenied }[variant]();
}

function unreached(world: World, caller: Caller, method: string, id: string): GraphRefusal {
  const client = caller.token.owner === "client";
  const variant = client ? world.knobs.unshared_read_client : world.knobs.unshared_read;
  const known = world.wabas[id] ?? world.numbers[id];
  return variant === "E" && known && !known.deleted ? permissionsError() : unreachable(method, id);
}
