import { findClientToken, saveClientToken } from "../../credentials/client-token-store.ts";
import type { Asset } from "../../directory/asset-store.ts";
import { findClients } from "../../directory/client-store.ts";
import type { Keyring } from "../../lib/keyring.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { judgeClientToken } from "../evidence/client-evidence.ts";
import { askClientToken } from "./ask-client-token.ts";
import { metaMessageOf } from "../evidence/evidence-table.ts";
import type { MetaAccount } from "./meta-account.ts";
import type { By, RecordDeps } from "../record/record-observation.ts";
import { appendTimeline } from "../record/timeline-store.ts";

/**
 * The outcome. `unchanged`: Meta gives the token that we hold. `no_owner`: the client's portfolio is not
 * known. `not_granted`: the token that Meta gave does not list this WABA. `superseded`: a signup replaced the
 * token meanwhile.
 */
export type Obtained =
  | { outcome: "obtained" | "replaced"; token: string }
  | { outcome: "unchanged" | "no_owner" | "not_granted" | "superseded" }
  | { outcome: "refused"; metaMessage: string };

const ASK_TIMEOUT_MS = 2500;

/**
 * Asks Meta for the client's own token again, without a signup, while the share and the grant are intact.
 * Seals it in place of the held one. The call is `POST /{client's portfolio}/system_user_access_tokens` with
 * `fetch_only` (hosted Embedded Signup, 2026-06; this use is inferred). The Graph client adds the
 * `appsecret_proof` that this edge requires. It changes nothing at Meta.
 */
export async function obtainClientToken(
  deps: Pick<RecordDeps, "db" | "clock"> & { keyring: Keyring },
  input: { asset: Asset; account: MetaAccount; by: By },
): Promise<Obtained> {
  const { asset, account, by } = input;
  const held = await findClientToken(deps.db, deps.keyring, asset);
  const [client] = await findClients(deps.db, [asset.clientId]);
  const businessId = client?.businessId ?? null;
  if (businessId === null) return { outcome: "no_owner" };
  const reply = await askForToken(account, businessId);
  const token = reply.kind === "success" ? reply.body.access_token : undefined;
  if (typeof token !== "string" || token === "")
    return { outcome: "refused", metaMessage: metaMessageOf(reply) };
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

/** Whether Meta calls the token valid for our app and this WABA. Only such a token replaces another. */
async function standsFor(account: MetaAccount, wabaId: string, token: string): Promise<boolean> {
  const replies = await askClientToken(account, { wabaId, token });
  const { AppInstalled: app } = judgeClientToken(replies, { wabaId, appId: account.appId });
  return app.verdict === "true";
}

async function keepToken(
  deps: Pick<RecordDeps, "db" | "clock"> & { keyring: Keyring },
  { asset, by, held, token }: { asset: Asset; by: By; held: string | undefined; token: string },
): Promise<Obtained> {
  const { keyring } = deps;
  return deps.db.transaction(async (tx) => {
    await tx.query("select 1 from asset where id = $1 for update", [asset.id]);
    if ((await findClientToken(tx, keyring, asset)) !== held) return { outcome: "superseded" };
    const now = deps.clock.now();
    await saveClientToken(tx, keyring, asset, token);
    const outcome = held === undefined ? ("obtained" as const) : ("replaced" as const);
    await appendTimeline(tx, [
      {
        connectionId: asset.connectionId,
        assetId: asset.id,
        at: now,
        kind: "command",
        source: by.actor === "system" ? "system" : "operator",
        title: `token.${outcome}`,
        detail: null,
        evidence: null,
        ...by,
      },
    ]);
    return { outcome, token };
  });
}
