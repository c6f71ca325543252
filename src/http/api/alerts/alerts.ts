import { z } from "@hono/zod-openapi";
import { findAlert, readAlerts } from "../../../alerting/alert-store.ts";
import type { Alert } from "../../../alerting/alert.ts";
import { SEVERITIES } from "../../../alerting/rules.ts";
import type { Sql } from "../../../database/database.ts";
import { Problem } from "../../../problems.ts";
import { parseCursor, renderCursor } from "../../../reports/page-cursor.ts";
import { Cursor, Limit, listOf, pageOf } from "../../kit/list-schema.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { getAssetId } from "../wabas/get-waba.ts";
import { AlertSchema, SHOWN_STATES, type AlertJson } from "./alert-schema.ts";
import { readAlertViews } from "./read-alert-views.ts";
import { renderAlert } from "./render-alert.ts";

const AlertId = z.object({ id: z.string().max(64) });
const WABAS_IN_LIST = 10;
const WABAS_OF_ONE = 100;

const list = defineRoute({
  method: "GET",
  path: "/api/v1/alerts",
  who: "viewer",
  name: "listAlerts",
  group: "Alerts",
  summary: "What people must know: alerts that fire or fired, newest first",
  description: "An alert that was over before anybody was told is not listed.",
  query: z.strictObject({
    state: z.enum(SHOWN_STATES).optional().openapi({
      description: "`acknowledged`: it fires and somebody is on it; `firing`: nobody is yet.",
    }),
    severity: z.enum(SEVERITIES).optional(),
    waba_id: z.string().max(64).optional(),
    limit: Limit,
    cursor: Cursor,
  }),
  answer: { status: 200, description: "One page.", schema: listOf(AlertSchema) },
  problems: ["invalid_cursor", "waba_not_found"],
  audit: null,
  async handle({ deps: { db, clock }, query }) {
    const { state = null, severity = null, waba_id: wabaId, limit, cursor } = query;
    const from = parseCursor(cursor, "alerts", 2)?.values;
    const before = from ? { startedAt: Number(from[0]), id: String(from[1]) } : null;
    const assetId = wabaId === undefined ? null : await getAssetId(db, wabaId);
    const alerts = await readAlerts(db, { state, severity, assetId }, { before, limit: limit + 1 });
    const cursorOf = ({ startedAt, id }: Alert): string =>
      renderCursor({ sort: "alerts", values: [startedAt, id] });
    const shown = await readAlertViews(db, alerts.slice(0, limit), { wabaLimit: WABAS_IN_LIST });
    return pageOf(alerts, limit, cursorOf, () => shown.map((view) => renderAlert(view, clock.now())));
  },
});

const get = defineRoute({
  method: "GET",
  path: "/api/v1/alerts/{id}",
  who: "viewer",
  name: "getAlert",
  group: "Alerts",
  summary: "One alert",
  params: AlertId,
  answer: { status: 200, description: "The alert.", schema: AlertSchema },
  problems: ["alert_not_found"],
  audit: null,
  handle: ({ deps, params }) => renderAlertNow(deps.db, params.id, deps.clock.now()),
});

/** @throws Problem alert_not_found, also for one of which nobody was told */
async function renderAlertNow(sql: Sql, id: string, now: number): Promise<AlertJson> {
  const alert = await findAlert(sql, id);
  if (alert === undefined || alert.firedAt === null) throw new Problem("alert_not_found", { id });
  const [view] = await readAlertViews(sql, [alert], { wabaLimit: WABAS_OF_ONE });
  if (view === undefined) throw new Problem("alert_not_found", { id });
  return renderAlert(view, now);
}

export const alertRoutes: Route[] = [list, get];
