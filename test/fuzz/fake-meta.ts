import type { GraphClient } from "../../src/meta/graph-client.ts";
import { parseGraphAnswer, noAnswer } from "../../src/meta/graph-reply.ts";
import type { GraphAnswer, GraphReply, GraphRequest, RawAnswer } from "../../src/meta/graph-reply.ts";
import { APP, BUSINESS, CONTROL_WABA, SYSTEM_USER } from "../simulation/model-meta.ts";
import { PLATFORM } from "./webhook-corpus.ts";

/** The questions of a probe, by name; the write elsewhere is the control of a failed one. */
export const EDGES = [
  "control",
  "waba",
  "assigned_users",
  "write",
  "control_write",
  "system_users",
  "subscribed_apps",
  "repair",
  "phone_numbers",
  "listing",
] as const;
export type Edge = (typeof EDGES)[number];

/** An answer as it came over the wire, or none. */
export type WireAnswer = RawAnswer | "broken" | "timeout" | "no_network";
export type Answers = Record<Edge, WireAnswer>;

export const NUMBERS = ["200000000000001", "200000000000002"] as const;

/** Meta's answers about an intact share. */
export function healthyBodies(coexistence: boolean): Record<Edge, Record<string, unknown>> {
  const done = { success: true };
  return {
    control: { id: BUSINESS },
    waba: {
      id: PLATFORM,
      name: "Northwind Florist",
      account_review_status: "APPROVED",
      owner_business_info: { id: "510000000000001", name: "Northwind Florist" },
      health_status: {
        can_send_message: "AVAILABLE",
        entities: [
          { entity_type: "WABA", id: PLATFORM, can_send_message: "AVAILABLE" },
          { entity_type: "APP", id: APP, can_send_message: "AVAILABLE" },
          {
            entity_type: "BUSINESS",
            id: "510000000000001",
            can_send_message: "LIMITED",
            errors: [
              { error_code: 141010, error_description: "Not verified", possible_solution: "Verify it" },
            ],
            additional_info: ["Your display name has not been approved yet"],
          },
        ],
      },
    },
    assigned_users: {
      data: [{ id: SYSTEM_USER, name: "Sharekeeper", tasks: ["MANAGE"] }],
      paging: { cursors: {} },
    },
    write: done,
    control_write: done,
    system_users: { data: [{ id: SYSTEM_USER, name: "Sharekeeper", role: "ADMIN" }] },
    subscribed_apps: {
      data: [{ whatsapp_business_api_data: { id: APP, name: "Sharekeeper", link: "https://…" } }],
    },
    repair: done,
    phone_numbers: {
      data: NUMBERS.map((id, index) => ({
        id,
        display_phone_number: `+1 555 010 000${index + 1}`,
        verified_name: "Northwind Florist",
        status: "CONNECTED",
        quality_rating: "GREEN",
        platform_type: "CLOUD_API",
        is_on_biz_app: coexistence,
        throughput: { level: "STANDARD" },
      })),
      paging: { cursors: { before: "QVFI", after: "QVFI" } },
    },
    listing: {
      data: [
        {
          id: PLATFORM,
          name: "Northwind Florist",
          owner_business_info: { id: "510000000000001", name: "N" },
        },
      ],
      paging: { cursors: { before: "QVFI", after: "QVFI" } },
    },
  };
}

/** The same WABA, disabled, as its health reports it. */
export function blockedBody(): Record<string, unknown> {
  const errors = [
    { error_code: 131031, error_description: "The account is locked", possible_solution: "Appeal" },
  ];
  return {
    ...healthyBodies(false).waba,
    health_status: { entities: [{ entity_type: "WABA", id: PLATFORM, can_send_message: "BLOCKED", errors }] },
  };
}

export const answerOf = (body: unknown, status = 200): RawAnswer => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(body)),
});

export const errorBody = (code: number, subcode?: number): Record<string, unknown> => ({
  error: {
    message: "Unsupported get request. Object does not exist",
    type: "GraphMethodException",
    code,
    ...(subcode !== undefined && { error_subcode: subcode }),
    error_data: { details: "…" },
    fbtrace_id: "AbCdEf",
  },
});

export function healthyAnswers(coexistence: boolean): Answers {
  const bodies = Object.entries(healthyBodies(coexistence));
  return Object.fromEntries(bodies.map(([edge, body]) => [edge, answerOf(body)])) as Answers;
}

function edgeOf({ method, path }: GraphRequest): Edge {
  if (path === `/${BUSINESS}`) return "control";
  if (path === `/${BUSINESS}/system_users`) return "system_users";
  if (path === `/${BUSINESS}/client_whatsapp_business_accounts`) return "listing";
  if (path.startsWith(`/${CONTROL_WABA}/`)) return "control_write";
  if (path.endsWith("/assigned_users")) return method === "GET" ? "assigned_users" : "write";
  if (path.endsWith("/subscribed_apps")) return method === "GET" ? "subscribed_apps" : "repair";
  return path.endsWith("/phone_numbers") ? "phone_numbers" : "waba";
}

/** Meta with these answers, through the parser that reads the real answers. */
export function fakeMeta(answers: Answers, now: () => number): GraphClient {
  return {
    ask: (request): Promise<GraphReply> => {
      const { method, path } = request;
      const at = now();
      return Promise.resolve({
        request: { method, path },
        askedAt: at,
        answeredAt: at,
        ...parsed(answers[edgeOf(request)]),
      });
    },
    close: () => Promise.resolve(),
  };
}

function parsed(answer: WireAnswer): GraphAnswer {
  return typeof answer === "string" ? noAnswer(answer, answer) : parseGraphAnswer(answer);
}
