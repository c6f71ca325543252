import type { NumberView } from "./get-waba.ts";
import type { CanSendJson, NumberPageJson } from "./number-schema.ts";
import type { ConditionState, NumberState, ShareState } from "../../../sharing/status/share-state.ts";
import {
  canSend,
  isoOf,
  isoOrNull,
  reasonOf,
  renderNumber,
  renderWaba,
  type WabaContext,
} from "./render-waba.ts";

/** The WABA Management App's page of one number. */
export function renderNumberPage({ number, state, view }: NumberView, context: WabaContext): NumberPageJson {
  const waba = renderWaba(view, context);
  return {
    ...renderNumber(view, state, context),
    profile: number.profile,
    profile_read_at: isoOrNull(profileReadAtOf(state)),
    waba: {
      id: waba.id,
      name: waba.name,
      client: waba.client,
      kind: waba.kind,
      status: waba.status,
      status_label: waba.status_label,
      status_line: waba.status_line,
      lamp: waba.lamp,
      reason: waba.reason,
      since: waba.since,
      who_must_act: waba.who_must_act,
      summary: waba.summary,
      hub_error: waba.hub_error,
    },
  };
}

/**
 * When Meta last sent data of the number, in ms since the epoch: its profile comes with its status. A number
 * that is missing in a list was last read when it was last listed.
 */
function profileReadAtOf({ conditions }: NumberState): number | null {
  const connected = conditions.find(({ type }) => type === "NumberConnected");
  if (connected === undefined || connected.probedAt === null) return null;
  const { status, reason, probedAt, lastTrueAt } = connected;
  if (status === "False" && reason !== "number_deleted") return probedAt;
  return lastTrueAt === null ? null : Math.min(lastTrueAt, probedAt);
}

/** Whether a message would pass now, as the gate decides it, and the observation behind the decision. */
export function renderCanSend({ number, state, view }: NumberView): CanSendJson {
  return {
    id: number.id,
    phone_number_id: number.phoneNumberId,
    can_send: canSend(view, state),
    reason: reasonOf(view, state),
    since: isoOf(state.since),
    as_of: isoOf(observedAtOf(view.state, state)),
    stale: view.state.status === "unknown",
  };
}

/** When the deciding fact was last observed or ordered: never the time of the call. */
function observedAtOf(state: ShareState, number: NumberState): number {
  if (state.status === "closed") return state.operatorClose?.at ?? state.since;
  if (state.status === "offboarded" || state.status === "discovered") return state.since;
  if (state.status === "live" || state.status === "unknown") {
    const cause = number.ownFault ? causeOf(number.conditions, number.reason) : undefined;
    return cause ?? state.provenAt ?? state.since;
  }
  return causeOf([...state.conditions, ...number.conditions], number.reason) ?? state.since;
}

/**
 * When the condition behind a reason was last confirmed: by the newest probe that answered, or by the event
 * alone.
 */
function causeOf(conditions: readonly ConditionState[], reason: string | null): number | undefined {
  const cause = conditions.find((condition) => condition.status !== "True" && condition.reason === reason);
  if (cause === undefined) return undefined;
  const { source, decidedAt, confirmedAt = null, probedAt } = cause;
  const at = source === "event" ? (confirmedAt ?? decidedAt) : Math.max(decidedAt, probedAt ?? 0);
  return at > 0 ? at : undefined;
}
