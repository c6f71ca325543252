import type {
  AlertFilters,
  AuditFilters,
  DeliveryFilters,
  ObserveFilters,
  SignupFilters,
  WabaFilters,
} from "../api/queries.ts";

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** The list's address. Unknown parameters are dropped; the API validates the values. */
export const parseWabasSearch = (search: Record<string, unknown>): WabaFilters =>
  ({
    q: textOf(search["q"]),
    status: textOf(search["status"]),
    reason: textOf(search["reason"]),
    kind: textOf(search["kind"]),
    client_id: textOf(search["client_id"]),
    who_must_act: textOf(search["who_must_act"]),
    app_activity: textOf(search["app_activity"]),
    client_signal: textOf(search["client_signal"]),
    broken: search["broken"] === "true" ? "true" : undefined,
    incident: textOf(search["incident"]),
    owner: textOf(search["owner"]),
    tag: textOf(search["tag"]),
    mentions: textOf(search["mentions"]),
    snoozed: search["snoozed"] === "true" ? "true" : undefined,
    sort: textOf(search["sort"]),
  }) as WabaFilters;

export const parseSignupsSearch = (search: Record<string, unknown>): SignupFilters => ({
  q: textOf(search["q"]),
  state: textOf(search["state"]),
  days: textOf(search["days"]),
  invite: search["invite"] === "true" ? "true" : undefined,
});

export const parseApiKeysSearch = (search: Record<string, unknown>): { q?: string | undefined } => ({
  q: textOf(search["q"]),
});

/** `open`: the ids of the open lines, comma separated. */
export interface AuditSearch extends AuditFilters {
  open?: string | undefined;
}

/** An outcome that the API does not know is dropped; it refuses other wrong values. */
export const parseAuditSearch = (search: Record<string, unknown>): AuditSearch => ({
  actor: textOf(search["actor"]),
  action: textOf(search["action"]),
  waba_id: textOf(search["waba_id"]),
  target_id: textOf(search["target_id"]),
  outcome: AUDIT_OUTCOMES.find((outcome) => outcome === search["outcome"]),
  from: textOf(search["from"]),
  until: textOf(search["until"]),
  open: textOf(search["open"]),
});

export const AUDIT_OUTCOMES = ["done", "refused", "failed"] as const;

export const DELIVERY_STATES = ["pending", "delivered", "failed"] as const;

/** `open`: the ids of the open deliveries, comma separated. */
export interface EndpointSearch extends DeliveryFilters {
  open?: string | undefined;
}

/** A state that the API does not know is dropped. */
export const parseEndpointSearch = (search: Record<string, unknown>): EndpointSearch => ({
  state: DELIVERY_STATES.find((state) => state === search["state"]),
  open: textOf(search["open"]),
});

export const ALERT_STATES = ["firing", "acknowledged", "resolved"] as const;
const ALERT_SEVERITIES = ["critical", "warning", "info"] as const;

/** The alerts' address; without a state those that fire. Unknown values are dropped. */
export const parseAlertsSearch = (search: Record<string, unknown>): AlertFilters => ({
  state: ALERT_STATES.find((state) => state === search["state"]),
  severity: ALERT_SEVERITIES.find((severity) => severity === search["severity"]),
  waba_id: textOf(search["waba_id"]),
});

/** `acknowledge`: the reader followed “Acknowledge” of a message. */
export interface AlertSearch {
  acknowledge?: "1" | undefined;
}

export const parseAlertSearch = (search: Record<string, unknown>): AlertSearch => ({
  acknowledge: search["acknowledge"] === undefined ? undefined : "1",
});

export const parseObserveSearch = (search: Record<string, unknown>): ObserveFilters => ({
  days: textOf(search["days"]),
  client_id: textOf(search["client_id"]),
  doubtful: search["doubtful"] === "true" ? "true" : undefined,
});

/**
 * `way`: the recovery method shown; `open`: the open panels, by id, comma separated; `signup`: the one under
 * way here.
 */
export interface WabaSearch {
  way?: string | undefined;
  open?: string | undefined;
  signup?: string | undefined;
}

export const parseWabaSearch = (search: Record<string, unknown>): WabaSearch => ({
  way: textOf(search["way"]),
  open: textOf(search["open"]),
  signup: textOf(search["signup"]),
});

export const listOf = (commaSeparated: string | undefined): string[] =>
  commaSeparated === undefined ? [] : commaSeparated.split(",").filter((item) => item !== "");

/** The list with the item added or removed; undefined when it is empty. */
export function toggled(commaSeparated: string | undefined, item: string): string | undefined {
  const items = listOf(commaSeparated);
  const next = items.includes(item) ? items.filter((other) => other !== item) : [...items, item];
  return next.length === 0 ? undefined : next.join(",");
}
