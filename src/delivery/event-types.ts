import { ENDPOINT_NOTICES, INCIDENT_NOTICES, SIGNUP_NOTICES } from "./notice.ts";

/** What an event of each type means. Types may be added: a receiver leaves those that it does not know. */
export const EVENT_TYPES = {
  "waba.discovered": "Meta lists a WABA as shared with us that was not known here.",
  "waba.imported": "A WABA was imported; its first probe follows.",
  "waba.onboarding.started": "A client's signup has brought a WABA; its checks are under way.",
  "waba.onboarding.completed": "A client's signup is complete: the share is proven, and all steps are taken.",
  "waba.onboarding.failed":
    "An attempt of a client in Meta's window ended without a share; `exit_reason` says why. It may try again.",
  "waba.onboarding.abandoned":
    "A signup ended without being complete: it was withdrawn, or nobody came for 30 days.",
  "waba.adopted": "A discovered WABA is watched from now on.",
  "waba.offboarded": "You no longer serve this WABA.",
  "waba.share.lost": "The client no longer shares the WABA with full control: its messages are stopped.",
  "waba.share.partial": "The share stands without full control: its messages are stopped.",
  "waba.share.restored": "The share stands again with full control.",
  "waba.share.unknown": "Meta has not answered long enough to prove the share. Only sent where it is named.",
  "waba.status.changed": "The status or its reason changed in another way.",
  "waba.conditions.changed": "Conditions changed, and the status did not.",
  "waba.setup_checks.changed": "A setup issue came or went, such as a missing payment method.",
  "waba.terms.changed": "Partner model, token or mode of the WABA were changed by your people.",
  "waba.enforced": "What was only observed is enforced from now on.",
  "waba.gate.closed": "Messages of the WABA are refused from now on.",
  "waba.gate.opened": "Messages of the WABA flow again.",
  "waba.repair.link_created":
    "There is a new re-share link, which no event holds: POST /wabas/{waba_id}/reshare-links answers with it.",
  "waba.repair.opened": "The client has opened its re-share link for the first time in this loss.",
  "waba.repair.failed":
    "An attempt to repair in Meta's window ended without the share; `client_signals` and the timeline say why.",
  "waba.repair.completed": "A loss is repaired: messages of the WABA flow again.",
  "waba.case.changed": "Owner, tags or snooze of the WABA were changed by your people.",
  "waba.note.added": "One of your people added a note to the WABA.",
  "subscription.repaired":
    "Meta no longer sent the WABA's webhooks to us. Sharekeeper has subscribed it again.",
  "number.changed": "A condition of one number changed.",
  "coexistence.offboarded":
    "Meta has offboarded a number of the WhatsApp Business app and tries to restore it.",
  "coexistence.reconnected": "The number is linked to its app again.",
  "coexistence.app_activity.due_soon":
    "The WhatsApp Business app must be opened within days, or Meta cuts the link.",
  "coexistence.app_activity.overdue": "The app was not opened in time: Meta may cut the link any day.",
  "coexistence.app_activity.confirmed": "The app was used.",
  "reshare.opened": "The client opened its re-share link.",
  "reshare.step_reached": "The client reached a step on its page.",
  "reshare.chose_another": "The client chose another account, number or portfolio in Meta's window.",
  "reshare.asked_fresh": "The client asks for a new link.",
  "reshare.link_sent": "Your people copied a new link to send it.",
  "reshare.app_works_again": "The client says that its banned app works again.",
  "reshare.intended": "The client says that it removed the access on purpose.",
  "reshare.resumed": "The client wants to share again after all.",
  "client_message.requested": "A message to the client is due, and you send it: see CLIENT_MESSAGES.",
  "provider.incident.opened":
    "Many WABAs of a connection fail together: at Meta, or because of our token or app.",
  "provider.incident.resolved": "The incident is over; `ended_why` says how.",
  "endpoint.failing":
    "Another endpoint has only failed for 50, 70 or 90 per cent of the five days after which it is disabled.",
  "endpoint.disabled": "Another endpoint was disabled.",
  "endpoint.recovered": "Another endpoint takes deliveries again.",
  "webhook.test": "You pressed the button. Nothing happened.",
} as const satisfies Record<string, string>;

export type EventType = keyof typeof EVENT_TYPES;

/** Sent to endpoints that name them, and not to those that take all types. */
export const QUIET_TYPES: readonly EventType[] = ["waba.share.unknown"];

/** What the `data` of an event has beside its id. */
type EventSubject = "waba" | "endpoint" | "incident" | "signup" | "nothing";

const SUBJECTS: ReadonlyMap<string, EventSubject> = new Map([
  ...ENDPOINT_NOTICES.map((type) => [type, "endpoint"] as const),
  ...INCIDENT_NOTICES.map((type) => [type, "incident"] as const),
  ...SIGNUP_NOTICES.map((type) => [type, "signup"] as const),
  ["webhook.test", "nothing"],
]);

/** `waba`: the type is one of the journal, and of `GET /events`. */
export const subjectOf = (type: string): EventSubject => SUBJECTS.get(type) ?? "waba";
