import { html } from "hono/html";
import type { Context } from "hono";
import { maskedOf } from "../../../client-messages/client-message.ts";
import {
  findMailAddress,
  saveSubscribed,
  saveUnsubscribed,
} from "../../../client-messages/mail-address-store.ts";
import type { MailAddress, UnsubscribedHow } from "../../../client-messages/mail-address.ts";
import { clientTextOf, type ClientKey } from "../../../messages/client-page.ts";
import { parseAcceptLanguage, parseLanguage, type Language } from "../../../messages/languages.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import type { Api, HttpEnv } from "../../kit/http-env.ts";
import { readRawBody } from "../../kit/read-input.ts";
import { recordClientAct, type RecordingDeps } from "../../kit/record-client-act.ts";
import { contextOf } from "../../api/wabas/get-waba.ts";
import { renderSupport } from "../reshare/brand.ts";
import { fill, renderLamp, type Markup } from "../reshare/markup.ts";
import { HEADERS, renderShell } from "../reshare/render-shell.ts";

type Call = Context<HttpEnv>;
type PageDeps = Pick<HttpDeps, "db" | "clock" | "settings" | "unsubscribing">;
type ActDeps = PageDeps & RecordingDeps;

/**
 * The page on which the holder of an address unsubscribes it. Nobody signs in: the token in the path is the
 * right. Programs that look at every link of a mail change nothing: only a POST does (RFC 8058).
 */
export function mountUnsubscribe(app: Api, deps: ActDeps): void {
  app.get("/unsubscribe/:token", (call) => showPage(deps, call));
  app.post("/unsubscribe/:token", (call) => unsubscribe(deps, call));
  app.post("/unsubscribe/:token/undo", (call) => undo(deps, call));
}

const pathOf = (call: Call): string => `/unsubscribe/${encodeURIComponent(call.req.param("token") ?? "")}`;

async function findAddress(
  { db, unsubscribing }: Pick<PageDeps, "db" | "unsubscribing">,
  call: Call,
): Promise<MailAddress | undefined> {
  const id = unsubscribing.parse(call.req.param("token") ?? "");
  return id === null ? undefined : findMailAddress(db, id);
}

function languageOf(call: Call): Language {
  const chosen = parseLanguage(call.req.query("lang") ?? "");
  return chosen ?? parseAcceptLanguage(call.req.header("accept-language") ?? "") ?? "en";
}

/** A mail program sends `List-Unsubscribe=One-Click`; the page's own form sends nothing. */
async function unsubscribe(deps: ActDeps, call: Call): Promise<Response> {
  const address = await findAddress(deps, call);
  if (address === undefined) return showPage(deps, call);
  const body = (await readRawBody(call.req.raw)).toString("latin1", 0, 1000);
  const isOneClick = /List-Unsubscribe=One-Click/i.test(body);
  await change(deps, call, address, isOneClick ? "one_click" : "page");
  if (isOneClick) return new Response(null, { status: 200, headers: HEADERS });
  return backToPage(call);
}

async function undo(deps: ActDeps, call: Call): Promise<Response> {
  const address = await findAddress(deps, call);
  if (address === undefined) return showPage(deps, call);
  await change(deps, call, address, null);
  return backToPage(call);
}

/** `how` null: the address is subscribed again. */
async function change(
  deps: RecordingDeps & Pick<HttpDeps, "clock">,
  call: Call,
  { id }: MailAddress,
  how: UnsubscribedHow | null,
): Promise<void> {
  const action = how === null ? "client_message.subscribed" : "client_message.unsubscribed";
  const about = { action, actor: "client", target: { type: "mail_address", id }, detail: { how } };
  await recordClientAct(deps, call, about, (db) =>
    db.transaction(async (tx) => {
      if (how === null) await saveSubscribed(tx, id);
      else await saveUnsubscribed(tx, id, { how, at: deps.clock.now() });
    }),
  );
}

function backToPage(call: Call): Response {
  const location = `${pathOf(call)}?lang=${languageOf(call)}`;
  return new Response(null, { status: 303, headers: { ...HEADERS, Location: location } });
}

async function showPage(deps: PageDeps, call: Call): Promise<Response> {
  const address = await findAddress(deps, call);
  const context = contextOf(deps);
  const language = languageOf(call);
  const frame = { language, context, path: pathOf(call) };
  if (address === undefined)
    return renderShell({ ...frame, status: 404, main: renderMain(language, context, "unknown", null) });
  const state = address.unsubscribedAt === null ? "subscribed" : "unsubscribed";
  return renderShell({
    ...frame,
    status: 200,
    main: renderMain(language, context, state, { address, call }),
  });
}

type Shown = "subscribed" | "unsubscribed" | "unknown";

function renderMain(
  language: Language,
  context: ReturnType<typeof contextOf>,
  shown: Shown,
  page: { address: MailAddress; call: Call } | null,
): Markup {
  const text = clientTextOf(language);
  const values = {
    partner: context.partnerName,
    address: page === null ? "" : maskedOf(page.address.address),
  };
  const act = shown === "subscribed" ? "" : "/undo";
  return html`<p class="headline" data-lamp="grey">
      ${renderLamp(shown === "unsubscribed" ? "green" : "grey")}
    </p>
    <h1>${fill(text, `unsubscribe.${shown}.title` as ClientKey, values)}</h1>
    <p class="lead">${fill(text, `unsubscribe.${shown}.text` as ClientKey, values)}</p>
    ${page === null ? "" : html`<p>${fill(text, "unsubscribe.critical", values)}</p>`}
    ${
      page === null
        ? ""
        : html`<form method="post" action="${pathOf(page.call)}${act}?lang=${language}">
            <button class="button" data-primary>${text(`unsubscribe.${shown}.button` as ClientKey)}</button>
          </form>`
    }
    ${renderSupport(fill(text, "support", values), context.brand)}`;
}
