import en from "./texts/en.json" with { type: "json" };
import { fillText } from "./texts/fill-text.ts";

/** Every refusal of the API: its HTTP status and who must act. Its title and detail stand in src/texts under `problem`. */
export const PROBLEMS = {
  malformed_body: { status: 400, whoMustAct: "us" },
  invalid_request: { status: 400, whoMustAct: "us" },
  invalid_cursor: { status: 400, whoMustAct: "us" },
  unauthenticated: { status: 401, whoMustAct: "us" },
  wrong_api_key: { status: 401, whoMustAct: "us" },
  not_permitted: { status: 403, whoMustAct: "us" },
  foreign_origin: { status: 403, whoMustAct: "us" },
  waba_not_shared: { status: 403, whoMustAct: "client" },
  not_found: { status: 404, whoMustAct: "us" },
  waba_not_found: { status: 404, whoMustAct: "us" },
  client_not_found: { status: 404, whoMustAct: "us" },
  number_not_found: { status: 404, whoMustAct: "us" },
  key_not_found: { status: 404, whoMustAct: "us" },
  signup_not_offered: { status: 409, whoMustAct: "us" },
  signup_ended: { status: 409, whoMustAct: "us" },
  attempt_ended: { status: 409, whoMustAct: "us" },
  idempotency_key_used: { status: 409, whoMustAct: "us" },
  waba_still_here: { status: 409, whoMustAct: "client" },
  nothing_to_stop: { status: 409, whoMustAct: "us" },
  not_stopped_by_us: { status: 409, whoMustAct: "us" },
  nothing_offered: { status: 409, whoMustAct: "us" },
  pin_not_wanted: { status: 409, whoMustAct: "us" },
  pin_refused: { status: 409, whoMustAct: "client" },
  return_url_not_allowed: { status: 400, whoMustAct: "us" },
  pin_wanted: { status: 409, whoMustAct: "client" },
  registration_not_needed: { status: 409, whoMustAct: "us" },
  too_many_registrations: { status: 429, whoMustAct: "nobody" },
  too_many_attempts: { status: 429, whoMustAct: "nobody" },
  signup_not_found: { status: 404, whoMustAct: "us" },
  import_not_found: { status: 404, whoMustAct: "us" },
  import_begun: { status: 409, whoMustAct: "us" },
  link_not_found: { status: 404, whoMustAct: "us" },
  link_ended: { status: 410, whoMustAct: "us" },
  terms_barred: { status: 409, whoMustAct: "us" },
  client_token_missing: { status: 409, whoMustAct: "us" },
  number_not_coexistence: { status: 409, whoMustAct: "us" },
  method_not_allowed: { status: 405, whoMustAct: "us" },
  not_written: { status: 409, whoMustAct: "us" },
  body_too_large: { status: 413, whoMustAct: "us" },
  unsupported_media_type: { status: 415, whoMustAct: "us" },
  too_many_checks: { status: 429, whoMustAct: "nobody" },
  internal: { status: 500, whoMustAct: "us" },
  meta_refused: { status: 502, whoMustAct: "meta" },
  meta_unreachable: { status: 503, whoMustAct: "meta" },
  unavailable: { status: 503, whoMustAct: "us" },
} as const satisfies Record<keyof typeof en.problem, { status: number; whoMustAct: WhoMustAct }>;

export type ProblemCode = keyof typeof PROBLEMS;
type WhoMustAct = "client" | "us" | "meta" | "nobody";

/** What a problem says beyond its row: the share's own story where there is one. Instants are ISO 8601. */
export interface ProblemFacts {
  whoMustAct?: WhoMustAct;
  reason?: string | null;
  since?: string | null;
  reshareUrl?: string | null;
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
  reshare_url?: string | null;
}

/** A refusal that people read. Thrown by verbs and handlers, rendered once at the door. `values` fill the row's detail. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly facts: ProblemFacts;
  /** Extra headers of the answer, `Allow` of a 405 for one. */
  readonly headers: Record<string, string>;

  constructor(
    code: ProblemCode,
    values: Record<string, string> = {},
    more: { facts?: ProblemFacts; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(code, { cause: more.cause });
    this.name = "Problem";
    this.code = code;
    this.detail = fillText(en.problem[code].detail, values);
    this.facts = more.facts ?? {};
    this.headers = more.headers ?? {};
  }
}

/** The answer's body. Members that do not apply are left out. */
export function renderProblem(problem: Problem, requestId: string): ProblemBody {
  const row = PROBLEMS[problem.code];
  const { facts } = problem;
  return {
    type: `/problems/${problem.code}`,
    title: en.problem[problem.code].title,
    status: row.status,
    detail: problem.detail,
    code: problem.code,
    who_must_act: facts.whoMustAct ?? row.whoMustAct,
    request_id: requestId,
    ...(facts.reason !== undefined && { reason: facts.reason }),
    ...(facts.since !== undefined && { since: facts.since }),
    ...(facts.reshareUrl !== undefined && { reshare_url: facts.reshareUrl }),
  };
}
