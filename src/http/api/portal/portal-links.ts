import { z } from "@hono/zod-openapi";
import { keyHashOf } from "../../../access/api-key.ts";
import { insertPortalLink } from "../../../access/portal-link-store.ts";
import { findClients } from "../../../directory/client-store.ts";
import { Problem } from "../../../problems.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { isoOf } from "../wabas/render-waba.ts";
import { Instant } from "../wabas/waba-schema.ts";

const LIFETIME_MS = 7 * 24 * 3_600_000;
const TOKEN_BYTES = 32;

const open = defineRoute({
  method: "POST",
  path: "/api/v1/clients/{client_id}/portal-links",
  who: "operator",
  name: "openPortalLink",
  group: "Onboarding",
  summary: "Make a link that lets a client into its portal once",
  description: "For a mail that you send yourself. The link is shown here only, and is valid for 7 days.",
  params: z.object({ client_id: z.string().max(64) }),
  answer: {
    status: 201,
    description: "The link. Anyone with it can open the portal, once.",
    schema: z.object({ url: z.string(), expires_at: Instant }),
  },
  problems: ["client_not_found", "foreign_origin"],
  audit: "portal_link.created",
  async handle({ deps, actor, params }) {
    const clientId = params.client_id;
    const isOther = actor.clientId !== null && actor.clientId !== clientId;
    const [client] = isOther ? [] : await findClients(deps.db, [clientId]);
    if (client === undefined) throw new Problem("client_not_found", { id: clientId });
    const token = deps.random.bytes(TOKEN_BYTES).toString("base64url");
    const now = deps.wallClock.now();
    const expiresAt = now + LIFETIME_MS;
    const hash = keyHashOf(token);
    await insertPortalLink(deps.db, { hash, clientId, createdBy: actor.id, createdAt: now, expiresAt });
    return { url: `${deps.baseUrl()}/portal/enter?link=${token}`, expires_at: isoOf(expiresAt) };
  },
});

export const portalLinkRoutes: Route[] = [open];
