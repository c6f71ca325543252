import { z } from "@hono/zod-openapi";
import {
  countExplained,
  findOpenIncidents,
  readIncidents,
} from "../../../sharing/incidents/incident-store.ts";
import type { Incident } from "../../../sharing/rules/incident.ts";
import { Cursor, Limit, listOf, pageOf } from "../../kit/list-schema.ts";
import { parseCursor, renderCursor } from "../../../reports/page-cursor.ts";
import { renderIncident } from "./render-incident.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Instant } from "../wabas/waba-schema.ts";

const Count = z.int().min(0);

const IncidentSchema = z
  .object({
    id: z.string().openapi({ example: "inc_4k3…" }),
    connection: z.string().openapi({ example: "default" }),
    about: z.enum(["meta", "provider"]).openapi({ description: "Meta, or our own token, app or network." }),
    reason: z.string().openapi({ example: "meta_unreachable" }),
    title: z.string(),
    detail: z.string(),
    opened_at: Instant,
    ended_at: Instant.nullable(),
    ended_why: z.enum(["recovered", "losses_confirmed"]).nullable(),
    probed: Count.openapi({ description: "WABAs probed in the window when the incident opened." }),
    troubled: Count.openapi({ description: "Of these, WABAs that failed." }),
    most_troubled: Count.openapi({ description: "The most WABAs that failed at the same time." }),
    confirmed: Count.openapi({ description: "WABAs whose loss was confirmed." }),
    explained: Count.openapi({
      description:
        "WABAs that are `unknown` because of it now, as `GET /wabas?incident={id}` lists them. 0 once it has ended.",
    }),
  })
  .openapi("Incident", {
    description: "Many WABAs failed together. While it lasts, probes alone never prove a removal.",
  });

const list = defineRoute({
  method: "GET",
  path: "/api/v1/incidents",
  who: "viewer",
  name: "listIncidents",
  group: "Service",
  summary: "Incidents: many WABAs that failed together, newest first",
  query: z.strictObject({
    open: z.enum(["true"]).optional().openapi({ description: "Only what lasts." }),
    limit: Limit,
    cursor: Cursor,
  }),
  answer: { status: 200, description: "One page.", schema: listOf(IncidentSchema) },
  problems: ["invalid_cursor"],
  audit: null,
  async handle({ deps, query: { open, cursor, limit } }) {
    const from = parseCursor(cursor, "incidents", 2)?.values;
    const after = from && { openedAt: Number(from[0]), id: String(from[1]) };
    const rows =
      open === "true"
        ? await findOpenIncidents(deps.db)
        : await readIncidents(deps.db, after ?? null, limit + 1);
    const explained = await countExplained(deps.db);
    const cursorOf = ({ openedAt, id }: Incident): string =>
      renderCursor({ sort: "incidents", values: [openedAt, id] });
    return pageOf(rows, limit, cursorOf, (page) =>
      page.map((incident) => ({ ...renderIncident(incident), explained: explained.get(incident.id) ?? 0 })),
    );
  },
});

export const incidentRoutes: Route[] = [list];
