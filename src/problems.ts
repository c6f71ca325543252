import { type en, english } from "./messages/english.ts";

/**
 * Every refusal of the API: its HTTP status and who must act. Its title and detail stand in src/messages
 * under `problem`.
 */
export const PROBLEMS = {
  malformed_body: { status: 400, whoMustAct: "provider" },
  invalid_request: { status: 400, whoMustAct: "provider" },
  invalid_cursor: { status: 400, whoMustAct: "provider" },
  unauthenticated: { status: 401, whoMustAct: "provider" },
  invalid_logout_token: { status: 400, whoMustAct: "provider" },
  passkey_refused: { status: 401, whoMustAct: "provider" },
  wrong_api_key: { status: 401, whoMustAct: "provider" },
  wrong_sign_in: { status: 401, whoMustAct: "provider" },
  totp_needed: { status: 401, whoMustAct: "provider" },
  too_many_sign_ins: { status: 429, whoMustAct: "provider" },
  passwords_off: { status: 403, whoMustAct: "provider" },
  weak_password: { status: 400, whoMustAct: "provider" },
  wrong_password: { status: 403, whoMustAct: "provider" },
  wrong_code: { status: 403, whoMustAct: "provider" },
  totp_in_force: { status: 409, whoMustAct: "provider" },
  totp_not_begun: { status: 409, whoMustAct: "provider" },
  person_suspended: { status: 409, whoMustAct: "provider" },
  email_taken: { status: 409, whoMustAct: "provider" },
  last_admin: { status: 409, whoMustAct: "provider" },
  invitation_ended: { status: 410, whoMustAct: "provider" },
  session_not_found: { status: 404, whoMustAct: "provider" },
  not_permitted: { status: 403, whoMustAct: "provider" },
  scope_missing: { status: 403, whoMustAct: "provider" },
  client_limited: { status: 403, whoMustAct: "provider" },
  key_in_query: { status: 400, whoMustAct: "provider" },
  api_key_not_found: { status: 404, whoMustAct: "provider" },
  portal_only: { status: 403, whoMustAct: "provider" },
  client_only: { status: 403, whoMustAct: "client" },
  person_only: { status: 403, whoMustAct: "provider" },
  second_factor_needed: { status: 403, whoMustAct: "provider" },
  sign_in_again: { status: 403, whoMustAct: "provider" },
  foreign_origin: { status: 403, whoMustAct: "provider" },
  waba_not_shared: { status: 403, whoMustAct: "client" },
  not_found: { status: 404, whoMustAct: "provider" },
  waba_not_found: { status: 404, whoMustAct: "provider" },
  client_not_found: { status: 404, whoMustAct: "provider" },
  person_not_found: { status: 404, whoMustAct: "provider" },
  number_not_found: { status: 404, whoMustAct: "provider" },
  key_not_found: { status: 404, whoMustAct: "provider" },
  alert_not_found: { status: 404, whoMustAct: "provider" },
  alert_over: { status: 409, whoMustAct: "nobody" },
  alert_route_not_found: { status: 404, whoMustAct: "provider" },
  endpoint_not_found: { status: 404, whoMustAct: "provider" },
  delivery_not_found: { status: 404, whoMustAct: "provider" },
  endpoint_unreadable: { status: 409, whoMustAct: "provider" },
  endpoint_disabled: { status: 409, whoMustAct: "provider" },
  endpoint_address_not_allowed: { status: 400, whoMustAct: "provider" },
  channel_not_found: { status: 404, whoMustAct: "provider" },
  channel_in_use: { status: 409, whoMustAct: "provider" },
  channel_address_not_allowed: { status: 400, whoMustAct: "provider" },
  passkey_not_found: { status: 404, whoMustAct: "provider" },
  passkeys_need_name: { status: 409, whoMustAct: "provider" },
  signup_not_offered: { status: 409, whoMustAct: "provider" },
  signup_ended: { status: 409, whoMustAct: "provider" },
  attempt_ended: { status: 409, whoMustAct: "provider" },
  idempotency_key_reused: { status: 422, whoMustAct: "provider" },
  idempotency_in_progress: { status: 409, whoMustAct: "nobody" },
  idempotency_answer_lost: { status: 409, whoMustAct: "provider" },
  external_id_taken: { status: 409, whoMustAct: "provider" },
  changed_meanwhile: { status: 412, whoMustAct: "provider" },
  waba_still_here: { status: 409, whoMustAct: "client" },
  not_stopped_by_us: { status: 409, whoMustAct: "provider" },
  nothing_offered: { status: 409, whoMustAct: "provider" },
  pin_not_wanted: { status: 409, whoMustAct: "provider" },
  pin_refused: { status: 409, whoMustAct: "client" },
  return_url_not_allowed: { status: 400, whoMustAct: "provider" },
  pin_wanted: { status: 409, whoMustAct: "client" },
  registration_not_needed: { status: 409, whoMustAct: "provider" },
  too_many_registrations: { status: 429, whoMustAct: "nobody", retryAfterS: 86_400 },
  too_many_attempts: { status: 429, whoMustAct: "nobody", retryAfterS: 3600 },
  signup_not_found: { status: 404, whoMustAct: "provider" },
  no_invitation_link: { status: 409, whoMustAct: "provider" },
  import_not_found: { status: 404, whoMustAct: "provider" },
  import_begun: { status: 409, whoMustAct: "provider" },
  link_not_found: { status: 404, whoMustAct: "provider" },
  link_ended: { status: 410, whoMustAct: "provider" },
  terms_barred: { status: 409, whoMustAct: "provider" },
  client_token_missing: { status: 409, whoMustAct: "provider" },
  no_contact: { status: 409, whoMustAct: "provider" },
  contacts_bounced: { status: 409, whoMustAct: "provider" },
  mail_not_set_up: { status: 409, whoMustAct: "provider" },
  nothing_to_tell: { status: 409, whoMustAct: "nobody" },
  recipient_unsubscribed: { status: 409, whoMustAct: "client" },
  recently_sent: { status: 429, whoMustAct: "nobody" },
  number_not_coexistence: { status: 409, whoMustAct: "provider" },
  method_not_allowed: { status: 405, whoMustAct: "provider" },
  not_written: { status: 409, whoMustAct: "provider" },
  body_too_large: { status: 413, whoMustAct: "provider" },
  unsupported_media_type: { status: 415, whoMustAct: "provider" },
  too_many_wrong_keys: { status: 429, whoMustAct: "provider" },
  rate_limited: { status: 429, whoMustAct: "provider" },
  too_many_streams: { status: 429, whoMustAct: "provider" },
  too_many_checks: { status: 429, whoMustAct: "nobody" },
  too_many_signals: { status: 429, whoMustAct: "nobody" },
  internal: { status: 500, whoMustAct: "provider" },
  meta_refused: { status: 502, whoMustAct: "meta" },
  meta_unreachable: { status: 503, whoMustAct: "meta", retryAfterS: 10 },
  unavailable: { status: 503, whoMustAct: "provider", retryAfterS: 5 },
} as const satisfies Record<keyof typeof en.problem, ProblemRow>;

interface ProblemRow {
  status: number;
  whoMustAct: WhoMustAct;
  /** What Retry-After says, in seconds, unless the refusal knows better (laterProblem). */
  retryAfterS?: number;
}

export type ProblemCode = keyof typeof PROBLEMS;
type WhoMustAct = "client" | "provider" | "meta" | "nobody";

/** The values of one problem beyond its table row, such as the loss behind it. Instants are ISO 8601. */
export interface ProblemFacts {
  whoMustAct?: WhoMustAct;
  reason?: string | null;
  since?: string | null;
  hasReshareLink?: boolean;
}

/** RFC 9457, as the API answers it. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  who_must_act: WhoMustAct;
  request_id: string;
  reason?: string | null;
  since?: string | null;
  has_reshare_link?: boolean;
}

/**
 * A refusal that people read. Verbs and handlers throw it, and the HTTP boundary renders it. `values` fill
 * the row's detail.
 */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly facts: ProblemFacts;
  /** Extra headers of the answer, such as `Allow` for a 405. */
  readonly headers: Record<string, string>;

  constructor(
    code: ProblemCode,
    values: Record<string, string> = {},
    more: { facts?: ProblemFacts; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(code, { cause: more.cause });
    this.name = "Problem";
    this.code = code;
    this.detail = english(`problem.${code}.detail`, values);
    this.facts = more.facts ?? {};
    this.headers = { ...retryAfterOf(code), ...more.headers };
  }
}

function retryAfterOf(code: ProblemCode): Record<string, string> {
  const { retryAfterS }: ProblemRow = PROBLEMS[code];
  return retryAfterS === undefined ? {} : { "Retry-After": String(retryAfterS) };
}

/** A temporary refusal: the sentence and the header say after how many seconds to try again. */
export function laterProblem(code: ProblemCode, waitMs: number): Problem {
  const seconds = String(Math.max(1, Math.ceil(waitMs / 1000)));
  return new Problem(code, { seconds }, { headers: { "Retry-After": seconds } });
}

/** The answer's body. Members that do not apply are left out. */
export function renderProblem(problem: Problem, requestId: string): ProblemBody {
  const row = PROBLEMS[problem.code];
  const { facts } = problem;
  return {
    type: `/problems/${problem.code}`,
    title: english(`problem.${problem.code}.title`),
    status: row.status,
    detail: problem.detail,
    code: problem.code,
    who_must_act: facts.whoMustAct ?? row.whoMustAct,
    request_id: requestId,
    ...(facts.reason !== undefined && { reason: facts.reason }),
    ...(facts.since !== undefined && { since: facts.since }),
    ...(facts.hasReshareLink !== undefined && { has_reshare_link: facts.hasReshareLink }),
  };
}
