import type { z } from "@hono/zod-openapi";
import { subjectOf, type EventType } from "../../../delivery/event-types.ts";
import type { WabaSchema } from "../wabas/waba-schema.ts";

/** An event as an endpoint receives it, invented, for tests of the receiver and for the catalogue. */
export function exampleOf(type: EventType, { id, at }: { id: string; at: number }): object {
  const timestamp = new Date(at).toISOString();
  return { type, timestamp, data: { id, ...dataOf(type, timestamp) } };
}

function dataOf(type: EventType, timestamp: string): object {
  switch (subjectOf(type)) {
    case "nothing":
      return {};
    case "endpoint":
      return { endpoint: endpointOf(timestamp), percent: 50 };
    case "incident":
      return { incident: incidentOf(type, timestamp) };
    case "signup":
      return { signup: signupOf(type) };
    case "waba": {
      const waba = LOSSES.has(type) ? lostOf(wabaOf(timestamp)) : wabaOf(timestamp);
      return { sequence: 7, waba, ...(CHANGED[type] ?? { changed: ["status"] }) };
    }
  }
}

const OF_NUMBER = "num_0123456789abcdefghjk";
const APP_ACTIVITY = { changed: ["app_activity"], number_id: OF_NUMBER };
const NOTHING = { changed: [] };
const SIGNAL = { changed: ["client_signals"] };

/** What has changed, where it is not the status. */
const CHANGED: Partial<
  Record<EventType, { changed: string[]; number_id?: string; client_message?: object }>
> = {
  "waba.conditions.changed": { changed: ["FullControl"] },
  "waba.setup_checks.changed": { changed: ["setup_checks"] },
  "waba.terms.changed": { changed: ["sends_with"] },
  "waba.enforced": { changed: ["mode"] },
  "waba.gate.closed": { changed: ["gate"] },
  "waba.gate.opened": { changed: ["gate"] },
  "waba.onboarding.completed": NOTHING,
  "waba.repair.link_created": { changed: ["has_reshare_link"] },
  "waba.repair.opened": SIGNAL,
  "waba.repair.failed": NOTHING,
  "waba.repair.completed": NOTHING,
  "waba.case.changed": { changed: ["tags"] },
  "waba.note.added": { changed: ["notes"] },
  "subscription.repaired": NOTHING,
  "client_message.requested": { changed: [], client_message: clientMessageOf() },
  "number.changed": { changed: ["NumberConnected"], number_id: OF_NUMBER },
  "coexistence.app_activity.due_soon": APP_ACTIVITY,
  "coexistence.app_activity.overdue": APP_ACTIVITY,
  "coexistence.app_activity.confirmed": APP_ACTIVITY,
  "reshare.opened": SIGNAL,
  "reshare.step_reached": SIGNAL,
  "reshare.chose_another": SIGNAL,
  "reshare.asked_fresh": SIGNAL,
  "reshare.link_sent": SIGNAL,
  "reshare.app_works_again": SIGNAL,
  "reshare.intended": SIGNAL,
  "reshare.resumed": SIGNAL,
};

function clientMessageOf(): object {
  const link = "https://share.example.com/reshare/rsl_0123456789abcdefghjk.…";
  return {
    ...{ id: "cmg_0123456789abcdefghjk", topic: "loss", kind: "first", cause: "partner_removed" },
    ...{ language: "fr", subject: "WhatsApp: Example has lost access" },
    text: `Hello,\n\nExample has lost access to your WhatsApp Business account Café Lumière. …\n\n${link}`,
    contacts: [{ name: "Ada", email: "ada@example.com", phone: "+15550190001", language: null }],
    wabas: [{ name: "Café Lumière", link, expires_at: "2026-12-13T09:30:00.000Z" }],
  };
}

const incidentOf = (type: EventType, timestamp: string): object => {
  const isOver = type === "provider.incident.resolved";
  return {
    ...{ id: "inc_0123456789abcdefghjk", connection: "default", about: "meta", reason: "meta_unreachable" },
    ...{ opened_at: timestamp, ended_at: isOver ? timestamp : null, ended_why: isOver ? "recovered" : null },
    ...{ probed: 40, troubled: 12, most_troubled: 14, confirmed: 0 },
  };
};

const signupOf = (type: EventType): object => ({
  ...{ id: "sgn_0123456789abcdefghjk", connection: "default", flow: "platform", external_id: "crm-4711" },
  ...{ metadata: {}, waba_id: null, meta_message: null },
  ...(type === "waba.onboarding.failed"
    ? { state: "opened", exit_reason: "left" }
    : { state: "abandoned", exit_reason: null }),
});

const endpointOf = (timestamp: string): object => ({
  ...{ id: "whe_0123456789abcdefghjk", url: "https://example.com/webhooks", description: "billing" },
  ...{ state: "enabled", disabled_why: null, failing_since: timestamp },
});

/** Types whose example is a WABA that is lost. */
const LOSSES: ReadonlySet<EventType> = new Set([
  ...(["waba.share.lost", "waba.share.partial", "waba.gate.closed", "reshare.opened"] as const),
  ...(["reshare.step_reached", "reshare.asked_fresh", "reshare.link_sent", "reshare.intended"] as const),
  ...(["reshare.chose_another", "reshare.resumed", "waba.repair.link_created"] as const),
  ...(["waba.repair.opened", "waba.repair.failed", "client_message.requested"] as const),
]);

type Waba = z.input<typeof WabaSchema>;

/** The client has removed the partner. */
const lostOf = (waba: Waba): Waba => ({
  ...waba,
  ...{ status: "permission_removed", status_label: "BSP PERMISSION REMOVED", lamp: "red" },
  ...{ status_line: "🔴BSP PERMISSION REMOVED", reason: "partner_removed", who_must_act: "client" },
  ...{ summary: "The client removed the partner. Messages are stopped.", has_reshare_link: true },
  conditions: waba.conditions.map((condition) => ({
    ...condition,
    ...{ status: "False", reason: "partner_removed", source: "event" },
    message: "The client removed the partner.",
  })),
  numbers: waba.numbers.map((number) => ({
    ...number,
    ...{ can_send: false, reason: "partner_removed", who_must_act: "client", lamp: "red" },
  })),
});

/** A WABA that is live, with one number, as `GET /wabas/{waba_id}` has it. */
const wabaOf = (timestamp: string): Waba => ({
  ...{ id: "100000000000015", name: "Café Lumière", kind: "platform", connection: "default" },
  ...{ partner_model: "portfolio_share", sends_with: "system_user", mode: "enforce", mode_pending: false },
  operator_close: null,
  client: {
    ...{ id: "cli_0123456789abcdefghjk", name: "Café Lumière", business_id: "510000000000014" },
    ...{ external_id: "crm-4711", language: "fr" },
  },
  ...{ owner: null, tags: ["vip"], snoozed_until: null },
  ...{ status: "live", status_label: "LIVE", status_line: "🟢LIVE", lamp: "green", reason: null },
  ...{ summary: "All checks passed. Messages are being sent.", since: timestamp, last_proven_at: timestamp },
  ...{ who_must_act: "nobody", hub_error: null, warning: null },
  owner_settings_url: "https://business.facebook.com/latest/settings/whatsapp_account",
  conditions: [conditionOf("Shared", timestamp), conditionOf("FullControl", timestamp)],
  numbers: [
    {
      ...{ id: OF_NUMBER, phone_number_id: "200000000000018" },
      ...{ display_phone_number: "+1 555 010 0018", verified_name: "Café Lumière", coexistence: false },
      ...{ can_send: true, reason: null, since: timestamp, who_must_act: "nobody", hub_error: null },
      ...{ lamp: "green", conditions: [conditionOf("NumberConnected", timestamp)], countdown_until: null },
      ...{ app_activity: null, recovery: null },
    },
  ],
  has_reshare_link: false,
  client_signals: {
    ...{ signal: null, link_opened_at: null, last_seen_at: null, step: null, step_outcome: null },
    ...{ step_at: null, chose_another: null, asked_for_link_at: null, app_works_again_at: null },
    ...{ intended_at: null },
  },
  restored: null,
  recovery: { methods: [] },
  setup_checks: [],
});

type Condition = Waba["conditions"][number];

const conditionOf = (type: string, at: string): Condition => ({
  ...{ type, status: "True", required: true, reason: "proven", last_transition_at: at, last_probe_at: at },
  ...{ message: "Proven on 29 November 2026 at 10:58:32 UTC.", source: "probe" },
});
