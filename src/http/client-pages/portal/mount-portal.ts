import type { Context } from "hono";
import { parse } from "hono/utils/cookie";
import { keyHashOf } from "../../../access/api-key.ts";
import type { Actor } from "../../../access/actor.ts";
import { takePortalLink } from "../../../access/portal-link-store.ts";
import { recordPortalSignIn } from "../../../access/record-portal-sign-in.ts";
import { deleteSession } from "../../../access/session-store.ts";
import { verifyHandOver, type HandOver } from "../../../access/verify-hand-over.ts";
import { findContacts, type ClientContact } from "../../../directory/client-details-store.ts";
import { findClientIdsNamed, findClients, type Client } from "../../../directory/client-store.ts";
import { clientTextOf } from "../../../messages/client-page.ts";
import { Contacts } from "../../api/clients/contact-schema.ts";
import { changeContacts } from "../../api/portal/portal-contacts.ts";
import { openOwnLink } from "../../api/portal/open-own-link.ts";
import { portalLanguageOf, readPortalLosses, readPortalWabas } from "../../api/portal/read-portal.ts";
import { renderPortalHistory, renderPortalWaba } from "../../api/portal/render-portal.ts";
import { contextOf } from "../../api/wabas/get-waba.ts";
import { checkOwnOrigin, findSignedIn, sessionCookieOf } from "../../kit/authenticate.ts";
import type { CallAct } from "../../kit/route.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import type { Api, HttpEnv } from "../../kit/http-env.ts";
import { readForm } from "../../kit/read-input.ts";
import { sessionCookie } from "../../kit/session-cookie.ts";
import { renderEntered, renderEntryFault, renderMailEntry, type EntryFault } from "./render-entry.ts";
import { renderPortalPage, type PortalPage } from "./render-portal-page.ts";

type Call = Context<HttpEnv>;
type FrameDeps = Pick<HttpDeps, "clock" | "settings">;
type PageDeps = FrameDeps & Pick<HttpDeps, "db">;
type EntryDeps = PageDeps & Pick<HttpDeps, "wallClock" | "random" | "sessionMs" | "addressOf">;

/**
 * One client's page of all its WABAs. The session cookie alone opens it; every form is of this page, and says
 * so by its origin.
 */
export function mountPortal(app: Api, deps: HttpDeps): void {
  app.get("/portal", (call) => withClient(deps, call, (client) => showPortal(deps, call, client)));
  app.get("/portal/enter", (call) => enter(deps, call));
  app.post("/portal/enter", (call) => enterByMail(deps, call));
  app.post("/portal/wabas/:waba_id/restore", (call) => actAs(deps, call, "reshare_link.opened", restore));
  app.post("/portal/contacts", (call) => actAs(deps, call, "client.contacts_changed", saveContactsOf));
  app.post("/portal/sign-out", (call) => actAs(deps, call, "session.closed", signOut));
}

async function withClient(
  deps: PageDeps & Pick<HttpDeps, "sessionRules" | "wallClock">,
  call: Call,
  show: (client: Client, actor: Actor) => Promise<Response>,
): Promise<Response> {
  const actor = await findSignedIn(deps, call);
  const clientId = actor?.clientId ?? null;
  const [client] = clientId === null ? [] : await findClients(deps.db, [clientId]);
  if (actor === undefined || client === undefined) return showFault(deps, call, "signed_out");
  return show(client, actor);
}

type PortalAct = (deps: HttpDeps, call: Call, client: Client, act: CallAct) => Promise<Response>;

/** Runs what a form of the page asks for, with its line in the audit. */
function actAs(deps: HttpDeps, call: Call, action: string, run: PortalAct): Promise<Response> {
  checkOwnOrigin(deps, call);
  return withClient(deps, call, async (client, actor) => {
    const { incoming } = call.env;
    const target = { type: "client", id: client.id };
    const beginning = {
      ...{ action, target, requestId: call.get("requestId"), address: deps.addressOf(incoming) },
    };
    const response = await deps.acts.record(beginning, (act) => {
      act.by(actor);
      return run({ ...deps, db: act.over(deps.db) }, call, client, act);
    });
    await deps.gate.follow();
    return response;
  });
}

async function showPortal(
  deps: PageDeps,
  call: Call,
  client: Client,
  contacts?: { list: ClientContact[]; outcome: PortalPage["contactsOutcome"] },
): Promise<Response> {
  const language = portalLanguageOf(call.req.raw, client);
  const text = clientTextOf(language);
  const context = contextOf(deps);
  const views = await readPortalWabas(deps, client.id);
  const losses = await readPortalLosses(
    deps.db,
    views.map(({ asset }) => asset.id),
  );
  const isSaved = call.req.query("saved") !== undefined;
  return renderPortalPage({
    ...{ client, language, context },
    wabas: views.map((view) => ({
      ...renderPortalWaba(view, context, text),
      history: renderPortalHistory(losses.get(view.asset.id) ?? [], context.partnerName, text),
    })),
    contacts: contacts?.list ?? (await findContacts(deps.db, client.id)),
    contactsOutcome: contacts?.outcome ?? (isSaved ? "saved" : null),
  });
}

/** The re-share page knows the way back; the portal only leads to it. */
const restore: PortalAct = async (deps, call, client) => {
  const wabaId = call.req.param("waba_id") ?? "";
  const asked = { clientId: client.id, wabaId, requestId: call.get("requestId") };
  const { url } = await openOwnLink(deps, asked);
  return seeOther(`${url}?lang=${portalLanguageOf(call.req.raw, client)}`);
};

const saveContactsOf: PortalAct = async (deps, call, client, act) => {
  const form = await readForm(call.req.raw);
  const columns = ["name", "email", "phone", "language"].map((name) => form.getAll(name));
  const [names = [], emails = [], phones = [], languages = []] = columns;
  const valueOf = (values: string[], index: number): string | null => values[index]?.trim() || null;
  const list = names
    .map((name, index) => ({
      name: name.trim(),
      email: valueOf(emails, index),
      phone: valueOf(phones, index)?.replaceAll(/[\s().-]/g, "") ?? null,
      language: valueOf(languages, index),
    }))
    .filter(
      ({ name, email, phone }, index) => name !== "" || (index === names.length - 1 && (email ?? phone)),
    );
  const parsed = Contacts.safeParse(list);
  if (!parsed.success) return showPortal(deps, call, client, { list, outcome: "refused" });
  await changeContacts(deps, { client, contacts: parsed.data }, act);
  return seeOther(`/portal?saved=1&lang=${portalLanguageOf(call.req.raw, client)}#contacts`);
};

const signOut: PortalAct = async (deps, call) => {
  const name = sessionCookieOf(deps.settings);
  const token = parse(call.req.header("cookie") ?? "", name)[name] ?? "";
  await deleteSession(deps.db, keyHashOf(token));
  const page = await showFault(deps, call, "signed_out");
  page.headers.append("Set-Cookie", sessionCookie(deps, "", 0));
  return new Response(page.body, { status: 200, headers: page.headers });
};

async function enter(
  deps: EntryDeps & Pick<HttpDeps, "log" | "handOver" | "baseUrl">,
  call: Call,
): Promise<Response> {
  const link = call.req.query("link");
  if (link !== undefined) return renderMailEntry(link, frameOf(deps, call, null));
  const { db, wallClock: clock, handOver: settings, log } = deps;
  if (settings === null) return showFault(deps, call, "invalid");
  const verified = await verifyHandOver(
    { db, clock, settings, audience: deps.baseUrl() },
    call.req.query("token") ?? "",
  );
  if ("fault" in verified) {
    log.warn({ requestId: call.get("requestId"), why: verified.why }, "a hand-over to the portal failed");
    return showFault(deps, call, verified.fault);
  }
  const ids = await findClientIdsNamed(db, verified.sub);
  if (ids.length > 1) log.warn({ sub: verified.sub }, "a hand-over names more than one client");
  return letIn(deps, call, ids.length === 1 ? ids[0] : undefined, verified);
}

async function enterByMail(deps: EntryDeps, call: Call): Promise<Response> {
  checkOwnOrigin(deps, call);
  const link = (await readForm(call.req.raw)).get("link") ?? "";
  const taken = await takePortalLink(deps.db, keyHashOf(link), deps.wallClock.now());
  if ("refused" in taken) return showFault(deps, call, taken.refused);
  return letIn(deps, call, taken.clientId, null);
}

async function letIn(
  deps: EntryDeps,
  call: Call,
  clientId: string | undefined,
  handOver: HandOver | null,
): Promise<Response> {
  const [client] = clientId === undefined ? [] : await findClients(deps.db, [clientId]);
  if (client === undefined) return showFault(deps, call, "unknown_client");
  const signedIn = await recordPortalSignIn(
    { ...deps, clock: deps.wallClock },
    {
      ...{ client, name: handOver?.name ?? null, email: handOver?.email ?? null },
      how: handOver === null ? "mail_link" : "hand_over",
      address: deps.addressOf(call.env.incoming),
      agent: call.req.header("user-agent") ?? null,
      requestId: call.get("requestId"),
    },
  );
  if (signedIn === "suspended") return showFault(deps, call, "suspended");
  const frame = frameOf(deps, call, client, handOver?.lang);
  const next = handOver?.next ?? `/portal?lang=${frame.language}`;
  return renderEntered(next, sessionCookie(deps, signedIn.token, deps.sessionMs / 1000), frame);
}

const frameOf = (deps: FrameDeps, call: Call, client: Client | null, wish?: string | null) => ({
  language: portalLanguageOf(call.req.raw, client, wish ?? call.req.query("lang") ?? null),
  context: contextOf(deps),
});

const showFault = (deps: FrameDeps, call: Call, fault: EntryFault): Promise<Response> =>
  renderEntryFault(fault, frameOf(deps, call, null));

const seeOther = (url: string): Response =>
  new Response(null, { status: 303, headers: { Location: url, "Cache-Control": "no-store" } });
