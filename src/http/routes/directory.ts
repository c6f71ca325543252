import { z } from "@hono/zod-openapi";
import { readConnections, type Connection } from "../../directory/connection-store.ts";
import { readClients } from "../../directory/directory-store.ts";
import { Cursor, Limit, listOf, pageOf } from "../list-schema.ts";
import { parseCursor, renderCursor } from "../page-cursor.ts";
import { renderClient } from "../render-waba.ts";
import { defineRoute, type Route } from "../route.ts";
import { ClientSchema } from "../waba-schema.ts";

const clients = defineRoute({
  method: "GET",
  path: "/api/v1/clients",
  who: "viewer",
  name: "listClients",
  group: "Directory",
  summary: "The clients",
  query: z.strictObject({ limit: Limit, cursor: Cursor }),
  answer: { status: 200, description: "One page.", schema: listOf(ClientSchema) },
  problems: ["invalid_cursor"],
  audit: null,
  async handle({ deps, query: { cursor, limit } }) {
    const after = String(parseCursor(cursor, "clients", 1)?.values[0] ?? "");
    const rows = await readClients(deps.db, after, limit + 1);
    const cursorOf = (last: (typeof rows)[number]): string =>
      renderCursor({ sort: "clients", values: [last.id] });
    return pageOf(rows, limit, cursorOf, (page) => page.map(renderClient));
  },
});

const ConnectionSchema = z
  .object({
    id: z.string().openapi({ example: "default" }),
    business_id: z.string().openapi({ description: "Our portfolio at Meta." }),
    app_id: z.string(),
    system_user_id: z.string(),
    graph_version: z.string(),
    partner_name: z.string(),
    mode: z.enum(["enforce", "observe"]),
  })
  .openapi("Connection");

const connections = defineRoute({
  method: "GET",
  path: "/api/v1/connections",
  who: "viewer",
  name: "listConnections",
  group: "Directory",
  summary: "The connections to Meta, without their secrets",
  query: z.strictObject({ limit: Limit, cursor: Cursor }),
  answer: { status: 200, description: "One page.", schema: listOf(ConnectionSchema) },
  problems: ["invalid_cursor"],
  audit: null,
  async handle({ deps, query: { cursor, limit } }) {
    const after = String(parseCursor(cursor, "connections", 1)?.values[0] ?? "");
    const rows = (await readConnections(deps.db)).filter(({ id }) => id > after);
    const cursorOf = (last: Connection): string => renderCursor({ sort: "connections", values: [last.id] });
    return pageOf(rows, limit, cursorOf, (page) => page.map(renderConnection));
  },
});

function renderConnection(connection: Connection): z.input<typeof ConnectionSchema> {
  return {
    id: connection.id,
    business_id: connection.businessId,
    app_id: connection.appId,
    system_user_id: connection.systemUserId,
    graph_version: connection.graphVersion,
    partner_name: connection.partnerName,
    mode: connection.mode,
  };
}

export const directoryRoutes: Route[] = [clients, connections];
