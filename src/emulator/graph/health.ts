/**
 * `health_status` of a WABA and of a number. Source: Meta's "health status" page for the shape and the codes
 * 141000, 138024 and
 * 138025. Which code a disabled (131031) or restricted (368) WABA shows is invented: no source says.
 */
import { activeRestrictionsOf, closedDirectionsOf } from "../world/world.ts";
import type { PhoneNumber, Waba, World } from "../world/world.ts";

type CanSend = "AVAILABLE" | "LIMITED" | "BLOCKED";

interface HealthError {
  error_code: number;
  error_description: string;
  possible_solution: string;
}

interface Entity {
  entity_type: "PHONE_NUMBER" | "WABA" | "BUSINESS" | "APP";
  id: string;
  can_send_message: CanSend;
  can_receive_call_sip?: CanSend;
  errors?: HealthError[];
  additional_info?: string[];
}

export interface Health {
  can_send_message: CanSend;
  entities: Entity[];
}

export function healthOfWaba(world: World, waba: Waba, now: number): Health {
  return healthOf([wabaEntityOf(waba, now), ...surroundingsOf(world, waba)]);
}

export function healthOfNumber(world: World, number: PhoneNumber, now: number): Health {
  const waba = world.wabas[number.wabaId] as Waba;
  return healthOf([numberEntityOf(number), wabaEntityOf(waba, now), ...surroundingsOf(world, waba)]);
}

/** The whole is as bad as its worst part. */
function healthOf(entities: Entity[]): Health {
  const states = entities.map((entity) => entity.can_send_message);
  const worst = (["BLOCKED", "LIMITED"] as const).find((state) => states.includes(state));
  return { can_send_message: worst ?? "AVAILABLE", entities };
}

function numberEntityOf(number: PhoneNumber): Entity {
  const sip = { can_receive_call_sip: "BLOCKED" as const };
  const base = { entity_type: "PHONE_NUMBER" as const, id: number.id, ...sip };
  if (!isConnected(number))
    return { ...base, can_send_message: "BLOCKED", errors: [NOT_CONNECTED, ...SIP_NOT_SET_UP] };
  return { ...base, can_send_message: "AVAILABLE", errors: SIP_NOT_SET_UP };
}

/**
 * Statuses in which Meta refuses a send. FLAGGED, RATE_LIMITED, RESTRICTED and words nobody knows do not stop
 * it.
 */
const DEAD_STATUSES: readonly string[] = [
  "DISCONNECTED",
  "PENDING",
  "UNVERIFIED",
  "MIGRATED",
  "BANNED",
  "DELETED",
  "OFFLINE",
];

/** Registered, and its status no dead one. What became of a coexistence number's companion, no read tells. */
export function isConnected(number: PhoneNumber): boolean {
  return number.registered && !DEAD_STATUSES.includes(number.status);
}

const NOT_CONNECTED: HealthError = {
  error_code: 141000,
  error_description: "The phone number is not connected to the Cloud API.",
  possible_solution: "Register the phone number, or connect the WhatsApp Business app again.",
};

/** Every healthy number carries these two: calling over SIP is not set up. To be ignored. */
const SIP_NOT_SET_UP: HealthError[] = [
  {
    error_code: 138024,
    error_description: "SIP is not enabled for this phone number.",
    possible_solution: "Enable SIP in the calling settings of the phone number.",
  },
  {
    error_code: 138025,
    error_description: "No SIP server is configured for this phone number.",
    possible_solution: "Add a SIP server to the calling settings of the phone number.",
  },
];

function wabaEntityOf(waba: Waba, now: number): Entity {
  const base = { entity_type: "WABA" as const, id: waba.id };
  if (waba.status === "DISABLED") return { ...base, can_send_message: "BLOCKED", errors: [LOCKED] };
  const closed = closedDirectionsOf(waba, now);
  if (closed.business && closed.customer)
    return { ...base, can_send_message: "BLOCKED", errors: [RESTRICTED] };
  const active = activeRestrictionsOf(waba, now);
  if (active.length === 0) return { ...base, can_send_message: "AVAILABLE" };
  return {
    ...base,
    can_send_message: "LIMITED",
    additional_info: active.map((each) => `Restriction: ${each.type}`),
  };
}

const LOCKED: HealthError = {
  error_code: 131031,
  error_description: "The WhatsApp Business Account has been locked.",
  possible_solution: "Request a review in Business Support Home.",
};

const RESTRICTED: HealthError = {
  error_code: 368,
  error_description: "The WhatsApp Business Account is restricted from messaging for policy violations.",
  possible_solution: "Wait until the restriction ends, or request a review in Business Support Home.",
};

function surroundingsOf(world: World, waba: Waba): Entity[] {
  return [
    { entity_type: "BUSINESS", id: waba.businessId, can_send_message: "AVAILABLE" },
    {
      entity_type: "APP",
      id: world.identity.appId,
      can_send_message: "AVAILABLE",
      can_receive_call_sip: "AVAILABLE",
    },
  ];
}
