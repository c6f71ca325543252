import type { SignupDeps } from "../../../onboarding/signup-deps.ts";
import type { Context } from "hono";
import { z } from "@hono/zod-openapi";
import type { Signup } from "../../../onboarding/signup/signup.ts";
import type { SignupFlow } from "../../../onboarding/signup-terms.ts";
import { Problem } from "../../../problems.ts";
import { parseAcceptLanguage, parseLanguage, type Language } from "../../../messages/languages.ts";
import type { Api, HttpEnv } from "../../kit/http-env.ts";
import { getSignup } from "../../api/signups/get-signup.ts";
import { contextOf } from "../../api/wabas/get-waba.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { recordClientAct, type RecordingDeps } from "../../kit/record-client-act.ts";
import { CLIENT } from "../../../recovery/record-signal.ts";
import { parseInput, readJsonBody } from "../../kit/read-input.ts";
import { readSignupViews } from "../../api/signups/read-signups.ts";
import { recordSignupCommand } from "../../api/signups/record-signup-command.ts";
import { launchFor, renderClientSignup } from "../reshare/client-signup.ts";
import { SignupId } from "../reshare/post-signup.ts";
import { HEADERS } from "../reshare/render-shell.ts";
import { deviceOf } from "../reshare/visitor.ts";
import { BEGIN, DIALOG_EVENTS } from "../../api/signups/signup-schema.ts";
import { readInvitation } from "./read-invitation.ts";
import { renderEndedInvitation, renderInvitation, renderInvitationMain } from "./render-invitation.ts";
import type { InvitationPage } from "./render-invitation.ts";

type Call = Context<HttpEnv>;

/** What the page of an invitation shows. */
type PageDeps = Pick<HttpDeps, "db" | "clock" | "settings" | "invitations" | "termsOf">;

/**
 * The page of an invitation: a client's first signup, or an operator's repair. Opening the page changes
 * nothing, so previews and prefetches are harmless; the click opens the signup.
 */
export function mountOnboard(app: Api, deps: SignupDeps & PageDeps & RecordingDeps): void {
  app.get("/onboard/:token", (call) => showPage(deps, call));
  app.get("/onboard/:token/state", (call) => showState(deps, call));
  app.post("/onboard/:token/signup", (call) => takeAct(deps, call));
}

const tokenOf = (call: Call): string => call.req.param("token") ?? "";

async function showPage(deps: PageDeps, call: Call): Promise<Response> {
  const invitation = await readInvitation(deps, tokenOf(call));
  const context = contextOf(deps);
  if (invitation.outcome === "live") return renderInvitation(await pageOf(deps, call, invitation.signup));
  const language = languageOf(call, null);
  const path = `/onboard/${encodeURIComponent(tokenOf(call))}`;
  return renderEndedInvitation({ outcome: invitation.outcome, language, path, context });
}

async function showState(deps: PageDeps, call: Call): Promise<Response> {
  const page = await pageOf(deps, call, await getLive(deps, call));
  const { markup, version, isDone, said } = await renderInvitationMain(page);
  const isSeen = call.req.query("version") === version;
  return jsonOf({ version, done: isDone, said, state: page.now.state, html: isSeen ? null : markup });
}

/** As on the re-share page. An invitation has only one signup, so its id may be left out. */
const Sent = z.discriminatedUnion("type", [
  BEGIN,
  DIALOG_EVENTS[0].extend(SignupId).partial({ signup_id: true }),
  DIALOG_EVENTS[1].extend(SignupId).partial({ signup_id: true }),
  DIALOG_EVENTS[2].extend(SignupId).partial({ signup_id: true }),
  DIALOG_EVENTS[3].extend(SignupId).partial({ signup_id: true }),
]);

async function takeAct(
  deps: SignupDeps & RecordingDeps & Pick<HttpDeps, "settings" | "invitations">,
  call: Call,
): Promise<Response> {
  const signup = await getLive(deps, call);
  const sent = parseInput(Sent, await readJsonBody(call.req.raw), "body");
  const about = {
    ...{ action: "signup.event_recorded", actor: CLIENT, detail: { event: sent.type } },
    target: { type: "signup", id: signup.id },
  };
  await recordClientAct(deps, call, about, (db) => recordSent({ ...deps, db }, signup, sent));
  const after = await getSignup(deps, signup.id);
  return jsonOf(await renderClientSignup(deps, after, languageOf(call, after)));
}

async function recordSent(deps: SignupDeps, signup: Signup, sent: z.output<typeof Sent>): Promise<void> {
  if (sent.type === "begun") return recordSignupCommand(deps, signup, sent);
  const { signup_id: named, ...signupEvent } = sent;
  if (named !== undefined && named !== signup.id) throw new Problem("signup_not_found", { id: named });
  return recordSignupCommand(deps, signup, signupEvent);
}

/**
 * @throws Problem link_not_found or link_ended: for programs, and for the page's script, which then reloads
 * the page
 */
async function getLive(deps: Pick<HttpDeps, "db" | "clock" | "invitations">, call: Call): Promise<Signup> {
  const invitation = await readInvitation(deps, tokenOf(call));
  if (invitation.outcome === "unknown") throw new Problem("link_not_found");
  if (invitation.outcome !== "live") throw new Problem("link_ended");
  return invitation.signup;
}

async function pageOf(deps: PageDeps, call: Call, signup: Signup): Promise<InvitationPage> {
  const language = languageOf(call, signup);
  const [view] = await readSignupViews(deps.db, [signup], deps.clock.now());
  const launch = (flow: SignupFlow): ReturnType<typeof launchFor> =>
    launchFor(deps, signup.connectionId, flow, view?.client ?? null);
  return {
    signup,
    now: await renderClientSignup(deps, signup, language),
    wabaName: view?.asset?.name ?? null,
    launches: { platform: launch("platform"), coexistence: launch("coexistence") },
    hostedUrl: deps.termsOf(signup.connectionId)?.hostedUrl ?? null,
    language,
    device: deviceOf(call.req.raw.headers),
    path: deps.invitations.pathOf(signup.id),
    context: contextOf(deps),
  };
}

/** The language that the reader chose, else the provider's setting for the client, else the browser's. */
function languageOf(call: Call, signup: Signup | null): Language {
  return (
    parseLanguage(call.req.query("lang") ?? "") ??
    parseLanguage(signup?.language ?? "") ??
    parseAcceptLanguage(call.req.header("accept-language") ?? "") ??
    "en"
  );
}

function jsonOf(body: object): Response {
  const headers = { ...HEADERS, "Content-Type": "application/json; charset=utf-8" };
  return new Response(JSON.stringify(body), { headers });
}
