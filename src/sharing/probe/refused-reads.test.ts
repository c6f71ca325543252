import { expect, test } from "vitest";
import { parseGraphAnswer } from "../../meta/graph-reply.ts";
import type { GraphReply, GraphRequest } from "../../meta/graph-reply.ts";
import { judgeProbe } from "../evidence/judge-probe.ts";
import { probeMeta } from "./probe-meta.ts";
import { newShareRecord, type ShareRecord } from "../model/share-record.ts";
import { observe } from "../rules/observe.ts";
import { createRefusedFields } from "./refused-fields.ts";
import { HOUR, SECOND } from "../model/timings.ts";
import { stateOf, type ShareState } from "../status/share-state.ts";
import { summaryOf } from "../status/sentences.ts";

const WABA = "100000000000001";
const US = { businessId: "734443296905665", appId: "600000000000001", systemUserId: "610000000000001" };
const NAMES = { client: "A client", partner: "360dialog", wabaId: WABA };

type Answer = { status: number; body: unknown } | "hang";
const error = (status: number, code: number, subcode?: number): Answer => ({
  status,
  body: { error: { message: "Meta's words", type: "OAuthException", code, error_subcode: subcode } },
});

/** The answers of Meta, or of a web filter before it, to a read while the share is intact (issue 9). */
const REFUSALS: Record<string, Answer> = {
  "code 10": error(403, 10),
  "code 100": error(400, 100),
  "code 200": error(403, 200),
  "100/33": error(400, 100, 33),
  "code 803": error(404, 803),
  "code 1": error(500, 1),
  "code 1 as a 400": error(400, 1),
  "code 3": error(403, 3),
  "an HTML page": { status: 403, body: "<html><p>Blocked by the web filter</p></html>" },
  "an HTML page with 200": { status: 200, body: "<html><p>Please sign in</p></html>" },
};

/** Each read of a probe by itself; `fields` where Meta refuses a single field of it. */
const READS: Record<string, (request: GraphRequest) => boolean> = {
  "our portfolio": ({ path }) => path === `/${US.businessId}`,
  "the details": ({ path, query }) => path === `/${WABA}` && query?.fields !== "id",
  name: hasField(`/${WABA}`, "name"),
  owner: hasField(`/${WABA}`, "owner_business_info"),
  funding: hasField(`/${WABA}`, "primary_funding_id"),
  health: hasField(`/${WABA}`, "health_status"),
  "the system users": ({ method, path }) => method === "GET" && path === `/${WABA}/assigned_users`,
  "the subscription": ({ method, path }) => method === "GET" && path === `/${WABA}/subscribed_apps`,
  "the numbers": ({ path }) => path === `/${WABA}/phone_numbers`,
  is_on_biz_app: hasField(`/${WABA}/phone_numbers`, "is_on_biz_app"),
  "number status": hasField(`/${WABA}/phone_numbers`, "status"),
};

function hasField(of: string, field: string): (request: GraphRequest) => boolean {
  return ({ path, query }) => path === of && (query?.fields ?? "").split(",").includes(field);
}

const NUMBER = { id: "200000000000001", display_phone_number: "+1 555", verified_name: "A client" };
const WHOLE: Record<string, unknown> = {
  "": {
    name: "A client",
    owner_business_info: { id: "510000000000001", name: "A client" },
    primary_funding_id: "63",
    health_status: { entities: [{ entity_type: "WABA", can_send_message: "AVAILABLE" }] },
  },
  assigned_users: { data: [{ id: US.systemUserId, tasks: ["MANAGE"] }] },
  subscribed_apps: { data: [{ whatsapp_business_api_data: { id: US.appId } }] },
  phone_numbers: {
    data: [{ ...NUMBER, status: "CONNECTED", platform_type: "CLOUD_API", is_on_biz_app: false }],
  },
};

/** A Meta where the share is intact, which answers with exactly the requested fields. */
function sound({ method, path, query }: GraphRequest): Answer {
  if (method === "POST") return { status: 200, body: { success: true } };
  const [, id = "", edge = ""] = path.split("/");
  if (id !== WABA) return { status: 200, body: { id } };
  const only = (item: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      (query?.fields ?? "").split(",").flatMap((name) => (name in item ? [[name, item[name]]] : [])),
    );
  const whole = WHOLE[edge] as Record<string, unknown>;
  if (edge === "") return { status: 200, body: only({ id, ...whole }) };
  if (edge === "phone_numbers")
    return { status: 200, body: { data: (whole.data as object[]).map((item) => only({ ...item })) } };
  return { status: 200, body: whole };
}

/** Probes one WABA every five minutes with these answers. Every second probe is a person's. */
async function probed(answerOf: (request: GraphRequest) => Answer, count = 4) {
  const requests: GraphRequest[] = [];
  let now = 1_800_000_000_000;
  const ask = (request: GraphRequest): Promise<GraphReply> => {
    requests.push(request);
    const { method, path } = request;
    const of = { request: { method, path }, askedAt: now, answeredAt: now };
    const answer = answerOf(request);
    if (answer === "hang")
      return Promise.resolve({ ...of, kind: "no_answer", cause: "timeout", detail: "", status: null });
    const { status, body } = answer;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const raw = { status, headers: {}, body: new TextEncoder().encode(text) };
    return Promise.resolve({ ...of, ...parseGraphAnswer(raw) });
  };
  const graph = { ask, close: () => Promise.resolve() };
  const account = { connectionId: "default", ...US, token: "token", graph, refused: createRefusedFields() };
  let record: ShareRecord = newShareRecord({ adoption: "adopted", origin: "import", now });
  const states: ShareState[] = [];
  const callsOf: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const before = requests.length;
    const order = {
      wabaId: WABA,
      write: round === 0,
      mayWrite: true,
      controlWabaId: "100000000000002",
      override: null,
    };
    const replies = await probeMeta(account, { ...order, askRole: true, afresh: round % 2 === 1 });
    const identity = { ...US, numberIds: { [NUMBER.id]: "num_1" } };
    const probe = judgeProbe(replies, identity, { askedAt: now, trigger: "due", waited: false });
    record = observe(record, { type: "probe", probe }, now);
    states.push(stateOf(record, now));
    callsOf.push(requests.length - before);
    now += 300 * SECOND;
  }
  return { record, states, requests, callsOf };
}

for (const [read, isAsked] of Object.entries(READS))
  test.each(Object.entries(REFUSALS))(
    `field case 1: ${read}, answered with %s, changes nothing of the share`,
    async (_, refusal) => {
      const { states } = await probed((request) => (isAsked(request) ? refusal : sound(request)));
      for (const state of states) {
        expect(state.status).toBe("live");
        expect(state.gate).toBe("open");
        expect(state.who).not.toBe("client");
        expect(state.conditions.map(({ reason }) => reason)).not.toContain("provider_token_invalid");
        expect(summaryOf(state, NAMES)).not.toMatch(/replace|token|no number/i);
      }
    },
  );

test.each(Object.entries(REFUSALS))(
  "field case 1: the proof itself, answered with %s beside a passed control read",
  async (name, refusal) => {
    const isProof = ({ method, path, query }: GraphRequest): boolean =>
      method === "GET" && path === `/${WABA}` && query?.fields === "id";
    const { states } = await probed((request) => (isProof(request) ? refusal : sound(request)));
    const [first, second] = states;
    expect(first?.gate).toBe("open");
    // Rule 6: 100/33 and 200 of the id alone, twice in a row, are the removal.
    const isRemoval = name === "100/33" || name === "code 200";
    expect(second?.status).toBe(isRemoval ? "permission_removed" : "unknown");
    if (isRemoval) return;
    for (const state of states) {
      expect(state.gate).toBe("open");
      expect(["meta", "provider"]).toContain(state.who);
      expect(state.reason).not.toBe("provider_token_invalid");
    }
  },
);

test("field case 1: a Tech Provider's field is refused once, then left out, and asked for alone now and then", async () => {
  const isRefused = hasField(`/${WABA}`, "primary_funding_id");
  const { record, requests, callsOf } = await probed(
    (request) => (isRefused(request) ? error(403, 10) : sound(request)),
    30,
  );
  // id, details, system users, subscription, numbers, our portfolio, the write of the first probe; then each
  // group of the details alone.
  expect(callsOf[0]).toBe(7 + 4);
  expect(Math.max(...callsOf.slice(1))).toBe(7);
  const asked = requests.filter(isRefused).map(({ query }) => query?.fields);
  expect(asked[0]).toContain("health_status");
  expect(new Set(asked.slice(1))).toEqual(new Set(["id,primary_funding_id"]));
  expect(record.setup?.account).toMatchObject({ hasFunding: null, health: [] });
});

test.each(["primary_funding_id", "name"])(
  "field case 1: %s that hangs hides the others for one probe",
  async (field) => {
    const isHanging = hasField(`/${WABA}`, field);
    const { states, record } = await probed((request) => (isHanging(request) ? "hang" : sound(request)));
    expect(states.map(({ status }) => status)).toEqual(["live", "live", "live", "live"]);
    expect(record.facts.MessagingAllowed.status).toBe("True");
    expect(record.setup?.account?.health).toEqual([]);
  },
);

test("a refused field rests longer each time, up to an hour, for all WABAs or for one", () => {
  const set = { of: "waba", groups: [["a"], ["b"]] } as const;
  const refusalOf = (code: number) => ({
    ...{
      request: { method: "GET", path: "/1" },
      askedAt: 0,
      answeredAt: 0,
      kind: "refusal" as const,
      status: 403,
    },
    fault: { code, subcode: null, type: null, message: "", details: null, traceId: null, transient: null },
  });
  const refused = createRefusedFields();
  const restsOf = (wabaId: string, now: number, afresh = false) => {
    const plan = refused.planOf(set, { wabaId, now, afresh });
    return [
      plan.together.flat().join(),
      plan.alone.flat().join(),
      plan.resting.map(({ group }) => group.join()).join(),
    ];
  };
  refused.learn(set, ["a"], { wabaId: "1", now: 0, refusal: refusalOf(10) });
  refused.learn(set, ["b"], { wabaId: "1", now: 0, refusal: refusalOf(200) });
  expect(restsOf("1", 1)).toEqual(["", "", "a,b"]);
  // Repeated requests by a person do not lengthen the pause.
  for (const now of [2, 3, 4]) refused.learn(set, ["b"], { wabaId: "1", now, refusal: refusalOf(200) });
  expect(restsOf("1", 5 * SECOND)[1]).toBe("a,b");
  refused.learn(set, ["b"], { wabaId: "1", now: 5 * SECOND, refusal: refusalOf(200) });
  expect(restsOf("1", 14 * SECOND)[2]).toContain("b");
  expect(restsOf("2", 1)).toEqual(["b", "", "a"]);
  expect(restsOf("2", 1, true)).toEqual(["b", "a", ""]);
  expect(restsOf("1", HOUR)).toEqual(["", "a,b", ""]);
  refused.learn(set, ["a"], { wabaId: "2", now: HOUR, refusal: null });
  expect(restsOf("1", HOUR)).toEqual(["a", "", "b"]);
});
