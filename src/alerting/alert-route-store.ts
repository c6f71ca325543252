import { z } from "zod";
import type { Sql, Tx } from "../database/database.ts";
import { lockNames } from "../database/lock-names.ts";
import type { AlertRoute } from "./alert-route.ts";
import { ALERT_RULES, SEVERITIES, type RuleId } from "./rules.ts";
import { withoutUndefined } from "../lib/without-undefined.ts";

const Match = z.object({
  rule: z.enum(Object.keys(ALERT_RULES) as [RuleId, ...RuleId[]]).optional(),
  severity: z.enum(SEVERITIES).optional(),
  clientId: z.string().optional(),
  tag: z.string().optional(),
  ownerId: z.string().optional(),
});

const Row = z.object({
  id: z.string(),
  name: z.string(),
  position: z.number(),
  match: Match,
  channel_ids: z.array(z.string()),
  pending_s: z.number().nullable(),
  keep_firing_s: z.number().nullable(),
  repeat_s: z.number().nullable(),
  quiet_hours: z.object({ from: z.string(), to: z.string(), timeZone: z.string() }).nullable(),
  escalate_after_s: z.number().nullable(),
  escalate_to: z.array(z.string()),
  version: z.number(),
  created_at: z.date(),
  created_by: z.string(),
});
const COLUMNS = Object.keys(Row.shape).join(", ");

/** In the order in which they are tried. */
export async function readRoutes(sql: Sql): Promise<AlertRoute[]> {
  const rows = await sql.query(`select ${COLUMNS} from alert_route order by position, id`);
  return rows.map(routeOfRow);
}

export async function insertRoute(sql: Sql, route: AlertRoute): Promise<void> {
  await sql.query(
    `insert into alert_route (id, name, position, match, channel_ids, pending_s, keep_firing_s, repeat_s,
       quiet_hours, escalate_after_s, escalate_to, version, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      ...[route.id, route.name, route.position, JSON.stringify(route.match), route.channelIds],
      ...[route.pendingS, route.keepFiringS, route.repeatS],
      ...[route.quietHours === null ? null : JSON.stringify(route.quietHours), route.escalateAfterS],
      ...[route.escalateTo, route.version, new Date(route.createdAt), route.createdBy],
    ],
  );
}

/** In the order in which they are tried. Nobody else changes any route until the transaction ends. */
export async function lockRoutes(tx: Tx): Promise<AlertRoute[]> {
  await lockNames(tx, "alert routes");
  return readRoutes(tx);
}

/** Saves all but its position, and counts the edit. */
export async function saveRoute(sql: Sql, route: AlertRoute): Promise<void> {
  await sql.query(
    `update alert_route set name = $2, match = $3, channel_ids = $4, pending_s = $5, keep_firing_s = $6,
       repeat_s = $7, quiet_hours = $8, escalate_after_s = $9, escalate_to = $10, version = version + 1
     where id = $1`,
    [
      ...[route.id, route.name, JSON.stringify(route.match), route.channelIds, route.pendingS],
      ...[route.keepFiringS, route.repeatS],
      ...[route.quietHours === null ? null : JSON.stringify(route.quietHours), route.escalateAfterS],
      route.escalateTo,
    ],
  );
}

/** Numbers the routes from 1, in this order. */
export async function saveRouteOrder(tx: Tx, routes: readonly Pick<AlertRoute, "id">[]): Promise<void> {
  await tx.query(
    `update alert_route route set position = placed.position
     from unnest($1::text[]) with ordinality as placed (id, position)
     where route.id = placed.id and route.position <> placed.position`,
    [routes.map(({ id }) => id)],
  );
}

export async function deleteRoute(sql: Sql, id: string): Promise<void> {
  await sql.query("delete from alert_route where id = $1", [id]);
}

function routeOfRow(row: object): AlertRoute {
  const known = Row.parse(row);
  return {
    ...{ id: known.id, name: known.name, position: known.position, match: withoutUndefined(known.match) },
    ...{ channelIds: known.channel_ids, pendingS: known.pending_s, keepFiringS: known.keep_firing_s },
    ...{ repeatS: known.repeat_s, quietHours: known.quiet_hours, escalateAfterS: known.escalate_after_s },
    ...{ escalateTo: known.escalate_to, version: known.version, createdAt: known.created_at.getTime() },
    createdBy: known.created_by,
  };
}
