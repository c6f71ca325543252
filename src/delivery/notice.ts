import type { Incident } from "../sharing/rules/incident.ts";
import { addressOf, type Endpoint } from "./endpoint.ts";

/**
 * Events that are about no WABA. They have no line in the journal and no sequence: their deliveries are
 * planned in the transaction of the change itself, with the body that is sent.
 */

export const ENDPOINT_NOTICES = ["endpoint.failing", "endpoint.disabled", "endpoint.recovered"] as const;
export type EndpointNotice = (typeof ENDPOINT_NOTICES)[number];

export const INCIDENT_NOTICES = ["provider.incident.opened", "provider.incident.resolved"] as const;
type IncidentNotice = (typeof INCIDENT_NOTICES)[number];

/** A signup need not have a WABA: the client may leave before it chose one. */
export const SIGNUP_NOTICES = ["waba.onboarding.failed", "waba.onboarding.abandoned"] as const;
export type SignupNotice = (typeof SIGNUP_NOTICES)[number];

export interface Notice {
  type: EndpointNotice | IncidentNotice | SignupNotice;
  /** Without the id, which each delivery has of its own. */
  data: object;
  /** It is not sent to this endpoint, which it is about. */
  exceptId?: string;
}

/** @param percent how much of the time has passed after which it is disabled */
export function endpointDataOf(endpoint: Endpoint, percent: number): object {
  const { id, description, state, disabledWhy, failingSince } = endpoint;
  return {
    endpoint: {
      ...{ id, url: addressOf(endpoint), description, state, disabled_why: disabledWhy },
      failing_since: isoOrNull(failingSince),
    },
    percent,
  };
}

export function incidentDataOf(incident: Incident): object {
  const { id, connectionId, about, reason, probed, troubled, mostTroubled, confirmed } = incident;
  return {
    incident: {
      ...{ id, connection: connectionId, about, reason, opened_at: isoOrNull(incident.openedAt) },
      ...{ ended_at: isoOrNull(incident.endedAt), ended_why: incident.endedWhy },
      ...{ probed, troubled, most_troubled: mostTroubled, confirmed },
    },
  };
}

const isoOrNull = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
