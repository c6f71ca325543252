import { z } from "@hono/zod-openapi";
import { openReshareLink } from "../../../recovery/open-reshare-link.ts";
import { readLinks } from "../../../recovery/reshare-link-store.ts";
import { outcomeOf, LIFETIME_S, type ReshareLink } from "../../../recovery/reshare-link.ts";
import { revokeReshareLink } from "../../../recovery/revoke-reshare-link.ts";
import { Problem } from "../../../problems.ts";
import { getAssetId } from "../wabas/get-waba.ts";
import { listOf } from "../../kit/list-schema.ts";
import { isoOf, isoOrNull } from "../wabas/render-waba.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Instant } from "../wabas/waba-schema.ts";
import { WabaId } from "../wabas/wabas.ts";

const Link = z
  .object({
    id: z.string().openapi({ example: "rsl_8k2m5v9q3w7x1z4c6b0n" }),
    url: z.string().openapi({ description: "The client's page. Anyone with this address can open it." }),
    expires_at: Instant,
  })
  .openapi("ReshareLink");

const ListedLink = z
  .object({
    id: z.string(),
    state: z.enum(["live", "expired", "revoked"]),
    created_at: Instant,
    created_by: z.string().openapi({ description: "An actor, or `system` when the gate closed." }),
    expires_at: Instant,
    revoked_at: Instant.nullable(),
    opened_at: Instant.nullable().openapi({
      description: "When somebody outside your team first opened it.",
    }),
    last_seen_at: Instant.nullable(),
    used_at: Instant.nullable().openapi({
      description: "When the WABA was shared again after the link was opened.",
    }),
    language: z
      .string()
      .nullable()
      .openapi({ description: "The language of the last person who opened it." }),
  })
  .openapi("ListedReshareLink");

const MOST_LINKS = 100;

const list = defineRoute({
  method: "GET",
  path: "/api/v1/wabas/{waba_id}/reshare-links",
  who: "viewer",
  scope: "reshare",
  name: "listReshareLinks",
  group: "WABAs",
  summary: "The re-share links of a WABA, newest first",
  description: "The state of each link, without its address: `POST` answers with the live link's address.",
  params: WabaId,
  answer: { status: 200, description: "The newest 100 links.", schema: listOf(ListedLink) },
  problems: ["waba_not_found"],
  audit: null,
  async handle({ deps, params }) {
    const links = await readLinks(deps.db, await getAssetId(deps.db, params.waba_id), MOST_LINKS);
    return {
      data: links.map((link) => listedOf(link, deps.clock.now())),
      has_more: false,
      next_cursor: null,
    };
  },
});

function listedOf(link: ReshareLink, now: number): z.input<typeof ListedLink> {
  return {
    id: link.id,
    state: outcomeOf(link, now),
    created_at: isoOf(link.createdAt),
    created_by: link.createdBy,
    expires_at: isoOf(link.expiresAt),
    revoked_at: isoOrNull(link.revokedAt),
    opened_at: isoOrNull(link.openedAt),
    last_seen_at: isoOrNull(link.lastSeenAt),
    used_at: isoOrNull(link.usedAt),
    language: link.language,
  };
}

const Wish = z.strictObject({
  expires_in_s: z
    .int()
    .min(LIFETIME_S.least)
    .max(LIFETIME_S.most)
    .optional()
    .openapi({ description: "How long a new link is valid. An existing link keeps its own end." }),
  rotate: z
    .boolean()
    .default(false)
    .openapi({ description: "Creates a new link; the old one ends at once." }),
});

const open = defineRoute({
  method: "POST",
  path: "/api/v1/wabas/{waba_id}/reshare-links",
  who: "support",
  scope: "reshare",
  name: "openReshareLink",
  group: "WABAs",
  summary: "Get or create the client's re-share link",
  description:
    "The live link unchanged; a new link when there is none, or with `rotate`. It also answers a client's request for a new link.",
  params: WabaId,
  body: Wish,
  answer: { status: 200, description: "The live link of this WABA.", schema: Link },
  problems: ["waba_not_found", "foreign_origin"],
  audit: "reshare_link.opened",
  async handle({ deps, params, body, by, act }) {
    act.note({ detail: { rotate: body.rotate, expires_in_s: body.expires_in_s } });
    const link = await openReshareLink(deps, {
      assetId: await getAssetId(deps.db, params.waba_id),
      rotate: body.rotate,
      lifetimeMs: body.expires_in_s && body.expires_in_s * 1000,
      by,
    });
    if (link === undefined) throw new Problem("waba_not_found", { id: params.waba_id });
    return { id: link.id, url: deps.reshareTokens.urlOf(link.id), expires_at: isoOf(link.expiresAt) };
  },
});

const revoke = defineRoute({
  method: "DELETE",
  path: "/api/v1/wabas/{waba_id}/reshare-links/{link_id}",
  who: "support",
  scope: "reshare",
  name: "revokeReshareLink",
  group: "WABAs",
  summary: "Revoke a re-share link",
  params: WabaId.extend({ link_id: z.string().max(64) }),
  answer: { status: 204, description: "The link is no longer valid." },
  problems: ["waba_not_found", "link_not_found", "foreign_origin"],
  audit: "reshare_link.revoked",
  async handle({ deps, params, by, act }) {
    act.note({ target: { type: "reshare_link", id: params.link_id, wabaId: params.waba_id } });
    const assetId = await getAssetId(deps.db, params.waba_id);
    if (!(await revokeReshareLink(deps, { assetId, linkId: params.link_id, by })))
      throw new Problem("link_not_found");
    return null;
  },
});

export const reshareLinkRoutes: Route[] = [list, open, revoke];
