import type { Limits } from "../../../access/actor.ts";
import { DatabaseError } from "../../../database/database.ts";
import type { AppActivityState } from "../../../coexistence/app-activity.ts";
import type { DecidingSignal } from "../../../sharing/model/client-signals.ts";
import { Problem } from "../../../problems.ts";
import { contextOf } from "./get-waba.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { pageOf } from "../../kit/list-schema.ts";
import { parseCursor, renderCursor } from "../../../reports/page-cursor.ts";
import { readWabaViews } from "./read-wabas.ts";
import { renderWabaSummary } from "./render-waba.ts";
import type { WabaSummaryJson } from "./waba-schema.ts";
import {
  readWabaPage,
  sortValueCount,
  type SortName,
  type WabaFilter,
  type WabaListQuery,
} from "../../../reports/waba-list-store.ts";

export const SORT_WORDS = [
  "attention",
  "-attention",
  "name",
  "-name",
  "since",
  "-since",
  "last_proven_at",
  "-last_proven_at",
] as const;

export interface WabaListInput {
  q?: string | undefined;
  status?: string[] | undefined;
  reason?: string | undefined;
  kind?: string | undefined;
  client_id?: string | undefined;
  who_must_act?: string | undefined;
  app_activity?: AppActivityState[] | undefined;
  client_signal?: DecidingSignal[] | undefined;
  broken?: "true" | "false" | undefined;
  incident?: string | undefined;
  owner?: string | undefined;
  tag?: string[] | undefined;
  mentions?: string | undefined;
  snoozed?: "true" | "false" | undefined;
  sort: (typeof SORT_WORDS)[number];
  limit: number;
  cursor?: string | undefined;
}

export interface WabaList {
  data: WabaSummaryJson[];
  has_more: boolean;
  next_cursor: string | null;
}

/** One page of the list, each WABA as it is now. */
export async function readWabaList(
  deps: Pick<HttpDeps, "db" | "clock" | "settings">,
  input: WabaListInput,
  within: Limits,
): Promise<WabaList> {
  const query = queryOf(input, within, deps.clock.now());
  const rows = await readRows(deps, { ...query, limit: input.limit + 1 });
  const ids = rows.slice(0, input.limit).map((row) => row.assetId);
  const views = await readWabaViews(deps.db, ids, deps.clock.now());
  const cursorOf = (last: (typeof rows)[number]): string =>
    renderCursor({ sort: input.sort, values: last.values });
  return pageOf(rows, input.limit, cursorOf, () =>
    views.map((view) => renderWabaSummary(view, contextOf(deps), input.q)),
  );
}

function queryOf(input: WabaListInput, within: Limits, now: number): Omit<WabaListQuery, "limit"> {
  const order = sortOf(input.sort);
  return {
    filter: filterOf(input, within, now),
    ...order,
    after: parseCursor(input.cursor, input.sort, sortValueCount(order.sort)),
  };
}

export function filterOf(input: WabaListInput, within: Limits, now: number): WabaFilter {
  return {
    within,
    q: input.q,
    statuses: input.status,
    reason: input.reason,
    kind: input.kind,
    clientId: input.client_id,
    whoMustAct: input.who_must_act,
    appActivity: input.app_activity && { states: input.app_activity, now },
    clientSignals: input.client_signal,
    broken: input.broken === undefined ? undefined : input.broken === "true",
    incident: input.incident,
    ownerId: input.owner,
    tags: input.tag,
    mentions: input.mentions,
    snoozed: input.snoozed === undefined ? undefined : { is: input.snoozed === "true", now },
  };
}

export function sortOf(sort: WabaListInput["sort"]): Pick<WabaListQuery, "sort" | "descending"> {
  return { sort: sort.replace(/^-/, "") as SortName, descending: sort.startsWith("-") };
}

/**
 * A forged cursor reaches the database as a value of the wrong type (SQLSTATE class 22): the caller's
 * mistake.
 */
async function readRows(deps: Pick<HttpDeps, "db">, query: WabaListQuery): ReturnType<typeof readWabaPage> {
  try {
    return await readWabaPage(deps.db, query);
  } catch (cause) {
    if (query.after && cause instanceof DatabaseError && cause.code.startsWith("22"))
      throw new Problem("invalid_cursor", {}, { cause });
    throw cause;
  }
}
