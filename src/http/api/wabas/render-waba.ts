import type { Asset } from "../../../directory/asset-store.ts";
import type { WabaCase } from "../../../cases/case-store.ts";
import type { Client } from "../../../directory/client-store.ts";
import type { NumberEntry } from "../../../directory/number-store.ts";
import type { Brand } from "../../../config/brand.ts";
import { businessSuiteLinkOf } from "../../../recovery/partner-steps.ts";
import { planRecovery } from "../../../recovery/plan-recovery.ts";
import { numberSubjectOf, subjectOf, type RecoveryContext } from "../../../recovery/recovery-subject.ts";
import type { AppActivity } from "../../../coexistence/app-activity.ts";
import { outcomeOf, leadsBack, type ReshareLink } from "../../../recovery/reshare-link.ts";
import { decidingSignalOf } from "../../../sharing/model/client-signals.ts";
import {
  whoMustActOf,
  type ConditionState,
  type NumberState,
  type ShareState,
} from "../../../sharing/status/share-state.ts";
import { STATUS_ROWS, statusLineOf } from "../../../sharing/status/status.ts";
import { isEnforced } from "../../../sharing/gate/verdict.ts";
import {
  conditionMessageOf,
  joinSentences,
  summaryOf,
  type Names,
} from "../../../sharing/status/sentences.ts";
import { english } from "../../../messages/english.ts";
import { renderAppActivity } from "./render-app-activity.ts";
import { renderRecovery } from "./render-recovery.ts";
import { overrideSentenceOf, renderSetupChecks } from "./render-setup-issues.ts";
import { isNamedBy } from "../../../reports/search-terms.ts";
import type { ConditionJson, NumberJson, WabaJson, WabaSummaryJson } from "./waba-schema.ts";

/** A WABA with everything that the API shows: its identity, and its state at one instant. */
export interface WabaView {
  asset: Asset;
  client: Client;
  numbers: NumberEntry[];
  state: ShareState;
  /** Its newest re-share link; null when it never had one. */
  link: ReshareLink | null;
  /** App activity of its numbers that live in the WhatsApp Business app. */
  appActivities: AppActivity[];
  /** Who is on it, its tags and its snooze. */
  case: WabaCase;
}

/** What the recovery plan rests on. It has no addresses of links: what is read must not name them. */
export interface WabaContext extends RecoveryContext {
  brand: Brand;
  now: number;
}

/** docs/reference/rules.md. Pure: the same rows and state give the same JSON. */
export function renderWaba(view: WabaView, context: WabaContext): WabaJson {
  const { asset, client, state } = view;
  const names = namesOf(view, context);
  const waba = aboutOf(view);
  return {
    id: asset.wabaId,
    name: asset.name,
    kind: state.kind,
    connection: asset.connectionId,
    partner_model: asset.partnerModel,
    sends_with: asset.sendsWith,
    mode: asset.mode,
    mode_pending: isPending(view),
    operator_close: renderClose(state.operatorClose ?? null),
    client: renderClient(client),
    ...renderCase(view.case, context.now),
    status: state.status,
    status_label: state.label,
    status_line: statusLineOf(state),
    lamp: state.lamp,
    reason: state.reason,
    summary: summaryOf(state, names),
    since: isoOf(state.since),
    last_proven_at: isoOrNull(state.provenAt),
    who_must_act: whoMustActOf(state),
    hub_error: hubErrorOf(view),
    warning: state.warning,
    owner_settings_url: businessSuiteLinkOf(waba, context.businessSuiteUrl),
    conditions: state.conditions.map((condition) => renderWabaCondition(condition, state, names)),
    numbers: inOrder(view.state.numbers).map((number) => renderNumber(view, number, context)),
    has_reshare_link: hasReshareLink(view, context.now),
    client_signals: renderSignals(view),
    restored: renderRestored(state),
    recovery: renderRecovery(planRecovery(subjectOf(state, waba), context), asset.wabaId, context),
    setup_checks: renderSetupChecks(state, names, { ...waba, businessSuiteUrl: context.businessSuiteUrl }),
  };
}

/** The same for a list, without evidence and steps. `q`: the search text. */
export function renderWabaSummary(view: WabaView, context: WabaContext, q = ""): WabaSummaryJson {
  const { asset, client, state } = view;
  const { methods } = planRecovery(subjectOf(state, aboutOf(view)), context);
  const numbers = inOrder(state.numbers).map((number) => renderNumberSummary(view, number));
  return {
    id: asset.wabaId,
    name: asset.name,
    kind: state.kind,
    connection: asset.connectionId,
    mode: asset.mode,
    client: renderClient(client),
    ...renderCase(view.case, context.now),
    status: state.status,
    status_label: state.label,
    status_line: statusLineOf(state),
    lamp: state.lamp,
    reason: state.reason,
    summary: summaryOf(state, namesOf(view, context)),
    since: isoOf(state.since),
    last_proven_at: isoOrNull(state.provenAt),
    who_must_act: whoMustActOf(state),
    hub_error: hubErrorOf(view),
    warning: state.warning,
    client_signals: renderSignals(view),
    numbers,
    matched_number_ids: numbers.filter((number) => isNamedBy(q, number)).map(({ id }) => id),
    has_recovery: methods.some(({ available, steps }) => available && steps.length > 0),
    has_reshare_link: hasReshareLink(view, context.now),
  };
}

/** A snooze that is over is none. */
function renderCase(
  { owner, tags, snoozedUntil }: WabaCase,
  now: number,
): Pick<WabaJson, "owner" | "tags" | "snoozed_until"> {
  const isSnoozed = snoozedUntil !== null && snoozedUntil > now;
  return { owner, tags: [...tags], snoozed_until: isSnoozed ? isoOf(snoozedUntil) : null };
}

function renderNumberSummary(view: WabaView, number: NumberState): WabaSummaryJson["numbers"][number] {
  const entry = view.numbers.find((candidate) => candidate.id === number.numberId);
  return {
    id: number.numberId,
    phone_number_id: number.phoneNumberId,
    display_phone_number: entry?.displayPhoneNumber ?? null,
    verified_name: entry?.verifiedName ?? null,
    coexistence: number.coexistence,
    can_send: canSend(view, number),
  };
}

function renderClose(close: NonNullable<ShareState["operatorClose"]> | null): WabaJson["operator_close"] {
  if (close === null) return null;
  const { at, actor, why, until = null } = close;
  return { at: isoOf(at), by: actor, reason: why, until: isoOrNull(until) };
}

/** Rule 9: an override that was lost with the subscription is named beside the webhooks. */
function renderWabaCondition(condition: ConditionState, state: ShareState, names: Names): ConditionJson {
  const rendered = renderCondition(condition, names);
  if (condition.type !== "WebhookSubscribed") return rendered;
  return { ...rendered, message: joinSentences(rendered.message, overrideSentenceOf(state, names)) };
}

/** What the client has said on its page within this loss. When it was last there is a field of its link. */
function renderSignals({ state, link }: WabaView): WabaJson["client_signals"] {
  const said = state.client ?? {};
  const at = (ms: number | undefined): string | null => isoOrNull(ms ?? null);
  return {
    signal: decidingSignalOf(said),
    link_opened_at: at(said.openedAt),
    last_seen_at: said.openedAt === undefined ? null : isoOrNull(link?.lastSeenAt ?? null),
    step: said.step?.name ?? null,
    step_outcome: said.step?.outcome ?? null,
    step_at: at(said.step?.at),
    chose_another: said.choice
      ? { name: said.choice.chosen, outcome: said.choice.outcome, at: isoOf(said.choice.at) }
      : null,
    asked_for_link_at: at(said.askedLinkAt),
    app_works_again_at: at(said.appWorksAt),
    intended_at: at(said.intendedAt),
  };
}

function renderRestored({ restored }: ShareState): WabaJson["restored"] {
  return restored === undefined
    ? null
    : { at: isoOf(restored.at), how: restored.how, after_ban: restored.afterBan };
}

/** What the recovery plan needs beside the state. */
export function aboutOf({ asset, client }: WabaView): Parameters<typeof subjectOf>[1] {
  return { wabaId: asset.wabaId, clientBusinessId: client.businessId };
}

/** Sorted by Meta's id: the same order for everybody and after every start. */
function inOrder(numbers: NumberState[]): NumberState[] {
  return [...numbers].sort((a, b) => (a.phoneNumberId < b.phoneNumberId ? -1 : 1));
}

/** Whether a re-share link is live, while the client can give something back. */
export function hasReshareLink({ link, state }: WabaView, now: number): boolean {
  return link !== null && leadsBack(state) && outcomeOf(link, now) === "live";
}

/** One number and its state within its WABA. */
export function renderNumber(view: WabaView, number: NumberState, context: WabaContext): NumberJson {
  const entry = view.numbers.find((candidate) => candidate.id === number.numberId);
  const row = STATUS_ROWS.find((candidate) => candidate.number === number.row);
  const waba = aboutOf(view);
  const plan = number.ownFault ? planRecovery(numberSubjectOf(view.state, number, waba), context) : null;
  const names = namesOf(view, context);
  return {
    id: number.numberId,
    phone_number_id: number.phoneNumberId,
    display_phone_number: entry?.displayPhoneNumber ?? null,
    verified_name: entry?.verifiedName ?? null,
    coexistence: number.coexistence,
    can_send: canSend(view, number),
    reason: reasonOf(view, number),
    since: isoOf(number.since),
    who_must_act: whoMustActOf(view.state, number),
    hub_error: hubErrorOf(view),
    lamp: row?.lamp ?? view.state.lamp,
    conditions: number.conditions.map((condition) => renderCondition(condition, names)),
    countdown_until: isoOrNull(number.countdownUntil),
    app_activity: renderAppActivity(view, number, context.now),
    recovery: plan && renderRecovery(plan, view.asset.wabaId, context),
  };
}

/** Switched to enforce, but no probe that may write has yet judged what was decided in observe mode. */
function isPending({ asset, state }: Pick<WabaView, "asset" | "state">): boolean {
  return asset.mode === "enforce" && !isEnforced(asset.mode, state);
}

/**
 * Observe mode closes no gate. A half-open gate on a live WABA lets messages pass one by one; elsewhere it
 * only tests.
 */
export function canSend({ asset, state }: Pick<WabaView, "asset" | "state">, number: NumberState): boolean {
  if (number.gate === "open" || !isEnforced(asset.mode, state)) return true;
  return (
    number.gate === "half_open" &&
    STATUS_ROWS.some((row) => row.number === number.row && row.status === "live")
  );
}

/**
 * Why a number cannot send, or what is not known of one that can. A refusal without its own reason has the
 * status as reason.
 */
export function reasonOf(view: Pick<WabaView, "asset" | "state">, number: NumberState): string | null {
  return number.reason ?? (canSend(view, number) ? null : view.state.status);
}

export function renderClient(client: Client): WabaJson["client"] {
  const { id, name, businessId, externalId, language } = client;
  return { id, name, business_id: businessId, external_id: externalId, language };
}

function renderCondition(condition: ConditionState, names: Names): ConditionJson {
  return {
    type: condition.type,
    status: condition.status,
    required: condition.required,
    reason: condition.reason,
    message: conditionMessageOf(condition, names),
    last_transition_at: isoOf(condition.since),
    last_probe_at: isoOrNull(condition.probedAt),
    source: condition.source,
  };
}

/**
 * T1: what clients and support see on each number of a WABA whose permission is gone. In observe mode nothing
 * is prevented.
 */
function hubErrorOf({ asset, state }: Pick<WabaView, "asset" | "state">): string | null {
  return state.status === "permission_removed" && isEnforced(asset.mode, state) ? english("hub_error") : null;
}

export function namesOf(view: Pick<WabaView, "asset" | "client" | "state">, context: RecoveryContext): Names {
  const { asset, client } = view;
  return {
    client: client.name,
    partner: context.partnerName,
    wabaId: asset.wabaId,
    sendsWithClientToken: asset.sendsWith === "client",
    isObserved: !isEnforced(asset.mode, view.state),
    isPending: isPending(view),
  };
}

export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : isoOf(ms);
}
