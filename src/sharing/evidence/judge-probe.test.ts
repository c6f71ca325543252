import { describe, expect, test } from "vitest";
import type { GraphReply, NoAnswerCause } from "../../meta/graph-reply.ts";
import { EVIDENCE, findingOf, metaMessageOf } from "./evidence-table.ts";
import { judgeProbe } from "./judge-probe.ts";
import type { Replies } from "./probe-replies.ts";
import type { ProbeResult } from "../model/probe-result.ts";

const ASKED = { request: { method: "GET", path: "/1" }, askedAt: 1, answeredAt: 2 };
const ok = (body: Record<string, unknown> = {}): GraphReply => ({
  ...ASKED,
  kind: "success",
  status: 200,
  body,
  usage: null,
});
const list = (...data: object[]): GraphReply => ok({ data });
const noAnswer = (cause: NoAnswerCause): GraphReply => ({
  ...ASKED,
  kind: "no_answer",
  cause,
  detail: cause,
  status: null,
});
const refused = (
  code: number | null,
  change: { subcode?: number; status?: number; transient?: boolean } = {},
): GraphReply => ({
  ...ASKED,
  kind: "refusal",
  status: change.status ?? 400,
  fault: {
    code,
    subcode: change.subcode ?? null,
    type: null,
    message: "words of Meta",
    details: null,
    traceId: "A1",
    transient: change.transient ?? null,
  },
});

/** "nothing provider_token_invalid ours": what one answer means. */
function meaning(reply: GraphReply): string {
  const found = findingOf(reply);
  return found.finding === "nothing" ? `nothing ${found.reason}${found.ours ? " ours" : ""}` : found.finding;
}

describe("the evidence table, row by row", () => {
  test("a success stands", () => expect(meaning(ok())).toBe("stands"));

  test.each<NoAnswerCause>(["timeout", "broken", "malformed", "server_error"])(
    "%s gives no answer by Meta",
    (cause) => expect(meaning(noAnswer(cause))).toBe("nothing meta_unreachable"),
  );
  test("a network without any connection is ours", () =>
    expect(meaning(noAnswer("no_network"))).toBe("nothing meta_unreachable ours"));

  test.each([
    ["our own token", [0, 102, 104, 190, 452, 2500], "nothing provider_token_invalid ours"],
    ["a right that our app lacks for the request", [3, 10], "nothing request_refused ours"],
    ["throttling", [4, 17, 32, 341, 613, 80007, 80008, 130429], "nothing throttled"],
    ["trouble at Meta", [1, 2, 131000, 131016, 131057], "nothing meta_unreachable"],
    ["a locked account", [368, 131031], "locked"],
    ["a permission that is gone", [200, 210, 299], "out_of_reach"],
    ["an unknown refusal", [33, 100, 199, 300, 803, 131005, 999_999], "nothing request_refused"],
  ])("%s", (_, codes, expected) => {
    for (const code of codes) expect([code, meaning(refused(code))]).toEqual([code, expected]);
  });

  test("100/33 is out of reach, 100 with any other subcode is nothing", () => {
    expect(meaning(refused(100, { subcode: 33 }))).toBe("out_of_reach");
    expect(meaning(refused(100, { subcode: 34 }))).toBe("nothing request_refused");
  });

  test("a 429, a 5xx and a transient fault are never a removal, whatever their code", () => {
    for (const code of [100, 200, 131031, null]) {
      expect(meaning(refused(code, { subcode: 33, status: 429 }))).toBe("nothing throttled");
      expect(meaning(refused(code, { subcode: 33, status: 503 }))).toBe("nothing meta_unreachable");
      expect(meaning(refused(code, { subcode: 33, transient: true }))).toBe("nothing meta_unreachable");
    }
  });

  test("every row can be the one that decides, and returns its source and Meta's text", () => {
    const rows = EVIDENCE.map((row) => row.what);
    expect(new Set(rows).size).toBe(rows.length);
    for (const row of EVIDENCE) expect(row.source).not.toBe("");
    expect(metaMessageOf(refused(200, { status: 403 }))).toBe("HTTP 403, error 200: words of Meta");
  });
});

const IDENTITY = { appId: "600", systemUserId: "610", numberIds: { "2001": "num_1", "2002": "num_2" } };
const MANAGE = list({ id: "610", tasks: ["MANAGE"] });
const LESS = list({ id: "610", tasks: ["MESSAGING"] }, { id: "611", tasks: ["MANAGE"] });
const GONE = refused(100, { subcode: 33 });
const WELL: Replies = {
  control: ok(),
  waba: ok(),
  details: ok({ health_status: { entities: [{ entity_type: "WABA", can_send_message: "AVAILABLE" }] } }),
  assignedUsers: MANAGE,
  write: null,
  controlWrite: null,
  subscribedApps: list({ whatsapp_business_api_data: { id: "600" } }),
  repair: null,
  repairOverride: null,
  phoneNumbers: list({ id: "2001", status: "CONNECTED" }, { id: "2002", status: "FLAGGED" }),
};
const judge = (change: Partial<Replies>): ProbeResult =>
  judgeProbe({ ...WELL, ...change }, IDENTITY, { askedAt: 1, trigger: "due", waited: false });
const NOT_ASKED = { details: null, assignedUsers: null, subscribedApps: null, phoneNumbers: null };

/** "bad unspecified" or "none provider_token_invalid ours": the answer about one condition. */
function answer(change: Partial<Replies>, condition: keyof ProbeResult["answers"]): string {
  const reported = judge(change).answers[condition];
  if (reported === undefined) return "not asked";
  if (reported.verdict === "true") return reported.byWrite === true ? "true by write" : "true";
  return `${reported.verdict} ${reported.reason}${reported.verdict === "none" && reported.ours ? " ours" : ""}`;
}

describe("a probe, judged", () => {
  test("all healthy", () => {
    for (const condition of [
      "Shared",
      "FullControl",
      "TokenValid",
      "WebhookSubscribed",
      "MessagingAllowed",
    ] as const)
      expect([condition, answer({}, condition)]).toEqual([condition, "true"]);
  });

  test("100/33 and 200 count only with a control read that passed in the same probe", () => {
    for (const waba of [GONE, refused(200, { status: 403 })]) {
      expect(answer({ ...NOT_ASKED, waba }, "Shared")).toBe("bad unspecified");
      expect(answer({ ...NOT_ASKED, waba, control: GONE }, "Shared")).toBe(
        "none provider_token_invalid ours",
      );
      expect(answer({ ...NOT_ASKED, waba, control: refused(190, { status: 401 }) }, "Shared")).toBe(
        "none provider_token_invalid ours",
      );
      expect(answer({ ...NOT_ASKED, waba, control: refused(4) }, "Shared")).toBe("none throttled ours");
      expect(answer({ ...NOT_ASKED, waba, control: noAnswer("timeout") }, "Shared")).toBe(
        "none meta_unreachable ours",
      );
    }
  });

  test("a revoked token is provider_token_invalid, and says nothing about the client", () => {
    const dead = refused(190, { status: 401 });
    const change = { ...NOT_ASKED, control: dead, waba: dead };
    expect(answer(change, "TokenValid")).toBe("bad provider_token_invalid");
    expect(answer(change, "Shared")).toBe("none provider_token_invalid ours");
    expect(answer(change, "FullControl")).toBe("none provider_token_invalid ours");
  });

  test("a locked WABA is shared, and not allowed to send", () => {
    const change = { ...NOT_ASKED, waba: refused(131031, { status: 403 }) };
    expect([answer(change, "Shared"), answer(change, "MessagingAllowed")]).toEqual([
      "true",
      "bad meta_disabled",
    ]);
  });

  test("a lost share says nothing about full control: it is not known", () => {
    expect(answer({ ...NOT_ASKED, waba: GONE }, "FullControl")).toBe("not asked");
    expect(answer({ ...NOT_ASKED, waba: GONE }, "WebhookSubscribed")).toBe("none not_yet_proven");
  });

  test("rule 7: a passed write proves full control, whatever the read says", () => {
    expect(answer({ write: ok({ success: true }), assignedUsers: LESS }, "FullControl")).toBe(
      "true by write",
    );
    expect(judge({ write: ok() }).write).toBe("passed");
  });

  test("rule 7: a failed write is partial control only if the same token passes it elsewhere", () => {
    const write = refused(200, { status: 403 });
    expect(answer({ write, controlWrite: "passed" }, "FullControl")).toBe("bad partial_control");
    expect(answer({ write, controlWrite: "failed" }, "FullControl")).toBe("none provider_token_invalid ours");
    expect(answer({ write, controlWrite: null }, "FullControl")).toBe("none provider_token_invalid ours");
    expect(judge({ write, controlWrite: "passed" }).write).toBe("failed");
  });

  test("rule 7: a write without an answer is no failed write; the read alone counts", () => {
    for (const write of [noAnswer("timeout"), refused(2), refused(4)]) {
      expect(answer({ write }, "FullControl")).toBe("true");
      expect(judge({ write }).write).toBe("none");
      expect(answer({ write, assignedUsers: LESS }, "FullControl")).toMatch(/^none /);
    }
  });

  test("a read that lacks MANAGE alone is never a loss", () => {
    expect(answer({ assignedUsers: LESS }, "FullControl")).toBe("none not_yet_proven");
    expect(answer({ assignedUsers: noAnswer("timeout") }, "FullControl")).toBe("none meta_unreachable");
  });

  test.each([[[["MANAGE"]]], [[{ toString: 1 }]], [[null, 7]], ["MANAGE"]])(
    "tasks that are no strings prove no full control: %j",
    (tasks) => {
      const assignedUsers = list({ id: "610", tasks });
      expect(answer({ assignedUsers }, "FullControl")).toBe("none not_yet_proven");
    },
  );

  test("a list that goes on does not prove that our subscription is missing", () => {
    const next = { paging: { next: "https://graph.facebook.com/…" } };
    expect(answer({ subscribedApps: ok({ data: [], ...next }) }, "WebhookSubscribed")).toBe(
      "none not_yet_proven",
    );
  });

  test("a missing subscription is bad until it is repaired; a new one has no override", () => {
    expect(answer({ subscribedApps: list() }, "WebhookSubscribed")).toBe("bad subscription_missing");
    const foreign = list({ whatsapp_business_api_data: { id: "601" } });
    expect(answer({ subscribedApps: foreign }, "WebhookSubscribed")).toBe("bad subscription_missing");
    const repaired = { subscribedApps: list(), repair: ok({ success: true }) };
    expect(answer(repaired, "WebhookSubscribed")).toBe("true");
    expect(judge(repaired).override).toBeNull();
    expect(judge({ subscribedApps: list() }).override).toBeUndefined();
    expect(judge({ subscribedApps: noAnswer("timeout") }).override).toBeUndefined();
  });

  test("an override is read, and one that was written back in the same probe counts as present", () => {
    const uri = "https://example.org/hook";
    const own = list({ whatsapp_business_api_data: { id: "600" }, override_callback_uri: uri });
    expect(judge({ subscribedApps: own }).override).toBe(uri);
    expect(judge({}).override).toBeNull();
    const asked = { askedAt: 1, trigger: "due", waited: false } as const;
    const held = { ...IDENTITY, heldOverride: uri };
    const repaired = { ...WELL, subscribedApps: list(), repair: ok(), repairOverride: ok() };
    expect(judgeProbe(repaired, held, asked)).toMatchObject({ override: uri, overrideWritten: true });
    expect(judgeProbe({ ...repaired, repairOverride: refused(100) }, held, asked).override).toBeNull();
  });

  test("setup details are kept as read, by our ids; for a WABA without an answer there are none", () => {
    const number = {
      id: "2001",
      status: "FLAGGED",
      name_status: "DECLINED",
      quality_rating: "RED",
      code_verification_status: "EXPIRED",
    };
    const seen = judge({
      details: ok({ primary_funding_id: "63" }),
      phoneNumbers: list(number, { id: "9999", status: "CONNECTED" }),
    });
    expect(seen.setup).toEqual({
      account: { hasFunding: true, health: null },
      numbers: {
        num_1: { status: "FLAGGED", nameStatus: "DECLINED", verification: "EXPIRED", quality: "RED" },
      },
    });
    expect(judge({ phoneNumbers: refused(4) }).setup).toEqual({
      account: { hasFunding: false, health: [] },
      numbers: null,
    });
    expect(judge({ ...NOT_ASKED, waba: GONE }).setup).toBeUndefined();
  });

  test("field case 1: a refused field is not known, and changes nothing else", () => {
    const unread = { primary_funding_id: refused(10, { status: 403 }), health_status: refused(100) };
    const change = { details: ok({ name: "A client" }), unread };
    for (const condition of ["Shared", "FullControl", "TokenValid"] as const)
      expect(answer(change, condition)).toBe("true");
    expect(answer(change, "MessagingAllowed")).toBe("none request_refused");
    const refusedMessage = {
      funding: "HTTP 403, error 10: words of Meta",
      health: "HTTP 400, error 100: words of Meta",
    };
    expect(judge(change).setup?.account).toEqual({ hasFunding: null, health: null, refused: refusedMessage });
    expect(answer({ details: noAnswer("malformed") }, "MessagingAllowed")).toBe("none meta_unreachable");
    expect(judge({ details: noAnswer("malformed") }).setup?.account).toBeNull();
  });

  test("field case 1: a refusal for one WABA beside a passed control read is never our dead token", () => {
    for (const code of [1, 3, 10, 100, 803]) {
      const change = { ...NOT_ASKED, waba: refused(code, { status: 403 }) };
      expect(answer(change, "Shared")).toMatch(/^none (request_refused|meta_unreachable)/);
      expect(answer(change, "TokenValid")).toBe("true");
    }
    const both = { ...NOT_ASKED, waba: refused(10), control: refused(10) };
    expect([answer(both, "Shared"), answer(both, "TokenValid")]).toEqual([
      "none request_refused ours",
      "none request_refused ours",
    ]);
  });

  test("rule 7: without an answer to the control write the cause of the failure is open", () => {
    const write = refused(200, { status: 403 });
    expect(answer({ write, controlWrite: noAnswer("timeout") }, "FullControl")).toBe("none meta_unreachable");
    expect(answer({ write, controlWrite: refused(10) }, "FullControl")).toBe("none request_refused ours");
  });

  test("field case 12: an empty list that is incomplete names no number", () => {
    const part = ok({ data: [], paging: { next: "https://graph.facebook.com/…" } });
    expect(judge({ phoneNumbers: part }).setup?.numbers).toBeNull();
    expect(judge({ phoneNumbers: list() }).setup?.numbers).toEqual({});
    expect(judge({ phoneNumbers: refused(100) })).toMatchObject({ kind: null, numbersComplete: false });
  });

  test("numbers: by our ids, complete only without a further page, absent when the list is not answered", () => {
    const seen = judge({});
    expect(Object.keys(seen.numbers)).toEqual(["num_1", "num_2"]);
    expect(seen.numbersComplete).toBe(true);
    const paged = ok({ data: [{ id: "2001", status: "CONNECTED" }], paging: { next: "https://…" } });
    expect(judge({ phoneNumbers: paged }).numbersComplete).toBe(false);
    const silent = judge({ phoneNumbers: refused(4) });
    expect(silent.numbers.num_1?.connected).toEqual({ verdict: "none", reason: "throttled", ours: false });
    expect(silent.numbersComplete).toBe(false);
  });
});
