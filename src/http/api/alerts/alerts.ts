import { z } from "@hono/zod-openapi";
import { findAlert, readAlerts } from "../../../alerting/alert-store.ts";
import type { Alert } from "../../../alerting/alert.ts";
import { changeAlert, type ChangeAlertDeps } from "../../../alerting/change-alert.ts";
import { SEVERITIES } from "../../../alerting/rules.ts";
import type { Sql } from "../../../database/database.ts";
import { Problem } from "../../../problems.ts";
import { parseCursor, renderCursor } from "../../../reports/page-cursor.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { Cursor, Limit, listOf, pageOf } from "../../kit/list-schema.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { getAssetId } from "../wabas/get-waba.ts";
import { isoOrNull } from "../wabas/render-waba.ts";
import { AlertSchema, SHOWN_STATES, type AlertJson } from "./alert-schema.ts";
import { readAlertViews } from "./read-alert-views.ts";
import { renderAlert } from "./render-alert.ts";

const AlertId = z.object({ id: z.string().max(64) });
const WABAS_IN_LIST = 10;
const WABAS_OF_ONE = 100;
const LONGEST_SNOOZE_MS = 90 * 86_400_000;

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

const acknowledge = defineRoute({
  method: "POST",
  path: "/api/v1/alerts/{id}/acknowledge",
  who: "operator",
  name: "acknowledgeAlert",
  group: "Alerts",
  summary: "Say that somebody is on it: it is neither repeated nor escalated any more",
  description:
    "Whoever was told of the alert is told who is on it. The first who acknowledges stays. It is still told when the alert grows, and when it is over.",
  params: AlertId,
  answer: { status: 200, description: "The alert.", schema: AlertSchema },
  problems: ["alert_not_found", "alert_over", "foreign_origin"],
  audit: "alert.acknowledged",
  async handle({ deps, params: { id }, actor, act }) {
    const by = { id: actor.id, name: actor.name };
    const done = await changeAlert(changeDepsOf(deps), id, { is: "acknowledged", by });
    act.note({ target: { type: "alert", id }, ...changeOf(done) });
    return renderAlertNow(deps.db, id, deps.clock.now());
  },
});

const snooze = defineRoute({
  method: "POST",
  path: "/api/v1/alerts/{id}/snooze",
  who: "support",
  name: "snoozeAlert",
  group: "Alerts",
  summary: "Send no more messages about an alert until a time, or until it is worse",
  description:
    "At that time it is told again, if it is not over. `worse`: it is told as soon as more WABAs, numbers or parts join it. `null` ends a snooze. It is always told when the alert is over.",
  params: AlertId,
  body: z.strictObject({
    until: z
      .union([z.iso.datetime({ offset: true }), z.literal("worse")])
      .nullable()
      .openapi({ example: "2026-12-01T08:00:00.000Z" }),
  }),
  answer: { status: 200, description: "The alert.", schema: AlertSchema },
  problems: ["alert_not_found", "alert_over", "foreign_origin"],
  audit: "alert.snoozed",
  async handle({ deps, params: { id }, body, act }) {
    const until = untilOf(body.until, deps.clock.now());
    const done = await changeAlert(changeDepsOf(deps), id, { is: "snoozed", until });
    act.note({ target: { type: "alert", id }, ...changeOf(done) });
    return renderAlertNow(deps.db, id, deps.clock.now());
  },
});

/** @throws Problem invalid_request where it is no time to come */
function untilOf(until: string | null, now: number): number | "worse" | null {
  if (until === null || until === "worse") return until;
  const at = Date.parse(until);
  if (at <= now || at > now + LONGEST_SNOOZE_MS) {
    const faults = `until: ${until} is not within the next 90 days. Use a later time, or "worse"`;
    throw new Problem("invalid_request", { faults });
  }
  return at;
}

const changeDepsOf = ({
  db,
  clock,
  random,
  settings,
}: Pick<HttpDeps, "db" | "clock" | "random" | "settings">): ChangeAlertDeps => ({
  ...{ db, clock, random, publicUrl: settings.publicUrl },
});

/** What the audit keeps. */
function changeOf({ before, after }: { before: Alert; after: Alert }) {
  const partsOf = ({ acknowledgedBy, snoozedUntil, snoozedAbove }: Alert) => ({
    ...{ acknowledged_by: acknowledgedBy, snoozed_until: isoOrNull(snoozedUntil) },
    snoozed_until_worse: snoozedAbove !== null,
  });
  return { before: partsOf(before), after: partsOf(after) };
}

/** @throws Problem alert_not_found, also for one of which nobody was told */
async function renderAlertNow(sql: Sql, id: string, now: number): Promise<AlertJson> {
  const alert = await findAlert(sql, id);
  if (alert === undefined || alert.firedAt === null) throw new Problem("alert_not_found", { id });
  const [view] = await readAlertViews(sql, [alert], { wabaLimit: WABAS_OF_ONE });
  if (view === undefined) throw new Problem("alert_not_found", { id });
  return renderAlert(view, now);
}

export const alertRoutes: Route[] = [list, get, acknowledge, snooze];
