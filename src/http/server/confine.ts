import { isLimited, isWithin, type Actor } from "../../access/actor.ts";
import type { Sql } from "../../database/database.ts";
import { findAsset } from "../../directory/asset-store.ts";
import { findNumber } from "../../directory/number-store.ts";
import { findSignup } from "../../onboarding/signup/signup-store.ts";
import { Problem } from "../../problems.ts";
import { getAssetId } from "../api/wabas/get-waba.ts";
import type { Route } from "../kit/route.ts";

/**
 * Keys and people may be limited to one client or connection. For them each call is one of these kinds, by
 * its path unless the route says otherwise:
 *
 * - waba, number, client, signup: the path names one. Another client's answers exactly as an unknown id does.
 * - caller: the handler itself keeps to the caller's limits; lists are such calls.
 * - nothing: the call holds no client's data.
 * - all: the call is about all clients, and refused. So a new route shows nothing until somebody decides.
 */
export type Confinement = "waba" | "number" | "client" | "signup" | "caller" | "nothing" | "all";

export function confinementOf(route: Pick<Route, "path" | "confinedBy">): Confinement {
  const named = /^\/api\/v1\/(\w+)\/\{(\w+)\}/.exec(route.path)?.[1];
  return route.confinedBy ?? BY_PATH[named ?? ""] ?? "all";
}

const BY_PATH: Readonly<Record<string, "waba" | "number" | "client" | "signup">> = {
  wabas: "waba",
  numbers: "number",
  clients: "client",
  signups: "signup",
};

/**
 * Stops a limited caller before it reaches what is another's.
 *
 * @throws Problem client_limited, or the problem of an unknown id
 */
export async function confine(
  deps: { db: Sql },
  route: Route,
  actor: Actor,
  params: Readonly<Record<string, string>>,
): Promise<void> {
  if (!isLimited(actor)) return;
  const kind = confinementOf(route);
  if (kind === "caller" || kind === "nothing") return;
  if (kind === "all") throw new Problem("client_limited");
  const id = params[/\{(\w+)\}/.exec(route.path)?.[1] ?? ""] ?? "";
  await CHECKS[kind](deps.db, actor, id);
}

type Check = (db: Sql, actor: Actor, id: string) => Promise<void>;

const CHECKS: Readonly<Record<"waba" | "number" | "client" | "signup", Check>> = {
  async waba(db, actor, id) {
    if (!(await isAssetWithin(db, actor, await getAssetId(db, id))))
      throw new Problem("waba_not_found", { id });
  },
  async number(db, actor, id) {
    const number = await findNumber(db, id);
    if (number === undefined || !(await isAssetWithin(db, actor, number.assetId)))
      throw new Problem("number_not_found", { id });
  },
  client(_db, actor, id) {
    // A client may have WABAs of several connections, so its own data is for those of no connection.
    if (actor.clientId !== id || actor.connectionId !== null) throw new Problem("client_not_found", { id });
    return Promise.resolve();
  },
  async signup(db, actor, id) {
    const signup = await findSignup(db, id);
    const assetId = signup?.assetId ?? signup?.expectedAssetId;
    if (!assetId || !(await isAssetWithin(db, actor, assetId))) throw new Problem("signup_not_found", { id });
  },
};

async function isAssetWithin(db: Sql, actor: Actor, assetId: string): Promise<boolean> {
  const asset = await findAsset(db, assetId);
  return asset !== undefined && isWithin(actor, asset);
}
