import type { NumberView } from "./get-waba.ts";
import type { CanSendJson, NumberPageJson } from "./number-schema.ts";
import { canSend, isoOf, renderNumber, renderWaba, type Surroundings } from "./render-waba.ts";

/** The WABA Management App's page of one number. */
export function renderNumberPage(
  { number, state, view }: NumberView,
  surroundings: Surroundings,
): NumberPageJson {
  const waba = renderWaba(view, surroundings);
  return {
    ...renderNumber(view, state, surroundings),
    profile: number.profile,
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

/** Whether a message would pass now, as the gate decides it. */
export function renderCanSend({ number, state, view }: NumberView, now: number): CanSendJson {
  const may = canSend(view, state);
  return {
    id: number.id,
    phone_number_id: number.phoneNumberId,
    can_send: may,
    reason: may ? null : state.reason,
    since: isoOf(state.since),
    as_of: isoOf(now),
  };
}
