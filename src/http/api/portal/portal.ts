import { z } from "@hono/zod-openapi";
import { findContacts } from "../../../directory/client-details-store.ts";
import { clientTextOf } from "../../../messages/client-page.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { listOf } from "../../kit/list-schema.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { contextOf } from "../wabas/get-waba.ts";
import { isoOf } from "../wabas/render-waba.ts";
import { Instant, WhoMustAct } from "../wabas/waba-schema.ts";
import { WabaId } from "../wabas/wabas.ts";
import { openOwnLink } from "./open-own-link.ts";
import { Contacts } from "../clients/contact-schema.ts";
import { changeContacts } from "./portal-contacts.ts";
import {
  getPortalClient,
  getPortalWaba,
  portalLanguageOf,
  readPortalLosses,
  readPortalWabas,
} from "./read-portal.ts";
import { renderPortalHistory, renderPortalWaba, type PortalWaba } from "./render-portal.ts";

const Lang = z.object({
  lang: z.string().max(20).optional().openapi({ description: "Else the client's language, else yours." }),
});

const Portal = z
  .object({
    client: z.object({ id: z.string(), name: z.string(), external_id: z.string().nullable() }),
    language: z.string(),
    brand: z.object({
      name: z.string(),
      color: z.string().nullable(),
      logo_url: z.string().nullable(),
      support: z.string().nullable(),
    }),
    counts: z.object({
      wabas: z.int(),
      must_act: z.int().openapi({ description: "WABAs that the client itself can repair." }),
    }),
  })
  .openapi("Portal");

const Listed = z.object({
  id: z.string(),
  name: z.string(),
  lamp: z.enum(["red", "amber", "green", "grey"]),
  headline: z.string().openapi({ example: "Messages have stopped" }),
  sentence: z.string(),
  since: Instant,
  who_must_act: WhoMustAct,
  numbers: z.array(
    z.object({
      phone_number_id: z.string(),
      display_phone_number: z.string().nullable(),
      verified_name: z.string().nullable(),
      can_send: z.boolean(),
    }),
  ),
  has_reshare_link: z.boolean(),
});

const PortalWabaShape = Listed.openapi("PortalWaba");
const PortalWabaDetail = Listed.extend({
  history: z.array(z.object({ at: Instant, kind: z.enum(["lost", "repaired", "ended"]), text: z.string() })),
}).openapi("PortalWabaDetail");

const overview = defineRoute({
  method: "GET",
  path: "/api/v1/portal",
  who: "client",
  confinedBy: "caller",
  name: "getPortal",
  group: "Onboarding",
  summary: "The client whose portal this is",
  query: Lang,
  answer: { status: 200, description: "The client, its language, and your brand.", schema: Portal },
  problems: ["portal_only"],
  audit: null,
  async handle({ deps, actor, request }) {
    const client = await getPortalClient(deps, actor);
    const wabas = await readWabas(deps, client.id, request, client);
    const { partnerName, brand } = deps.settings;
    const { id, name, externalId } = client;
    return {
      client: { id, name, external_id: externalId },
      language: portalLanguageOf(request, client),
      brand: { name: partnerName, color: brand.color, logo_url: brand.logoUrl, support: brand.support },
      counts: { wabas: wabas.length, must_act: wabas.filter(({ mayRestore }) => mayRestore).length },
    };
  },
});

async function readWabas(
  deps: Pick<HttpDeps, "db" | "clock" | "settings">,
  clientId: string,
  request: Request,
  client: { language: string | null },
): Promise<PortalWaba[]> {
  const text = clientTextOf(portalLanguageOf(request, client));
  const views = await readPortalWabas(deps, clientId);
  return views.map((view) => renderPortalWaba(view, contextOf(deps), text));
}

const listedOf = (waba: PortalWaba): z.input<typeof Listed> => ({
  id: waba.wabaId,
  name: waba.name,
  lamp: waba.lamp,
  headline: waba.headline,
  sentence: waba.sentence,
  since: isoOf(waba.since),
  who_must_act: waba.whoMustAct,
  numbers: waba.numbers.map((number) => ({
    phone_number_id: number.id,
    display_phone_number: number.display,
    verified_name: number.name,
    can_send: number.canSend,
  })),
  has_reshare_link: waba.hasReshareLink,
});

const list = defineRoute({
  method: "GET",
  path: "/api/v1/portal/wabas",
  who: "client",
  confinedBy: "caller",
  name: "listPortalWabas",
  group: "Onboarding",
  summary: "The client's own WABAs, in its words",
  query: Lang,
  answer: { status: 200, description: "All of them, by name.", schema: listOf(PortalWabaShape) },
  problems: ["portal_only"],
  audit: null,
  async handle({ deps, actor, request }) {
    const client = await getPortalClient(deps, actor);
    const wabas = await readWabas(deps, client.id, request, client);
    return { data: wabas.map(listedOf), has_more: false, next_cursor: null };
  },
});

const detail = defineRoute({
  method: "GET",
  path: "/api/v1/portal/wabas/{waba_id}",
  who: "client",
  confinedBy: "caller",
  name: "getPortalWaba",
  group: "Onboarding",
  summary: "One WABA of the client, with its losses and repairs",
  params: WabaId,
  query: Lang,
  answer: { status: 200, description: "The newest 50 losses.", schema: PortalWabaDetail },
  problems: ["portal_only", "waba_not_found"],
  audit: null,
  async handle({ deps, actor, params, request }) {
    const client = await getPortalClient(deps, actor);
    const view = await getPortalWaba(deps, client.id, params.waba_id);
    const text = clientTextOf(portalLanguageOf(request, client));
    const losses = (await readPortalLosses(deps.db, [view.asset.id])).get(view.asset.id) ?? [];
    return {
      ...listedOf(renderPortalWaba(view, contextOf(deps), text)),
      history: renderPortalHistory(losses, deps.settings.partnerName, text).map((line) => ({
        ...line,
        at: isoOf(line.at),
      })),
    };
  },
});

const reshare = defineRoute({
  method: "POST",
  path: "/api/v1/portal/wabas/{waba_id}/reshare-link",
  who: "client",
  confinedBy: "caller",
  name: "openPortalReshareLink",
  group: "Onboarding",
  summary: "The client's own re-share link",
  params: WabaId,
  answer: {
    status: 200,
    description: "The live link of this WABA; a new one when there is none.",
    schema: z.object({ url: z.string(), expires_at: Instant }),
  },
  problems: ["portal_only", "waba_not_found", "foreign_origin"],
  audit: "reshare_link.opened",
  async handle({ deps, actor, params, requestId }) {
    const client = await getPortalClient(deps, actor);
    return openOwnLink(deps, { clientId: client.id, wabaId: params.waba_id, requestId });
  },
});

const ContactList = z.object({ contacts: Contacts }).openapi("PortalContacts");

const contacts = defineRoute({
  method: "GET",
  path: "/api/v1/portal/contacts",
  who: "client",
  confinedBy: "caller",
  name: "getPortalContacts",
  group: "Onboarding",
  summary: "Whom the provider writes to at this client",
  answer: { status: 200, description: "In their order.", schema: ContactList },
  problems: ["portal_only"],
  audit: null,
  async handle({ deps, actor }) {
    const client = await getPortalClient(deps, actor);
    return { contacts: Contacts.parse(await findContacts(deps.db, client.id)) };
  },
});

const saveOwnContacts = defineRoute({
  method: "PATCH",
  path: "/api/v1/portal/contacts",
  who: "client",
  confinedBy: "caller",
  name: "savePortalContacts",
  group: "Onboarding",
  summary: "Replace the client's contacts",
  body: z.strictObject({ contacts: Contacts }),
  answer: { status: 200, description: "The contacts as they are kept.", schema: ContactList },
  problems: ["portal_only", "foreign_origin"],
  audit: "client.contacts_changed",
  async handle({ deps, actor, body, act }) {
    const client = await getPortalClient(deps, actor);
    await changeContacts(deps, { client, contacts: body.contacts }, act);
    return { contacts: body.contacts };
  },
});

export const portalRoutes: Route[] = [overview, list, detail, reshare, contacts, saveOwnContacts];
