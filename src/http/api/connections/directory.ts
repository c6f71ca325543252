import { isLimited } from "../../../access/actor.ts";
import { z } from "@hono/zod-openapi";
import { readConnections, type Connection } from "../../../directory/connection-store.ts";
import { findClients, readClients } from "../../../directory/client-store.ts";
import { countSignedSince } from "../../../onboarding/signup/signup-store.ts";
import { readWebhookChecks } from "../../../connection/webhook-check-store.ts";
import {
  WEBHOOK_CHECKS,
  WEBHOOK_CHECK_OUTCOMES,
  type WebhookCheckOutcome,
  type KnownWebhookCheck,
} from "../../../connection/webhook-check.ts";
import { CAP_WINDOW_MS, capWarningsOf, warningsOf, WARNING_CODES } from "./connection-warnings.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { Cursor, Limit, listOf, pageOf } from "../../kit/list-schema.ts";
import { parseCursor, renderCursor } from "../../../reports/page-cursor.ts";
import { renderWebhookCheck } from "./render-webhook-check.ts";
import { renderClient } from "../wabas/render-waba.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { readUnsubscribed, type Unsubscribed } from "../../../reports/unsubscribed-store.ts";
import { ClientSchema, Instant } from "../wabas/waba-schema.ts";

const clients = defineRoute({
  method: "GET",
  path: "/api/v1/clients",
  who: "viewer",
  confinedBy: "caller",
  name: "listClients",
  group: "Directory",
  summary: "The clients",
  query: z.strictObject({ limit: Limit, cursor: Cursor }),
  answer: { status: 200, description: "One page.", schema: listOf(ClientSchema) },
  problems: ["invalid_cursor"],
  audit: null,
  async handle({ deps, query: { cursor, limit }, actor }) {
    const after = String(parseCursor(cursor, "clients", 1)?.values[0] ?? "");
    const rows = isLimited(actor)
      ? await findClients(deps.db, [actor.clientId ?? ""])
      : await readClients(deps.db, after, limit + 1);
    const cursorOf = (last: (typeof rows)[number]): string =>
      renderCursor({ sort: "clients", values: [last.id] });
    return pageOf(rows, limit, cursorOf, (page) => page.map(renderClient));
  },
});

const WebhookCheckSchema = z
  .object({
    check: z.enum(WEBHOOK_CHECKS),
    ok: z.boolean(),
    outcome: z.enum(Object.keys(WEBHOOK_CHECK_OUTCOMES) as [WebhookCheckOutcome, ...WebhookCheckOutcome[]]),
    sentence: z.string(),
    repair: z.string().nullable().openapi({ description: "How to fix it; null when nothing is wrong." }),
    repaired_by: z.enum(["sharekeeper", "operator"]).nullable().openapi({
      description:
        "Who must act: Sharekeeper repairs it automatically, or the provider. Null when nothing is wrong.",
    }),
    at: Instant.openapi({ description: "When it was last checked." }),
    since: Instant.openapi({ description: "When the status last changed; a repair counts as a change." }),
    repaired_at: Instant.nullable().openapi({
      description: "When Sharekeeper last repaired it automatically.",
    }),
  })
  .openapi("WebhookCheck", {
    description: "Whether Meta's webhooks can reach us, and whether our token is valid.",
  });
const ConnectionWarningSchema = z
  .object({
    code: z.enum(WARNING_CODES),
    text: z.string(),
    at: z.string().nullable().openapi({
      description: "When Meta ends or ended it; null when no end is known.",
      format: "date-time",
    }),
  })
  .openapi("ConnectionWarning");

const ConnectionSchema = z
  .object({
    id: z.string().openapi({ example: "default" }),
    business_id: z.string().openapi({ description: "Our portfolio at Meta." }),
    app_id: z.string(),
    system_user_id: z.string(),
    graph_version: z.string(),
    partner_name: z.string(),
    mode: z.enum(["enforce", "observe"]),
    webhook_checks: z.array(WebhookCheckSchema).openapi({ description: "Empty until the first check." }),
    unsubscribed: z
      .object({
        count: z.int().min(0),
        wabas: z.array(z.object({ id: z.string(), name: z.string() })).openapi({
          description: "The first five of them.",
        }),
      })
      .openapi({
        description: "Live WABAs without a subscription of our app: their webhooks do not arrive.",
      }),
    signup_version: z
      .string()
      .openapi({ description: "The version of Embedded Signup in use.", example: "v4" }),
    warnings: z.array(ConnectionWarningSchema).openapi({
      description:
        "Versions in use that Meta has ended or ends within 90 days; and Meta's weekly cap of new clients, from 80 % on.",
    }),
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
    const since = deps.clock.now() - CAP_WINDOW_MS;
    const webhookChecks = await readWebhookChecks(deps.db);
    const around = new Map<string, ConnectionDetails>();
    for (const { id } of rows)
      around.set(id, {
        webhook_checks: webhookChecks.get(id) ?? [],
        count: await countSignedSince(deps.db, id, since),
        unsubscribed: await readUnsubscribed(deps.db, id),
      });
    return pageOf(rows, limit, cursorOf, (page) =>
      page.map((row) => renderConnection(row, around.get(row.id) ?? NO_DETAILS, deps)),
    );
  },
});

/**
 * What the API shows beside a connection: webhook health, signups within the cap's window, live WABAs without
 * webhooks.
 */
interface ConnectionDetails {
  webhook_checks: readonly KnownWebhookCheck[];
  count: number;
  unsubscribed: Unsubscribed;
}

const NO_DETAILS: ConnectionDetails = { webhook_checks: [], count: 0, unsubscribed: { count: 0, wabas: [] } };

function renderConnection(
  connection: Connection,
  { webhook_checks: webhookChecks, count, unsubscribed }: ConnectionDetails,
  { settings, clock, termsOf }: Pick<HttpDeps, "clock" | "settings" | "termsOf">,
): z.input<typeof ConnectionSchema> {
  const terms = termsOf(connection.id);
  return {
    id: connection.id,
    business_id: connection.businessId,
    app_id: connection.appId,
    system_user_id: connection.systemUserId,
    graph_version: connection.graphVersion,
    partner_name: connection.partnerName,
    mode: connection.mode,
    webhook_checks: webhookChecks.map(renderWebhookCheck),
    unsubscribed,
    signup_version: settings.signupVersion,
    warnings: [
      ...warningsOf({ graph: connection.graphVersion, signup: settings.signupVersion }, clock.now()),
      ...(terms ? capWarningsOf({ count, cap: terms.onboardingsPerWeek }) : []),
    ],
  };
}

export const directoryRoutes: Route[] = [clients, connections];
