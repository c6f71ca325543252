import type { Asset, Client, NumberEntry } from "../directory/directory-store.ts";
import { businessSuiteLinkOf } from "../recovery/partner-steps.ts";
import { planRecovery } from "../recovery/plan-recovery.ts";
import { numberSubjectOf, subjectOf, type RecoverySurroundings } from "../recovery/recovery-subject.ts";
import { fateOf, leadsBack, type ReshareLink } from "../recovery/reshare-link.ts";
import type { ConditionState, NumberState, ShareState } from "../sharing/state.ts";
import { STATUS_ROWS } from "../sharing/status.ts";
import { conditionMessageOf, summaryOf, type Names } from "../sharing/words.ts";
import en from "../texts/en.json" with { type: "json" };
import { renderRecovery } from "./render-recovery.ts";
import type { ConditionJson, NumberJson, WabaJson } from "./waba-schema.ts";

/** A WABA with all that is told of it: who it is, and what was derived of it at one instant. */
export interface WabaView {
  asset: Asset;
  client: Client;
  numbers: NumberEntry[];
  state: ShareState;
  /** Its newest re-share link; null when it never had one. */
  link: ReshareLink | null;
}

/** What the plan back rests on, and the addresses of links. */
export interface Surroundings extends RecoverySurroundings {
  reshareUrlOf(linkId: string): string;
  now: number;
}

/** CONTRACT section 5. Pure: the same rows and state give the same JSON. */
export function renderWaba(view: WabaView, surroundings: Surroundings): WabaJson {
  const { asset, client, state } = view;
  const names = namesOf(view, surroundings);
  const waba = { wabaId: asset.wabaId, clientBusinessId: client.businessId };
  return {
    id: asset.wabaId,
    name: asset.name,
    kind: state.kind,
    connection: asset.connectionId,
    partner_model: asset.partnerModel,
    mode: asset.mode,
    client: renderClient(client),
    status: state.status,
    status_label: state.label,
    lamp: state.lamp,
    reason: state.reason,
    summary: summaryOf(state, names),
    since: isoOf(state.since),
    last_proven_at: isoOrNull(state.provenAt),
    who_must_act: state.who,
    hub_error: hubErrorOf(state),
    warning: state.warning,
    owner_settings_url: businessSuiteLinkOf(waba, surroundings.businessSuiteUrl),
    conditions: state.conditions.map((condition) => renderCondition(condition, names)),
    numbers: inOrder(view.state.numbers).map((number) => renderNumber(view, number, surroundings)),
    reshare_url: reshareUrlOf(view, surroundings),
    recovery: renderRecovery(planRecovery(subjectOf(state, waba), surroundings), asset.wabaId, surroundings),
  };
}

/** By Meta's id: the same order for everybody and after every start. */
function inOrder(numbers: NumberState[]): NumberState[] {
  return [...numbers].sort((a, b) => (a.phoneNumberId < b.phoneNumberId ? -1 : 1));
}

/** The live link, while there is something that the client can give back. */
export function reshareUrlOf({ link, state }: WabaView, surroundings: Surroundings): string | null {
  if (link === null || !leadsBack(state) || fateOf(link, surroundings.now) !== "live") return null;
  return surroundings.reshareUrlOf(link.id);
}

/** One number, as it stands within its WABA. */
export function renderNumber(
  view: WabaView,
  number: NumberState,
  surroundings: RecoverySurroundings,
): NumberJson {
  const entry = view.numbers.find((candidate) => candidate.id === number.numberId);
  const row = STATUS_ROWS.find((candidate) => candidate.number === number.row);
  const waba = { wabaId: view.asset.wabaId, clientBusinessId: view.client.businessId };
  const plan = number.ownAilment
    ? planRecovery(numberSubjectOf(view.state, number, waba), surroundings)
    : null;
  const names = namesOf(view, surroundings);
  return {
    id: number.numberId,
    phone_number_id: number.phoneNumberId,
    display_phone_number: entry?.displayPhoneNumber ?? null,
    verified_name: entry?.verifiedName ?? null,
    coexistence: number.coexistence,
    can_send: canSend(view.asset, number),
    reason: number.reason,
    since: isoOf(number.since),
    who_must_act: number.who,
    hub_error: hubErrorOf(view.state),
    lamp: row?.lamp ?? view.state.lamp,
    conditions: number.conditions.map((condition) => renderCondition(condition, names)),
    recovery: plan && renderRecovery(plan, view.asset.wabaId, surroundings),
  };
}

/** Observe mode closes no gate. A trial on a live WABA lets messages pass one by one; elsewhere it only finds out. */
export function canSend(asset: Asset, number: NumberState): boolean {
  if (asset.mode === "observe" || number.gate === "open") return true;
  return (
    number.gate === "trial" && STATUS_ROWS.some((row) => row.number === number.row && row.status === "live")
  );
}

export function renderClient(client: Client): WabaJson["client"] {
  const { id, name, businessId, externalId } = client;
  return { id, name, business_id: businessId, external_id: externalId };
}

export function renderCondition(condition: ConditionState, names: Names): ConditionJson {
  return {
    type: condition.type,
    status: condition.status,
    required: condition.required,
    reason: condition.reason,
    message: conditionMessageOf(condition, names),
    last_transition_at: isoOf(condition.since),
    last_probe_at: isoOrNull(condition.lookedAt),
    source: condition.source,
  };
}

/** T1: what clients and support see on every number of a WABA whose permission is gone. */
export function hubErrorOf(state: ShareState): string | null {
  return state.status === "permission_removed" ? en.hub_error : null;
}

export function namesOf(view: Pick<WabaView, "asset" | "client">, surroundings: RecoverySurroundings): Names {
  return { client: view.client.name, partner: surroundings.partnerName, wabaId: view.asset.wabaId };
}

export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : isoOf(ms);
}
