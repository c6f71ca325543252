import { findClientToken, saveClientToken } from "../../credentials/client-token-store.ts";
import { findClients, type Asset } from "../../directory/directory-store.ts";
import type { Keyring } from "../../lib/keyring.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { judgeClientToken } from "../evidence/client-evidence.ts";
import { askClientToken } from "./ask-client-token.ts";
import { wordsOf } from "../evidence/evidence.ts";
import type { MetaAccount } from "./meta-account.ts";
import type { By, ShareDeps } from "../record/record-observation.ts";
import { appendObservation } from "../record/timeline-store.ts";

/**
 * What came of it. `unchanged`: Meta gives the token that we hold. `no_owner`: nobody has told us the client's portfolio. `not_granted`:
 * the token that Meta gave does not list this WABA. `superseded`: another one was put in its place meanwhile, by a signup for one.
 */
export type Obtained =
  | { outcome: "obtained" | "replaced"; token: string }
  | { outcome: "unchanged" | "no_owner" | "not_granted" | "superseded" }
  | { outcome: "refused"; words: string };

const ASK_TIMEOUT_MS = 2500;

/**
 * Asks Meta for the client's own token again, without a signup, while the share and the grant stand, and seals it in place of the one
 * that is held: `POST /{client's portfolio}/system_user_access_tokens` with `fetch_only` (hosted Embedded Signup, 2026-06; that it may be
 * used so is inferred). The Graph client adds the `appsecret_proof` that this edge requires. Nothing at Meta changes by it.
 */
export async function obtainClientToken(
  deps: Pick<ShareDeps, "db" | "clock"> & { keyring: Keyring },
  input: { asset: Asset; account: MetaAccount; by: By },
): Promise<Obtained> {
  const { asset, account, by } = input;
  const held = await findClientToken(deps.db, deps.keyring, asset);
  const [client] = await findClients(deps.db, [asset.clientId]);
  const businessId = client?.businessId ?? null;
  if (businessId === null) return { outcome: "no_owner" };
  const reply = await askForToken(account, businessId);
  const token = reply.kind === "success" ? reply.body.access_token : undefined;
  if (typeof token !== "string" || token === "") return { outcome: "refused", words: wordsOf(reply) };
  if (token === held) return { outcome: "unchanged" };
  if (!(await standsFor(account, asset.wabaId, token))) return { outcome: "not_granted" };
  return keepToken(deps, { asset, by, held, token });
}

function askForToken(account: MetaAccount, businessId: string): Promise<GraphReply> {
  return account.graph.ask({
    method: "POST",
    path: `/${businessId}/system_user_access_tokens`,
    query: { fetch_only: "true" },
    token: account.token,
    timeoutMs: ASK_TIMEOUT_MS,
  });
}

/** A token that Meta calls valid for our app and this WABA: only such a one takes another's place. */
async function standsFor(account: MetaAccount, wabaId: string, token: string): Promise<boolean> {
  const replies = await askClientToken(account, { wabaId, token });
  const { AppInstalled: app } = judgeClientToken(replies, { wabaId, appId: account.appId });
  return app.verdict === "true";
}

async function keepToken(
  deps: Pick<ShareDeps, "db" | "clock"> & { keyring: Keyring },
  { asset, by, held, token }: { asset: Asset; by: By; held: string | undefined; token: string },
): Promise<Obtained> {
  const { keyring } = deps;
  return deps.db.transaction(async (tx) => {
    await tx.query("select 1 from asset where id = $1 for update", [asset.id]);
    if ((await findClientToken(tx, keyring, asset)) !== held) return { outcome: "superseded" };
    const now = deps.clock.now();
    await saveClientToken(tx, keyring, asset, token, now);
    const outcome = held === undefined ? ("obtained" as const) : ("replaced" as const);
    await appendObservation(tx, {
      connectionId: asset.connectionId,
      assetId: asset.id,
      at: now,
      kind: "command",
      source: by.actor === "system" ? "system" : "operator",
      title: `token.${outcome}`,
      detail: null,
      evidence: null,
      ...by,
    });
    return { outcome, token };
  });
}
