import { findFreshLinkAddress, maySendFreshLink } from "../../../client-messages/find-fresh-link.ts";
import { sendFreshLink } from "../../../client-messages/send-fresh-link.ts";
import type { SignupDeps } from "../../../onboarding/signup-deps.ts";
import type { VerifyDeps } from "../../../sharing/probe/verify-share.ts";
import type { ActNote } from "../../../access/act.ts";
import type { RecordDeps } from "../../../sharing/record/record-observation.ts";
import type { Context } from "hono";
import { laterProblem, Problem } from "../../../problems.ts";
import { z } from "@hono/zod-openapi";
import {
  CLIENT,
  recordOpened,
  recordSignal,
  type Said,
  type Visit,
} from "../../../recovery/record-signal.ts";
import { recordAppOpened, recordCheck } from "../../../recovery/record-visit.ts";
import type { ClientSignal } from "../../../sharing/model/client-signals.ts";
import { checkShare } from "../../../sharing/probe/check-share.ts";
import { claimCheck } from "../../../sharing/probe/claim-check.ts";
import { whoMustActOf } from "../../../sharing/status/share-state.ts";
import { parseAcceptLanguage, parseLanguage, type Language } from "../../../messages/languages.ts";
import type { Api, HttpEnv } from "../../kit/http-env.ts";
import { contextOf } from "../../api/wabas/get-waba.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { recordClientAct, type RecordingDeps } from "../../kit/record-client-act.ts";
import { appActivityOf } from "../../api/wabas/render-app-activity.ts";
import { parseInput, readJsonBody } from "../../kit/read-input.ts";
import { isoOf, type WabaView } from "../../api/wabas/render-waba.ts";
import { postSignup } from "./post-signup.ts";
import { readReshareView, type Followed } from "./read-reshare-view.ts";
import { isBanned } from "./render-coexistence.ts";
import { renderEndedPage, renderLivePage, renderMain, type EndedKind, type LivePage } from "./render-page.ts";
import { HEADERS } from "./render-shell.ts";
import { readPanelSignups } from "./read-panel-signups.ts";
import { readViewer } from "./read-viewer.ts";
import { registerFromPage } from "./register-from-page.ts";
import { checksOf, openCheckOf, situationOf } from "./situation.ts";
import { deviceOf, isPerson } from "./visitor.ts";

type Call = Context<HttpEnv>;
type Live = Extract<Followed, { outcome: "live" }>;

/** What a live page shows, and who reads it. */
type PageDeps = Pick<
  HttpDeps,
  "db" | "clock" | "settings" | "sessionRules" | "wallClock" | "reshareTokens" | "termsOf"
>;

/**
 * The client's page and its few commands. Nobody signs in: the token in the path authorises this one
 * recovery.
 */
export function mountReshare(app: Api, deps: HttpDeps): void {
  app.get("/reshare/:token", (call) => showPage(deps, call));
  app.get("/reshare/:token/state", async (call) => stateAnswer(deps, call, await getLive(deps, call)));
  app.post("/reshare/:token/check", (call) => act(deps, call, check));
  app.post("/reshare/:token/intended", (call) => act(deps, call, say({ is: "intended" })));
  app.post("/reshare/:token/resume", (call) => act(deps, call, say({ is: "resumed" })));
  app.post("/reshare/:token/opened", (call) => act(deps, call, sayOpened));
  app.post("/reshare/:token/app-works", (call) => act(deps, call, sayAppWorks));
  app.post("/reshare/:token/step", (call) => act(deps, call, sayStep));
  app.post("/reshare/:token/fresh", (call) => askFresh(deps, call));
  app.post("/reshare/:token/signup", (call) => signUp(deps, call));
  app.post("/reshare/:token/register", (call) => register(deps, call));
}

const tokenOf = (call: Call): string => call.req.param("token") ?? "";
const pathOf = (call: Call): string => `/reshare/${encodeURIComponent(tokenOf(call))}`;

async function showPage(
  deps: RecordDeps & PageDeps & Pick<HttpDeps, "messenger">,
  call: Call,
): Promise<Response> {
  const followed = await readReshareView(deps, tokenOf(call));
  if (followed.outcome !== "live") return showEnded(deps, call, followed);
  const { isPreview } = await readViewer(deps, call);
  if (!isPreview && isPerson(call.req.method, call.req.raw.headers))
    await recordOpened(deps, visitOf(call, followed.link));
  return renderLivePage(await livePageOf(deps, call, followed));
}

function visitOf<Link extends Visit["link"]>(
  call: Call,
  link: Link,
): Visit & { link: Link; language: Language } {
  return { link, language: languageOf(call), requestId: call.get("requestId") };
}

async function showEnded(
  deps: Pick<HttpDeps, "db" | "clock" | "settings" | "sessionRules" | "wallClock" | "messenger">,
  call: Call,
  followed: Exclude<Followed, Live>,
): Promise<Response> {
  const { isPreview } = await readViewer(deps, call);
  const context = contextOf(deps);
  const language = languageOf(call);
  const ended = await endedOf(deps, call, followed);
  return renderEndedPage({ ...ended, language, path: pathOf(call), isPreview, context });
}

/** What the page of an ended link says: after somebody asked for a fresh one, what came of that. */
async function endedOf(
  deps: Pick<HttpDeps, "db" | "clock" | "messenger">,
  call: Call,
  followed: Exclude<Followed, Live>,
): Promise<{ kind: EndedKind; address: string | null; isFreshOffered: boolean }> {
  const { outcome } = followed;
  const none = { address: null, isFreshOffered: false };
  if (outcome === "unknown") return { kind: outcome, ...none };
  const hasAsked = call.req.query("asked") !== undefined;
  const address = hasAsked ? await findFreshLinkAddress(deps.db, followed.link.id) : null;
  if (address !== null) return { kind: "mailed", address, isFreshOffered: false };
  if (outcome === "expired")
    return hasAsked ? { kind: "asked", ...none } : { kind: outcome, ...none, isFreshOffered: true };
  const { db, clock, messenger } = deps;
  const { mailer } = messenger.sending;
  const isFreshOffered = await maySendFreshLink({ db, clock, mailer }, followed.link);
  return { kind: outcome, address: null, isFreshOffered };
}

const own = <Deps extends Pick<HttpDeps, "messenger">>(deps: Deps) => ({
  ...deps,
  mailer: deps.messenger.sending.mailer,
});

async function livePageOf(deps: PageDeps, call: Call, live: Live): Promise<LivePage> {
  const { link, wabas } = live;
  const { isPreview } = await readViewer(deps, call);
  return {
    isPreview,
    signups: await readPanelSignups(deps, live, languageOf(call)),
    wabas,
    isIntended: wabas[0].state.client?.intendedAt !== undefined,
    wasLost: link.lostAt !== null,
    language: languageOf(call),
    device: deviceOf(call.req.raw.headers),
    path: deps.reshareTokens.pathOf(link.id),
    url: deps.reshareTokens.urlOf(link.id),
    context: contextOf(deps),
  };
}

/** The language that the reader chose, else the browser's. */
function languageOf(call: Call): Language {
  const chosen = parseLanguage(call.req.query("lang") ?? "");
  return chosen ?? parseAcceptLanguage(call.req.header("accept-language") ?? "") ?? "en";
}

/**
 * @throws Problem link_not_found or link_ended: for programs, and for the page's script, which then reloads
 * the page
 */
async function getLive(deps: Pick<HttpDeps, "db" | "clock" | "reshareTokens">, call: Call): Promise<Live> {
  const followed = await readReshareView(deps, tokenOf(call));
  if (followed.outcome === "unknown") throw new Problem("link_not_found");
  if (followed.outcome !== "live") throw new Problem("link_ended");
  return followed;
}

/**
 * What is known now, from the database alone: polling costs no call to Meta. `html` is set when the visible
 * text changed.
 */
async function stateAnswer(deps: PageDeps, call: Call, live: Live): Promise<Response> {
  const { markup, version, isDone, said } = await renderMain(await livePageOf(deps, call, live));
  const isSeen = call.req.query("version") === version;
  const body = {
    version,
    done: isDone,
    intended: live.wabas[0].state.client?.intendedAt !== undefined,
    expires_at: isoOf(live.link.expiresAt),
    wabas: live.wabas.map(renderWabaState),
    said,
    html: isSeen ? null : markup,
  };
  const headers = {
    ...HEADERS,
    "Content-Type": "application/json; charset=utf-8",
    // A countdown uses our clock: the reader's may be wrong, and the sandbox's clock runs ahead.
    "Sharekeeper-Time": isoOf(deps.clock.now()),
  };
  return new Response(JSON.stringify(body), { headers });
}

function renderWabaState({ asset, state }: WabaView): Record<string, unknown> {
  return {
    id: asset.wabaId,
    name: asset.name,
    situation: situationOf(state),
    status: state.status,
    status_label: state.label,
    reason: state.reason,
    since: isoOf(state.since),
    who_must_act: whoMustActOf(state),
    repaired: situationOf(state) === "repaired",
    still_open: openCheckOf(state)?.type ?? null,
    conditions: checksOf(state).map(({ type, status, reason }) => ({ type, status, reason })),
  };
}

async function signUp(deps: SignupDeps & PageDeps & RecordingDeps, call: Call): Promise<Response> {
  const live = await getLive(deps, call);
  const visit = { ...visitOf(call, live.link), ...(await readViewer(deps, call)) };
  const about = { action: "signup.event_recorded", actor: visit.actor, ...targetOf(live) };
  const signup = await recordClientAct(deps, call, about, (db) =>
    postSignup({ ...deps, db }, live, call.req.raw, visit),
  );
  const headers = { ...HEADERS, "Content-Type": "application/json; charset=utf-8" };
  return new Response(JSON.stringify(signup), { headers });
}

function targetOf({ link, wabas }: Live): Pick<ActNote, "target" | "detail"> {
  const { wabaId } = wabas[0].asset;
  return { target: { type: "waba", id: wabaId, wabaId }, detail: { link_id: link.id } };
}

async function register(deps: VerifyDeps & PageDeps & RecordingDeps, call: Call): Promise<Response> {
  const live = await getLive(deps, call);
  const { actor } = await readViewer(deps, call);
  const by = { actor, requestId: call.get("requestId") };
  const about = { action: "number.registered", actor, ...targetOf(live) };
  await recordClientAct(deps, call, about, (db) =>
    registerFromPage({ ...deps, db }, live.wabas, call.req.raw, by),
  );
  return stateAnswer(deps, call, await getLive(deps, call));
}

type Act = (deps: HttpDeps, call: Call, live: Live) => Promise<void>;

const isForm = (call: Call): boolean => (call.req.header("accept") ?? "").includes("text/html");

/**
 * A command of the page. A form without script is redirected to the page; the script and programs get the new
 * state.
 */
async function act(deps: HttpDeps, call: Call, does: Act): Promise<Response> {
  try {
    await does(deps, call, await getLive(deps, call));
    if (!isForm(call)) return await stateAnswer(deps, call, await getLive(deps, call));
  } catch (error) {
    if (!isForm(call) || !(error instanceof Problem)) throw error;
    if (error.code === "too_many_signals") return showEnough(deps, call, error);
  }
  return backToPage(call);
}

/** The page itself says that the link has sent this command too often. */
async function showEnough(deps: PageDeps, call: Call, problem: Problem): Promise<Response> {
  const page = await livePageOf(deps, call, await getLive(deps, call));
  const shown = await renderLivePage({ ...page, isEnough: true });
  const headers = new Headers([...shown.headers, ...Object.entries(problem.headers)]);
  return new Response(shown.body, { status: 429, headers });
}

function backToPage(call: Call, more = ""): Response {
  const preview = call.req.query("preview") === undefined ? "" : "&preview=1";
  const location = `${pathOf(call)}?lang=${languageOf(call)}${preview}${more}`;
  return new Response(null, { status: 303, headers: { ...HEADERS, Location: location } });
}

/** The most WABAs that one check of the page probes; the sweep and Meta's webhooks cover the others. */
const PROBES_AT_ONCE = 5;

/** A WABA that was probed within this time is not probed again for a page that polls. */
const FRESH_MS = 15_000;

/** Probes Meta within the link's budget. Live WABAs are skipped. */
const check: Act = async (deps, call, { link, wabas }) => {
  const freshSince = call.req.query("by_itself") === undefined ? Infinity : deps.clock.now() - FRESH_MS;
  const open = wabas
    .filter(({ state }) => !["repaired", "nothing"].includes(situationOf(state)))
    .filter(({ state }) => (state.probedAt ?? 0) < freshSince);
  if (open.length === 0) return;
  const { actor } = await readViewer(deps, call);
  const probed = open.slice(0, PROBES_AT_ONCE).map(({ asset }) => asset.id);
  const waitMs =
    actor === CLIENT ? await recordCheck(deps, visitOf(call, link)) : await claimChecks(deps, probed);
  if (waitMs > 0) throw laterProblem("too_many_checks", waitMs);
  const by = { actor, requestId: call.get("requestId") };
  await Promise.all(probed.map((assetId) => checkShare(deps, { assetId, by })));
};

/**
 * When one of the provider's people opens the page, the API's limit applies, and the visit does not count as
 * the link's use.
 */
async function claimChecks(
  deps: Pick<HttpDeps, "db" | "clock">,
  assetIds: readonly string[],
): Promise<number> {
  const waits = await Promise.all(assetIds.map((assetId) => claimCheck(deps, assetId)));
  return Math.max(0, ...waits);
}

function mustBeSaid(said: Said): void {
  if (said.outcome === "later") throw laterProblem("too_many_signals", said.waitMs);
}

const say =
  (signal: ClientSignal): Act =>
  async (deps, call, { link }) => {
    await mustBeClient(deps, call);
    mustBeSaid(await recordSignal(deps, visitOf(call, link), signal));
  };

/** @throws Problem client_only in a preview: only the client may make these statements */
async function mustBeClient(
  deps: Pick<HttpDeps, "db" | "settings" | "sessionRules" | "wallClock">,
  call: Call,
): Promise<void> {
  if ((await readViewer(deps, call)).isPreview) throw new Problem("client_only");
}

const Step = z.strictObject({ step: z.literal("suite_opened") });

/** The client goes on to Meta's screens. The signup itself reports what happens in its window. */
const sayStep: Act = async (deps, call, { link }) => {
  const { step } = parseInput(Step, await readJsonBody(call.req.raw), "body");
  if ((await readViewer(deps, call)).isPreview) return;
  await recordSignal(deps, visitOf(call, link), { is: "step_reached", step, outcome: null });
};

/** The WABA that the form names, among those of the link. */
const namedIn = (call: Call, wabas: readonly WabaView[]): WabaView[] =>
  wabas.filter(({ asset }) => asset.wabaId === call.req.query("waba"));

/** "I have opened it": only for a number that the app keeps linked. */
const sayOpened: Act = async (deps, call, { link, wabas }) => {
  await mustBeClient(deps, call);
  for (const view of namedIn(call, wabas)) {
    const numberIds = view.numbers.map(({ id }) => id).filter((id) => appActivityOf(view, id) !== null);
    if (numberIds.length === 0) continue;
    mustBeSaid(await recordAppOpened(deps, { ...visitOf(call, link), assetId: view.asset.id, numberIds }));
  }
};

/** "The app works again" is stored with the WABA's own link, whichever page the client used. */
const sayAppWorks: Act = async (deps, call, { wabas }) => {
  await mustBeClient(deps, call);
  for (const view of namedIn(call, wabas)) {
    if (!isBanned(view.state) || view.link === null) continue;
    mustBeSaid(await recordSignal(deps, visitOf(call, view.link), { is: "app_works_again" }));
  }
};

/**
 * A live link needs no fresh one. A revoked one leads to no other by itself: only the contact that it was
 * sent to gets one, at the same address.
 */
async function askFresh(
  deps: RecordDeps &
    Pick<HttpDeps, "settings" | "sessionRules" | "wallClock" | "reshareTokens" | "messenger">,
  call: Call,
): Promise<Response> {
  const followed = await readReshareView(deps, tokenOf(call));
  if (followed.outcome === "unknown" || followed.outcome === "live") return backToPage(call);
  if (followed.outcome === "revoked" && !(await maySendFreshLink(own(deps), followed.link)))
    return backToPage(call);
  if ((await readViewer(deps, call)).isPreview) {
    if (!isForm(call)) throw new Problem("client_only");
    return backToPage(call);
  }
  await recordSignal(deps, visitOf(call, followed.link), { is: "asked_fresh" });
  await sendFreshLink(own(deps), followed.link);
  deps.messenger.wake();
  return backToPage(call, "&asked=1");
}
