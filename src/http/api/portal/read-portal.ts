import type { Actor } from "../../../access/actor.ts";
import type { Sql } from "../../../database/database.ts";
import { findAssetIdsOf } from "../../../directory/asset-store.ts";
import { findClients, type Client } from "../../../directory/client-store.ts";
import { parseAcceptLanguage, parseLanguage, type Language } from "../../../messages/languages.ts";
import { Problem } from "../../../problems.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { readWabaViews } from "../wabas/read-wabas.ts";
import type { WabaView } from "../wabas/render-waba.ts";

/**
 * The client whose portal this caller sees.
 *
 * @throws Problem portal_only for a caller of no client, or of one connection: a client may have WABAs of
 * several
 */
export async function getPortalClient(
  { db, baseUrl }: Pick<HttpDeps, "db" | "baseUrl">,
  { clientId, connectionId }: Pick<Actor, "clientId" | "connectionId">,
): Promise<Client> {
  const [client] = clientId === null || connectionId !== null ? [] : await findClients(db, [clientId]);
  if (client === undefined) throw new Problem("portal_only", { url: baseUrl() });
  return client;
}

/** The client's WABAs by name, those that were given up left out. */
export async function readPortalWabas(
  { db, clock }: Pick<HttpDeps, "db" | "clock">,
  clientId: string,
): Promise<WabaView[]> {
  const views = await readWabaViews(db, await findAssetIdsOf(db, clientId), clock.now());
  return views
    .filter(({ state }) => state.status !== "offboarded")
    .toSorted((a, b) => a.asset.name.localeCompare(b.asset.name) || (a.asset.id < b.asset.id ? -1 : 1));
}

/**
 * One WABA of this client, by Meta's id.
 *
 * @throws Problem waba_not_found, for another client's too
 */
export async function getPortalWaba(
  deps: Pick<HttpDeps, "db" | "clock">,
  clientId: string,
  wabaId: string,
): Promise<WabaView> {
  const view = (await readPortalWabas(deps, clientId)).find(({ asset }) => asset.wabaId === wabaId);
  if (view === undefined) throw new Problem("waba_not_found", { id: wabaId });
  return view;
}

/** The language that the reader asks for, else the client's, else the browser's. */
export function portalLanguageOf(
  request: Request,
  client: Pick<Client, "language"> | null,
  wish: string | null = new URL(request.url).searchParams.get("lang"),
): Language {
  return (
    parseLanguage(wish ?? "") ??
    parseLanguage(client?.language ?? "") ??
    parseAcceptLanguage(request.headers.get("accept-language") ?? "") ??
    "en"
  );
}

/** One loss of a WABA. Instants: ms since the epoch. */
export interface PortalLoss {
  reason: string;
  lostAt: number;
  endedAt: number | null;
  outcome: "reopened" | "refuted" | "set_aside" | null;
}

const MOST_LOSSES = 50;

/** The newest losses of these WABAs, newest first, by asset. */
export async function readPortalLosses(
  sql: Sql,
  assetIds: readonly string[],
): Promise<Map<string, PortalLoss[]>> {
  const rows = await sql.query<{
    asset_id: string;
    reason: string;
    lost_at: Date;
    ended_at: Date | null;
    outcome: PortalLoss["outcome"];
  }>(
    `select asset_id, reason, lost_at, ended_at, outcome from (
       select asset_id, reason, coalesce(lost_at, closed_at) as lost_at, ended_at, outcome,
         row_number() over (partition by asset_id order by closed_at desc, id desc) as place
       from episode where asset_id = any($1)
     ) loss where place <= ${MOST_LOSSES} order by asset_id, place`,
    [assetIds],
  );
  const losses = rows.map((row) => ({
    ...{ assetId: row.asset_id, reason: row.reason, outcome: row.outcome },
    ...{ lostAt: row.lost_at.getTime(), endedAt: row.ended_at?.getTime() ?? null },
  }));
  return Map.groupBy(losses, ({ assetId }) => assetId);
}
