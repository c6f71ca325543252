import { english } from "../../../messages/english.ts";
import type { SignupDeps } from "../../../onboarding/signup-deps.ts";
import { z } from "@hono/zod-openapi";
import { openRepair } from "../../../onboarding/signup/open-signup.ts";
import { findSignup } from "../../../onboarding/signup/signup-store.ts";
import type { Signup } from "../../../onboarding/signup/signup.ts";
import type { ReshareLink } from "../../../recovery/reshare-link.ts";
import { recordSignal, type Visit } from "../../../recovery/record-signal.ts";
import { Problem } from "../../../problems.ts";
import { recordObservation, type By, type RecordDeps } from "../../../sharing/record/record-observation.ts";
import type { Language } from "../../../messages/languages.ts";
import { flowOf } from "../../api/signups/get-signup.ts";
import { contextOf } from "../../api/wabas/get-waba.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { parseInput, readJsonBody } from "../../kit/read-input.ts";
import { recordSignupCommand } from "../../api/signups/record-signup-command.ts";
import type { WabaView } from "../../api/wabas/render-waba.ts";
import { DIALOG_EVENTS } from "../../api/signups/signup-schema.ts";
import { renderClientSignup, type ClientSignup } from "./client-signup.ts";
import type { Viewer } from "./read-viewer.ts";
import { methodsOf } from "./situation.ts";

export const SignupId = { signup_id: z.string().max(64) };

/** What the page sends: the begin of an attempt for one of its WABAs, then the events of Meta's dialog. */
const Sent = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("begun"),
    waba_id: z.string().max(20).optional(),
    /** The client says that the other partner, whom Meta's signup named, is gone. */
    taken_over_cleared: z.literal(true).optional(),
  }),
  DIALOG_EVENTS[0].extend(SignupId),
  DIALOG_EVENTS[1].extend(SignupId),
  DIALOG_EVENTS[2].extend(SignupId),
  DIALOG_EVENTS[3].extend(SignupId),
]);

/** `POST /reshare/{token}/signup`: the whole of Embedded Signup from the client's page. */
export async function postSignup(
  deps: SignupDeps & Pick<HttpDeps, "settings">,
  live: { link: ReshareLink; wabas: WabaView[] },
  request: Request,
  visit: Visit & Viewer & { language: Language },
): Promise<ClientSignup> {
  const { language } = visit;
  const sent = parseInput(Sent, await readJsonBody(request), "body");
  if (sent.type === "begun") {
    const signup = await beginRepair(deps, live, sent, visit);
    await recordSignupCommand(deps, signup, { type: "begun" });
    if (visit.isPreview) return renderForClient(deps, signup.id, language);
    const link = { ...visit.link, assetId: signup.expectedAssetId ?? live.link.assetId };
    await recordSignal(
      deps,
      { ...visit, link },
      { is: "step_reached", step: "signup_opened", outcome: null },
    );
    return renderForClient(deps, signup.id, language);
  }
  const { signup_id: signupId, ...signupEvent } = sent;
  const signup = await findSignup(deps.db, signupId);
  // A link gives access to its own WABAs only.
  const isOurs = live.wabas.some(({ asset }) => asset.id === signup?.expectedAssetId);
  if (signup === undefined || !isOurs) throw new Problem("signup_not_found", { id: signupId });
  await recordSignupCommand(deps, signup, signupEvent);
  return renderForClient(deps, signup.id, language);
}

async function beginRepair(
  deps: RecordDeps & Pick<HttpDeps, "settings">,
  { link, wabas }: { link: ReshareLink; wabas: WabaView[] },
  sent: { waba_id?: string | undefined; taken_over_cleared?: true | undefined },
  { language, actor, requestId }: Visit & Viewer & { language: Language },
): Promise<Signup> {
  const view = wabas.find(({ asset }) => sent.waba_id === undefined || asset.wabaId === sent.waba_id);
  if (view === undefined) throw new Problem("waba_not_found", { id: sent.waba_id ?? "" });
  const { asset } = view;
  if (sent.taken_over_cleared === true && view.state.takenOver && view.asset.mode !== "observe")
    await clearTakenOver(deps, asset.id, { actor, requestId });
  else mustBeOffered(deps, view);
  return openRepair(deps, {
    assetId: asset.id,
    connectionId: asset.connectionId,
    linkId: link.id,
    flow: await flowOf(deps, asset.id),
    language,
    actor,
  });
}

/** Only when the recovery plan offers it: otherwise Meta would refuse, or it would not help. */
function mustBeOffered(deps: Pick<HttpDeps, "clock" | "settings">, view: WabaView): void {
  if (view.asset.mode === "observe")
    throw new Problem("signup_not_offered", { why: english("signup_not_offered.observe") });
  const ways = methodsOf(view, contextOf(deps)).filter((way) => way.available);
  if (!ways.some(({ method }) => method === "embedded_signup" || method === "new_onboarding"))
    throw new Problem("signup_not_offered", { why: english("signup_not_offered.other_way") });
}

async function clearTakenOver(deps: RecordDeps, assetId: string, by: By): Promise<void> {
  await recordObservation(deps, {
    assetId,
    observe: { type: "command", command: { kind: "taken_over_cleared" } },
    note: null,
    by,
  });
}

async function renderForClient(
  deps: Pick<HttpDeps, "db" | "clock" | "settings" | "termsOf">,
  signupId: string,
  language: Language,
): Promise<ClientSignup> {
  const signup = await findSignup(deps.db, signupId);
  if (signup === undefined) throw new Problem("signup_not_found", { id: signupId });
  return renderClientSignup(deps, signup, language);
}
