import { lockNames } from "../../database/lock-names.ts";
import { newId } from "../../lib/new-id.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { findOpenSignupOfLink, insertSignup } from "./signup-store.ts";
import { SIGNUP_LIVES_MS, type ReturnUrls, type Signup } from "./signup.ts";
import type { SignupFlow } from "../signup-terms.ts";

export interface SignupWish {
  connectionId: string;
  /** A repair of this WABA; null for one that is new to us. */
  expectedAssetId: string | null;
  linkId: string | null;
  flow: SignupFlow;
  clientChoosesFlow: boolean;
  externalId: string | null;
  metadata: Record<string, unknown>;
  returnUrls: ReturnUrls;
  language: string | null;
}

export type OpenedSignup = { kind: "opened"; signup: Signup } | { kind: "foreign_return_url"; url: string };

/** Begins a signup. */
export async function openSignup(
  deps: Pick<SignupDeps, "db" | "clock" | "random" | "termsOf">,
  { wish, actor }: { wish: SignupWish; actor: string },
): Promise<OpenedSignup> {
  const allowed = deps.termsOf(wish.connectionId)?.returnUrls ?? [];
  const foreign = Object.values({ ...wish.returnUrls }).find((url) => !isAllowed(url, allowed));
  if (foreign !== undefined) return { kind: "foreign_return_url", url: foreign };
  const signup = newSignup(deps, wish, actor);
  await insertSignup(deps.db, signup);
  return { kind: "opened", signup };
}

function newSignup(deps: Pick<SignupDeps, "clock" | "random">, wish: SignupWish, actor: string): Signup {
  const now = deps.clock.now();
  return {
    id: newId("sgn", deps.random),
    ...wish,
    assetId: null,
    state: "invited",
    steps: {},
    offered: null,
    createdBy: actor,
    createdAt: now,
    openedAt: null,
    signedAt: null,
    readyAt: null,
    abandonedAt: null,
    expiresAt: now + SIGNUP_LIVES_MS,
  };
}

/**
 * Compared as whole addresses: "https://shop.example" allows neither "https://shop.example.evil" nor another
 * scheme.
 */
function isAllowed(url: string, allowed: readonly string[]): boolean {
  if (!URL.canParse(url)) return false;
  const wanted = new URL(url);
  return allowed.some((entry) => {
    const base = new URL(entry);
    const folder = base.pathname.endsWith("/") ? base.pathname : `${base.pathname}/`;
    return (
      wanted.origin === base.origin &&
      (wanted.pathname === base.pathname || wanted.pathname.startsWith(folder)) &&
      wanted.username === "" &&
      wanted.password === ""
    );
  });
}

interface Repair {
  assetId: string;
  connectionId: string;
  linkId: string;
  flow: SignupFlow;
  language: string;
  actor: string;
}

/**
 * The open signup of a re-share link, or a new one. A signup that the provider's people began there is not
 * the client's.
 */
export async function openRepair(
  deps: Pick<SignupDeps, "db" | "clock" | "random">,
  input: Repair,
): Promise<Signup> {
  const { assetId, connectionId, linkId, flow, language, actor } = input;
  const wish: SignupWish = {
    connectionId,
    expectedAssetId: assetId,
    linkId,
    flow,
    clientChoosesFlow: false,
    externalId: null,
    metadata: {},
    returnUrls: {},
    language,
  };
  return deps.db.transaction(async (tx) => {
    // Simultaneous requests would each find none, and each begin one.
    await lockNames(tx, `repair:${linkId}:${assetId}`);
    const open = await findOpenSignupOfLink(tx, { linkId, assetId, actor });
    if (open !== undefined && open.flow === flow) return open;
    const signup = newSignup(deps, wish, actor);
    await insertSignup(tx, signup);
    return signup;
  });
}
