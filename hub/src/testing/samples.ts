import type {
  Alert,
  AlertChannel,
  AlertRoute,
  ApiKey,
  ClientMessage,
  EventTypeList,
  Overview,
  Session,
  Signup,
  TimelineEntry,
  Waba,
  WebhookDelivery,
  WebhookEndpoint,
} from "../api/types.ts";

export const AT = "2026-11-28T15:19:38.000Z";

const EMPTY_SIGNALS: Waba["client_signals"] = {
  signal: null,
  intended_at: null,
  asked_for_link_at: null,
  app_works_again_at: null,
  link_opened_at: null,
  last_seen_at: null,
  step: null,
  step_outcome: null,
  step_at: null,
  chose_another: null,
};

export const sampleSession = (role: Session["actor"]["role"] = "operator"): Session => ({
  actor: { id: "key-1", name: "Ada", role },
  person: null,
});

export const sampleWaba = (change: Partial<Waba> = {}): Waba => ({
  id: "100000000000001",
  name: "Northwind Florist",
  kind: "platform",
  connection: "main",
  partner_model: "portfolio_share",
  sends_with: "system_user",
  mode: "enforce",
  operator_close: null,
  mode_pending: false,
  client: { id: "client-1", name: "Northwind", business_id: null, external_id: null, language: null },
  owner: null,
  tags: [],
  snoozed_until: null,
  status: "live",
  status_label: "LIVE",
  status_line: "🟢 LIVE",
  lamp: "green",
  reason: null,
  summary: "Shared with full control.",
  since: AT,
  last_proven_at: AT,
  who_must_act: "nobody",
  hub_error: null,
  warning: null,
  owner_settings_url: "https://business.example/settings",
  conditions: [],
  numbers: [],
  has_reshare_link: false,
  client_signals: EMPTY_SIGNALS,
  restored: null,
  recovery: null,
  setup_checks: [],
  ...change,
});

export const lostWaba = (change: Partial<Waba> = {}): Waba =>
  sampleWaba({
    status: "permission_removed",
    status_label: "BSP PERMISSION REMOVED",
    status_line: "🔴 BSP PERMISSION REMOVED",
    lamp: "red",
    reason: "partner_removed",
    summary: "The client removed our access.",
    who_must_act: "client",
    has_reshare_link: true,
    ...change,
  });

export const sampleOverview = (counts: Partial<Overview["counts"]> = {}): Overview => ({
  as_of: AT,
  counts: { total: 12, live: 7, client: 3, provider: 1, meta: 1, nobody: 0, ...counts },
  sending: { refused_by_token: { wabas: 0, numbers: 0 }, unverified: { wabas: 0, numbers: 0 } },
  by_status: [],
});

export const sampleEntry = (change: Partial<TimelineEntry> = {}): TimelineEntry => ({
  id: "entry-1",
  at: AT,
  kind: "hint",
  source: "event",
  title: "Meta announced that the partner was removed",
  detail: null,
  actor: "meta",
  request_id: null,
  evidence: null,
  ...change,
});

export const sampleStep = (change: Partial<Signup["steps"][number]> = {}): Signup["steps"][number] => ({
  id: "exchange_code",
  text: "Exchange the code",
  status: "open",
  at: null,
  meta_message: null,
  again_at: null,
  pins_wanted: [],
  ...change,
});

export const sampleSignup = (change: Partial<Signup> = {}): Signup => ({
  id: "signup-1",
  attempt_id: null,
  state: "signed",
  flow: "platform",
  client_chooses_flow: false,
  waba_id: null,
  is_repair: false,
  who_must_act: "provider",
  has_invitation_link: false,
  launch: null,
  launches: null,
  steps: [],
  exit_reason: null,
  offered: null,
  attempts: [],
  external_id: null,
  client_name: null,
  waba_name: null,
  language: null,
  metadata: {},
  return_urls: {},
  created_by: "key-1",
  created_at: AT,
  opened_at: AT,
  signed_at: AT,
  ready_at: null,
  abandoned_at: null,
  expires_at: AT,
  ...change,
});

export const sampleApiKey = (change: Partial<ApiKey> = {}): ApiKey => ({
  ...{ id: "key_1", name: "billing service", role: "operator", prefix: "shk_8k2m5v9q" },
  ...{ client_id: null, connection_id: null, expires_at: null, last_used_at: null },
  ...{ created_at: AT, created_by: "usr-1" },
  ...change,
});

export const sampleEndpoint = (change: Partial<WebhookEndpoint> = {}): WebhookEndpoint => ({
  ...{ id: "whe_1", url: "https://crm.example.com/hook", description: "", event_types: null },
  ...{ filter: { client_ids: null, tags: null }, header_names: [], algorithm: "hmac-sha256" },
  ...{ public_key: null, previous_secret_until: null, state: "enabled", disabled_why: null },
  ...{ failing_since: null, created_at: AT, created_by: "usr-1" },
  ...change,
});

const SCHEMA = { schema: { $ref: "/api/openapi.json" } };

export const sampleEventTypes = (): EventTypeList["data"] => [
  { type: "waba.share.lost", meaning: "The client no longer shares it.", is_quiet: false, ...SCHEMA },
  { type: "waba.share.unknown", meaning: "Meta has not answered.", is_quiet: true, ...SCHEMA },
  { type: "number.changed", meaning: "A condition of one number changed.", is_quiet: false, ...SCHEMA },
  { type: "webhook.test", meaning: "You pressed the button.", is_quiet: false, ...SCHEMA },
];

export const sampleDelivery = (change: Partial<WebhookDelivery> = {}): WebhookDelivery => ({
  ...{ id: "msg_1", endpoint_id: "whe_1", event_id: "7", type: "waba.share.lost", state: "delivered" },
  ...{ failed_count: 0, next_attempt_at: null, ended_at: AT, created_at: AT },
  ...change,
});

export const sampleAlert = (change: Partial<Alert> = {}): Alert => ({
  ...{ id: "alr_1", rule: "share_lost", severity: "critical", state: "firing", observed: false },
  ...{ title: "Northwind removed our access", lines: ["Messages are stopped.", "Send the re-share link."] },
  ...{ cause: "partner_removed", started_at: AT, ended_at: null, lasted_s: 60 },
  ...{ wabas: [{ id: "100000000000001", name: "Northwind Florist" }], waba_count: 1 },
  ...{ signal_count: 1, holding_count: 1, route: null, acknowledged_at: null, acknowledged_by: null },
  ...{ snoozed_until: null, snoozed_until_worse: false, escalated_at: null, notifications: [] },
  ...change,
});

export const sampleChannel = (change: Partial<AlertChannel> = {}): AlertChannel => ({
  ...{ id: "chn_1", name: "On call", type: "slack", address: "hooks.slack.com, …4fQz", secrets: ["url"] },
  ...{ state: "enabled", failing_since: null, last_failure: null, created_at: AT, created_by: "usr-1" },
  ...change,
});

export const sampleRoute = (change: Partial<AlertRoute> = {}): AlertRoute => ({
  ...{ id: "rte_1", name: "Losses", position: 1, match: {}, channel_ids: ["chn_1"] },
  ...{ pending_s: null, keep_firing_s: null, repeat_s: null, quiet_hours: null },
  ...{ escalate_after_s: null, escalate_to: [], created_at: AT, created_by: "usr-1" },
  ...change,
});

export const sampleClientMessage = (change: Partial<ClientMessage> = {}): ClientMessage => ({
  ...{ id: "cmg_1", topic: "loss", kind: "first", cause: "partner_removed", why: "lost", channel: "email" },
  ...{ to: "ada@example.com", contact_name: "Ada", language: "de", created_by: "system", planned_at: AT },
  ...{ state: "sent", attempts: 1, next_attempt_at: null, ended_at: AT, detail: null, opened_at: null },
  ...{ wabas: [], link_ids: ["rsl_1"] },
  ...change,
});
