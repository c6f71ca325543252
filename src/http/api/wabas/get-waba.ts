import type { Sql } from "../../../database/database.ts";
import { readConnections } from "../../../directory/connection-store.ts";
import { findOwnerId } from "../../../directory/meta-id-store.ts";
import { findNumber, type NumberEntry } from "../../../directory/number-store.ts";
import { Problem } from "../../../problems.ts";
import type { NumberState } from "../../../sharing/status/share-state.ts";
import { setVersion } from "../../kit/etag.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { readWabaViews } from "./read-wabas.ts";
import { renderWaba, type WabaContext, type WabaView } from "./render-waba.ts";
import type { WabaJson } from "./waba-schema.ts";

/** The asset of Meta's WABA id, in whichever connection knows it. Throws the problem that people read. */
export async function getAssetId(sql: Sql, wabaId: string): Promise<string> {
  for (const connection of await readConnections(sql)) {
    const assetId = await findOwnerId(sql, connection.id, "waba", wabaId);
    if (assetId !== undefined) return assetId;
  }
  throw new Problem("waba_not_found", { id: wabaId });
}

export async function getWabaView(deps: Pick<HttpDeps, "db" | "clock">, wabaId: string): Promise<WabaView> {
  return getViewOf(deps, await getAssetId(deps.db, wabaId), wabaId);
}

/** The WABA as the API shows it. */
export async function renderWabaNow(
  deps: Pick<HttpDeps, "db" | "clock" | "settings">,
  wabaId: string,
): Promise<WabaJson> {
  return renderWaba(await getWabaView(deps, wabaId), contextOf(deps));
}

/** The same, with the version of what people may edit of it. */
export async function renderVersioned(
  deps: Pick<HttpDeps, "db" | "clock" | "settings">,
  wabaId: string,
  answerHeaders: Headers,
): Promise<WabaJson> {
  const view = await getWabaView(deps, wabaId);
  setVersion(answerHeaders, view.case.version);
  return renderWaba(view, contextOf(deps));
}

/** A number by our id or Meta's, with its WABA and its state there. */
export interface NumberView {
  number: NumberEntry;
  state: NumberState;
  view: WabaView;
}

export async function getNumberView(deps: Pick<HttpDeps, "db" | "clock">, id: string): Promise<NumberView> {
  const number = await findNumber(deps.db, id);
  if (number === undefined) throw new Problem("number_not_found", { id });
  const view = await getViewOf(deps, number.assetId, number.assetId);
  const state = view.state.numbers.find((candidate) => candidate.numberId === number.id);
  if (state === undefined) throw new Problem("number_not_found", { id });
  return { number, state, view };
}

async function getViewOf(
  deps: Pick<HttpDeps, "db" | "clock">,
  assetId: string,
  askedFor: string,
): Promise<WabaView> {
  const [view] = await readWabaViews(deps.db, [assetId], deps.clock.now());
  if (view === undefined) throw new Problem("waba_not_found", { id: askedFor });
  return view;
}

export function contextOf(deps: Pick<HttpDeps, "settings" | "clock">): WabaContext {
  const { partnerName, partnerBusinessId, businessSuiteUrl, brand } = deps.settings;
  return {
    partnerName,
    partnerBusinessId,
    businessSuiteUrl,
    brand,
    now: deps.clock.now(),
  };
}
