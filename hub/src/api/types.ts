/** The shapes of `/api/v1` as the Hub reads them, with the few questions every page asks of them. Instants are ISO 8601 strings, Meta's ids are strings. */

export type Lamp = "red" | "amber" | "green" | "grey";
export type Actor = "client" | "us" | "meta" | "nobody";
export type Kind = "platform" | "coexistence" | "unknown";
export type Truth = "True" | "False" | "Unknown";

export interface About {
  product: string;
  version: string;
  partner: { name: string; business_id: string };
  mode: "enforce" | "observe";
  server_time: string;
  sandbox: null | { api_key: string; emulator_url: string };
}

export interface Session {
  actor: { id: string; name: string; role: string };
}

export interface Overview {
  as_of: string;
  counts: { total: number; live: number; client: number; us: number; meta: number; nobody: number };
  by_status: { status: string; status_label: string; lamp: Lamp; count: number }[];
}

export interface Condition {
  type: string;
  status: Truth;
  required: boolean;
  reason: string;
  message: string;
  last_transition_at: string | null;
  last_probe_at: string | null;
  source: string;
}

export interface Step {
  id: string;
  text: string;
  copy?: string | null;
  href?: string | null;
  condition?: string | null;
  done: boolean;
}

export interface Method {
  method: string;
  label: string;
  available: boolean;
  why_not: string | null;
  steps: Step[];
}

export interface Recovery {
  methods: Method[];
}

export interface WabaNumber {
  id: string;
  phone_number_id: string;
  display_phone_number: string | null;
  verified_name: string | null;
  coexistence: boolean;
  can_send: boolean;
  reason: string | null;
  since: string | null;
  who_must_act: Actor;
  hub_error: string | null;
  lamp: Lamp;
  conditions: Condition[];
  recovery: Recovery | null;
}

export interface Waba {
  id: string;
  name: string;
  kind: Kind;
  connection: string;
  partner_model: string;
  mode: "enforce" | "observe";
  client: { id: string; name: string; business_id: string | null; external_id: string | null };
  status: string;
  status_label: string;
  lamp: Lamp;
  summary: string;
  reason: string | null;
  since: string | null;
  last_proven_at: string | null;
  who_must_act: Actor;
  hub_error: string | null;
  warning?: string | null;
  owner_settings_url: string | null;
  conditions: Condition[];
  numbers: WabaNumber[];
  recovery: Recovery | null;
}

export interface TimelineEntry {
  id: string;
  at: string;
  kind: "hint" | "look" | "transition" | "act";
  source: string;
  title: string;
  detail: string | null;
  actor: string | null;
  request_id: string | null;
  evidence: Record<string, unknown> | null;
}

export interface NumberPage extends WabaNumber {
  profile: Record<string, string | number | boolean | null | undefined> | null;
  waba: Pick<
    Waba,
    | "id"
    | "name"
    | "client"
    | "status"
    | "status_label"
    | "lamp"
    | "reason"
    | "since"
    | "who_must_act"
    | "summary"
    | "hub_error"
    | "kind"
  >;
}

export interface CanSend {
  id: string;
  phone_number_id: string;
  can_send: boolean;
  reason: string | null;
  since: string | null;
  as_of: string;
}

export interface CommerceSettings {
  data: { id: string; is_cart_enabled: boolean; is_catalog_visible: boolean }[];
}

export interface ChannelKey {
  id: string;
  label: string | null;
  hint: string;
  created_at: string;
  last_used_at: string | null;
}

export interface NewChannelKey {
  id: string;
  key: string;
  label: string | null;
  created_at: string;
}

export interface Page<T> {
  data: T[];
  has_more: boolean;
  next_cursor: string | null;
}

/** Meta may not have told the number yet; then its id stands for it. */
export const phoneOf = (number: Pick<WabaNumber, "display_phone_number" | "phone_number_id">): string =>
  number.display_phone_number ?? number.phone_number_id;

/** WABAs that are neither live nor ended on purpose: what `broken=true` lists. */
export const brokenCountOf = ({ client, us, meta }: Overview["counts"]): number => client + us + meta;

/** One line of `GET /events/stream`. */
export interface ShareEvent {
  id: string;
  type: string;
  at: string;
  waba_id: string;
  number_id?: string | null;
  sequence: number;
  data: { waba?: Waba | null; changed?: string[] };
}

/** RFC 9457 with what we add. */
export interface ProblemBody {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  request_id?: string;
  reason?: string | null;
  since?: string | null;
  who_must_act?: Actor | null;
}
