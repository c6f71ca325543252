import type { Asset } from "../../../directory/asset-store.ts";
import type { Client } from "../../../directory/client-store.ts";
import type { NumberEntry } from "../../../directory/number-store.ts";
import { launchOf, type SignupLaunch, type SignupTerms } from "../../../onboarding/signup-terms.ts";
import {
  hasInvitationLink,
  SIGNUP_STEPS,
  type Signup,
  type SignupAttempt,
  type SignupStepId,
} from "../../../onboarding/signup/signup.ts";
import { FINISHED_WITHOUT_CODE } from "../../../onboarding/signup/exit-reason.ts";
import type { WhoMustAct } from "../../../sharing/model/reason.ts";
import type { ClientText } from "../../../messages/client-page.ts";
import { english } from "../../../messages/english.ts";
import { isoOf, isoOrNull } from "../wabas/render-waba.ts";
import type { SignupJson } from "./signup-schema.ts";

/** A signup with everything that the API shows of it. */
export interface SignupView {
  signup: Signup;
  /** Newest first. */
  attempts: SignupAttempt[];
  /** The WABA that came, or the one to repair; null while it is not known. */
  asset: Asset | null;
  client: Client | null;
  numbers: NumberEntry[];
  /** Whether the expected WABA can never return, so that another may be accepted in its place. */
  mayAcceptOffered: boolean;
}

export interface SignupContext {
  partnerName: string;
  terms: SignupTerms;
  text: ClientText;
  now: number;
}

/** Pure: the same rows give the same JSON. Codes and tokens are not among them. */
export function renderSignup(view: SignupView, context: SignupContext): SignupJson {
  const { signup, attempts, asset, client } = view;
  const { text, terms } = context;
  const isOver = signup.state === "abandoned";
  const launch = isOver ? null : launchOf(terms, signup.flow, client);
  return {
    id: signup.id,
    attempt_id: attempts[0]?.id ?? null,
    state: signup.state,
    flow: signup.flow,
    client_chooses_flow: signup.clientChoosesFlow,
    waba_id: asset?.wabaId ?? null,
    is_repair: signup.expectedAssetId !== null,
    who_must_act: whoMustActOf(signup),
    has_invitation_link: hasInvitationLink(signup, context.now),
    launch: renderLaunch(launch),
    launches:
      isOver || !signup.clientChoosesFlow
        ? null
        : {
            platform: renderLaunch(launchOf(terms, "platform", client)),
            coexistence: renderLaunch(launchOf(terms, "coexistence", client)),
          },
    steps: SIGNUP_STEPS.map((id) => renderStep(view, id, text)),
    exit_reason: renderExitReason(view, context),
    offered: signup.offered && {
      waba_id: signup.offered.wabaId,
      name: signup.offered.name,
      may_accept: view.mayAcceptOffered && signup.offered.isToConfirm !== true,
      to_confirm: signup.offered.isToConfirm === true,
    },
    attempts: attempts.map((attempt) => ({
      id: attempt.id,
      begun_at: isoOf(attempt.begunAt),
      ended_at: isoOrNull(attempt.endedAt),
      outcome: attempt.outcome,
      title: outcomeTitleOf(view, attempt, context),
      step: attempt.step,
      meta_message: attempt.metaMessage,
    })),
    external_id: signup.externalId,
    client_name: client?.name ?? null,
    waba_name: asset?.name ?? null,
    language: signup.language,
    metadata: signup.metadata,
    return_urls: signup.returnUrls,
    created_by: signup.createdBy,
    created_at: isoOf(signup.createdAt),
    opened_at: isoOrNull(signup.openedAt),
    signed_at: isoOrNull(signup.signedAt),
    ready_at: isoOrNull(signup.readyAt),
    abandoned_at: isoOrNull(signup.abandonedAt),
    expires_at: isoOf(signup.expiresAt),
  };
}

export function renderLaunch(launch: SignupLaunch | null): SignupJson["launch"] {
  return (
    launch && {
      app_id: launch.appId,
      config_id: launch.configId,
      graph_version: launch.graphVersion,
      sdk_url: launch.sdkUrl,
      dialog_origins: launch.dialogOrigins,
      extras: launch.extras,
    }
  );
}

function renderStep(view: SignupView, id: SignupStepId, text: ClientText): SignupJson["steps"][number] {
  const step = view.signup.steps[id];
  const wanted = step?.status === "waiting" ? (step.pinsWanted ?? []) : [];
  return {
    id,
    text: text(`signup_step.${id}`),
    status: step?.status ?? "open",
    at: isoOrNull(step?.at ?? null),
    meta_message: step?.metaMessage ?? null,
    again_at: isoOrNull(view.signup.abandonedAt === null ? (step?.againAt ?? null) : null),
    pins_wanted: view.numbers
      .filter((number) => wanted.includes(number.id))
      .map(({ phoneNumberId, displayPhoneNumber }) => ({
        phone_number_id: phoneNumberId,
        display_phone_number: displayPhoneNumber,
      })),
  };
}

/** A step that only its owner can do comes before a step that waits for Meta. */
function whoMustActOf({ state, steps, offered, abandonedAt }: Signup): WhoMustAct {
  if (abandonedAt !== null) return "nobody";
  if (steps.register?.status === "waiting" && (steps.register.pinsWanted ?? []).length > 0) return "client";
  if (offered !== null && state === "opened") return "provider";
  if (state === "invited" || state === "opened") return "client";
  if (state === "signed" || state === "proving" || steps.register?.againAt !== undefined) return "meta";
  return Object.values(steps).some(({ status }) => status === "failed") ? "provider" : "nobody";
}

/** How the newest attempt ended, when it did not end well. */
function renderExitReason(view: SignupView, { text, partnerName }: SignupContext): SignupJson["exit_reason"] {
  const [attempt] = view.attempts;
  if (attempt === undefined || attempt.outcome === null || attempt.outcome === "finished") return null;
  // The WABA came nevertheless.
  if (attempt.outcome === FINISHED_WITHOUT_CODE && view.signup.assetId !== null) return null;
  const names = namesOf(view, attempt, text, partnerName);
  return {
    code: attempt.outcome,
    title: text(`exit_reason.${attempt.outcome}.title`, names),
    text: text(`exit_reason.${attempt.outcome}.text`, names),
    at: isoOf(attempt.endedAt ?? attempt.begunAt),
  };
}

function outcomeTitleOf(
  view: SignupView,
  attempt: SignupAttempt,
  { text, partnerName }: SignupContext,
): string | null {
  if (attempt.outcome === null) return null;
  if (attempt.outcome === "finished") return english("signup_outcome.finished");
  return text(`exit_reason.${attempt.outcome}.title`, namesOf(view, attempt, text, partnerName));
}

function namesOf(
  { asset, client, numbers }: SignupView,
  attempt: SignupAttempt,
  text: ClientText,
  partner: string,
): Record<string, string> {
  const shown = numbers.map((number) => number.displayPhoneNumber).filter((phone) => phone !== null);
  const portfolio = client?.businessId ? `${client.name} (${client.businessId})` : client?.name;
  return {
    partner,
    client: client?.name ?? text("unnamed.business"),
    waba: asset?.name ?? text("unnamed.account"),
    waba_id: asset?.wabaId ?? "",
    portfolio: portfolio ?? text("unnamed.portfolio"),
    numbers: shown.join(", "),
    chosen: attempt.metaMessage ?? text("unnamed.other"),
    metaMessage: attempt.metaMessage?.replace(/\.$/, "") ?? "–",
  };
}
