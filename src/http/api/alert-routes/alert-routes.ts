import { z } from "@hono/zod-openapi";
import { readActorNames } from "../../../access/actor-name-store.ts";
import { readNamedChannels } from "../../../alerting/alert-notification-store.ts";
import {
  deleteRoute,
  insertRoute,
  lockRoutes,
  readRoutes,
  saveRoute,
  saveRouteOrder,
} from "../../../alerting/alert-route-store.ts";
import type { AlertRoute } from "../../../alerting/alert-route.ts";
import type { Sql } from "../../../database/database.ts";
import { findClients } from "../../../directory/client-store.ts";
import { newId } from "../../../lib/new-id.ts";
import { withoutUndefined } from "../../../lib/without-undefined.ts";
import { Problem } from "../../../problems.ts";
import { ifMatchOf, setVersion } from "../../kit/etag.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { isoOf } from "../wabas/render-waba.ts";
import { AlertRouteSchema, NewRoute, RouteChange } from "./alert-route-schema.ts";

/** Of a new route every field is given. */
type Complete = { [K in keyof Fields]: Exclude<Fields[K], undefined> };
type Fields = ReturnType<typeof fieldsOf>;

const RouteId = z.object({ id: z.string().max(64) });

const list = defineRoute({
  method: "GET",
  path: "/api/v1/alert-routes",
  who: "operator",
  name: "listAlertRoutes",
  group: "Alerts",
  summary: "Who is told of which alerts, in the order in which routes are tried",
  answer: {
    status: 200,
    description: "All of them.",
    schema: z.object({ data: z.array(AlertRouteSchema) }).openapi("AlertRouteList"),
  },
  problems: [],
  audit: null,
  handle: async ({ deps }) => ({ data: (await readRoutes(deps.db)).map(renderRoute) }),
});

const create = defineRoute({
  method: "POST",
  path: "/api/v1/alert-routes",
  who: "admin",
  name: "createAlertRoute",
  group: "Alerts",
  summary: "Tell channels of certain alerts, from now on",
  body: NewRoute,
  answer: { status: 201, description: "The route.", schema: AlertRouteSchema },
  problems: ["foreign_origin"],
  audit: "alert_route.created",
  async handle({ deps, body, actor, act }) {
    const id = newId("rte", deps.random);
    const fresh: AlertRoute = {
      ...{ id, position: 0, version: 1, createdAt: deps.clock.now(), createdBy: actor.id },
      ...(fieldsOf(body) as Complete),
    };
    act.note({ target: { type: "alert_route", id } });
    const route = await deps.db.transaction(async (tx) => {
      const routes = await lockRoutes(tx);
      await checkRoute(tx, fresh);
      await insertRoute(tx, fresh);
      const placed = orderOf(routes, fresh, body.position ?? routes.length + 1);
      await saveRouteOrder(tx, placed);
      return getRoute(tx, id);
    });
    act.note({ after: auditedOf(route) });
    return renderRoute(route);
  },
});

const get = defineRoute({
  method: "GET",
  path: "/api/v1/alert-routes/{id}",
  who: "operator",
  name: "getAlertRoute",
  group: "Alerts",
  summary: "One route",
  params: RouteId,
  answer: { status: 200, description: "The route.", schema: AlertRouteSchema },
  isVersioned: true,
  problems: ["alert_route_not_found"],
  audit: null,
  async handle({ deps, params, answerHeaders }) {
    const route = await getRoute(deps.db, params.id);
    setVersion(answerHeaders, route.version);
    return renderRoute(route);
  },
});

const change = defineRoute({
  method: "PATCH",
  path: "/api/v1/alert-routes/{id}",
  who: "admin",
  name: "updateAlertRoute",
  group: "Alerts",
  summary: "Change a route, or move it in the order",
  description:
    "Fields that are left out stay; `match` and the lists of channels are replaced as a whole. Alerts that are open keep their route and follow its new periods and channels.",
  params: RouteId,
  body: RouteChange,
  answer: { status: 200, description: "The route as it is now.", schema: AlertRouteSchema },
  isVersioned: true,
  problems: ["alert_route_not_found", "changed_meanwhile", "foreign_origin"],
  audit: "alert_route.updated",
  async handle({ deps, params, body, request, answerHeaders, act }) {
    const matches = ifMatchOf(request);
    const { before, after } = await deps.db.transaction(async (tx) => {
      const routes = await lockRoutes(tx);
      const known = await getRoute(tx, params.id);
      if (!matches(known.version)) throw new Problem("changed_meanwhile");
      const changed = { ...known, ...withoutUndefined(fieldsOf(body)) };
      await checkRoute(tx, changed);
      await saveRoute(tx, changed);
      const others = routes.filter(({ id }) => id !== params.id);
      if (body.position !== undefined) await saveRouteOrder(tx, orderOf(others, changed, body.position));
      return { before: known, after: await getRoute(tx, params.id) };
    });
    act.note({ before: auditedOf(before), after: auditedOf(after) });
    setVersion(answerHeaders, after.version);
    return renderRoute(after);
  },
});

const remove = defineRoute({
  method: "DELETE",
  path: "/api/v1/alert-routes/{id}",
  who: "admin",
  name: "deleteAlertRoute",
  group: "Alerts",
  summary: "Delete a route",
  description: "Whoever was told of an alert by it is still told that the alert is over.",
  params: RouteId,
  answer: { status: 204, description: "Deleted." },
  problems: ["alert_route_not_found", "foreign_origin"],
  audit: "alert_route.deleted",
  async handle({ deps, params, act }) {
    await deps.db.transaction(async (tx) => {
      const routes = await lockRoutes(tx);
      act.note({ before: auditedOf(await getRoute(tx, params.id)) });
      await deleteRoute(tx, params.id);
      await saveRouteOrder(
        tx,
        routes.filter(({ id }) => id !== params.id),
      );
    });
    return null;
  },
});

/** The routes with `moved` at a position, from 1. */
function orderOf(others: readonly AlertRoute[], moved: AlertRoute, position: number): AlertRoute[] {
  const at = Math.min(position, others.length + 1) - 1;
  return [...others.slice(0, at), moved, ...others.slice(at)];
}

/** @throws Problem alert_route_not_found */
async function getRoute(sql: Sql, id: string): Promise<AlertRoute> {
  const route = (await readRoutes(sql)).find((each) => each.id === id);
  if (route === undefined) throw new Problem("alert_route_not_found", { id });
  return route;
}

/**
 * What a route names must exist.
 *
 * @throws Problem invalid_request
 */
async function checkRoute(sql: Sql, route: AlertRoute): Promise<void> {
  const { channelIds, escalateTo, escalateAfterS, match } = route;
  const known = new Set((await readNamedChannels(sql, [...channelIds, ...escalateTo])).map(({ id }) => id));
  const unknownOf = (field: string, ids: readonly string[]): string[] =>
    ids
      .filter((id) => !known.has(id))
      .map((id) => `${field}: ${id} is no channel; GET /api/v1/channels lists them`);
  const faults = [...unknownOf("channel_ids", channelIds), ...unknownOf("escalate_to", escalateTo)];
  if (escalateAfterS !== null && escalateTo.length === 0)
    faults.push("escalate_to: name the channels that are told after escalate_after_s");
  if (escalateAfterS === null && escalateTo.length > 0)
    faults.push("escalate_after_s: say after how many seconds escalate_to is told");
  if (match.clientId !== undefined && (await findClients(sql, [match.clientId])).length === 0)
    faults.push(`match.client_id: ${match.clientId} is no client`);
  if (match.ownerId !== undefined && !(await readActorNames(sql, [match.ownerId])).has(match.ownerId))
    faults.push(`match.owner_id: ${match.ownerId} is no person and no key`);
  if (faults.length > 0) throw new Problem("invalid_request", { faults: faults.join("; ") });
}

function fieldsOf(body: z.output<typeof RouteChange>) {
  const { match, quiet_hours: quiet } = body;
  const hours = quiet && { from: quiet.from, to: quiet.to, timeZone: quiet.time_zone };
  return {
    ...{ name: body.name, channelIds: body.channel_ids, pendingS: body.pending_s },
    ...{ keepFiringS: body.keep_firing_s, repeatS: body.repeat_s, quietHours: hours },
    ...{ escalateAfterS: body.escalate_after_s, escalateTo: body.escalate_to },
    match:
      match &&
      withoutUndefined({
        ...{ rule: match.rule, severity: match.severity, tag: match.tag },
        ...{ clientId: match.client_id, ownerId: match.owner_id },
      }),
  };
}

function renderRoute(route: AlertRoute): z.input<typeof AlertRouteSchema> {
  const { rule, severity, clientId, tag, ownerId } = route.match;
  const hours = route.quietHours;
  return {
    ...{ id: route.id, name: route.name, position: route.position },
    match: withoutUndefined({ rule, severity, client_id: clientId, tag, owner_id: ownerId }),
    ...{ channel_ids: [...route.channelIds], pending_s: route.pendingS, keep_firing_s: route.keepFiringS },
    repeat_s: route.repeatS,
    quiet_hours: hours && { from: hours.from, to: hours.to, time_zone: hours.timeZone },
    ...{ escalate_after_s: route.escalateAfterS, escalate_to: [...route.escalateTo] },
    ...{ created_at: isoOf(route.createdAt), created_by: route.createdBy },
  };
}

function auditedOf(route: AlertRoute): Record<string, unknown> {
  const { id: _id, created_at: _at, created_by: _by, ...fields } = renderRoute(route);
  return fields;
}

export const alertRouteRoutes: Route[] = [list, create, get, change, remove];
