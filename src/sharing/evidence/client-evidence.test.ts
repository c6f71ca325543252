import { describe, expect, test } from "vitest";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { CLIENT_EVIDENCE, grantOf, judgeClientToken, type ClientReplies } from "./client-evidence.ts";
import type { Answer } from "../model/probe-result.ts";

const WABA = "100000000000001";
const APP = "600000000000001";
const asked = { wabaId: WABA, appId: APP };

const ASKED = { request: { method: "GET", path: "/debug_token" }, askedAt: 1, answeredAt: 2 };
const ok = (body: Record<string, unknown>): GraphReply => ({
  ...ASKED,
  kind: "success",
  status: 200,
  body,
  usage: null,
});
const refused = (code: number, subcode: number | null = null): GraphReply => ({
  ...ASKED,
  kind: "refusal",
  status: 400,
  fault: { code, subcode, type: null, message: "words", details: null, traceId: null, transient: null },
});
const silent: GraphReply = { ...ASKED, kind: "no_answer", cause: "timeout", detail: "4 s", status: null };

const debug = (data: Record<string, unknown>): GraphReply => ok({ data });
const scopes = (...targets: (string[] | null)[]) =>
  targets.map((ids, index) => ({
    scope: index === 0 ? "whatsapp_business_management" : "whatsapp_business_messaging",
    ...(ids && { target_ids: ids }),
  }));
const valid = (granular: unknown, appId: string | null = APP): GraphReply =>
  debug({ is_valid: true, ...(appId && { app_id: appId }), granular_scopes: granular });
const invalid = (subcode?: number): GraphReply =>
  debug({ is_valid: false, scopes: [], error: { code: 190, message: "x", ...(subcode && { subcode }) } });
const LISTED = valid(scopes([WABA], [WABA]));

const reported = (answer: Answer): string =>
  answer.verdict === "true" ? "true" : `${answer.verdict} ${answer.reason}`;

/** "AppInstalled / TokenValid" of one set of replies. */
function outcome(debugToken: GraphReply | null, clientRead: GraphReply | null = null, held = true): string {
  const replies: ClientReplies = { held, debugToken, clientRead };
  const { AppInstalled: app, TokenValid: token } = judgeClientToken(replies, asked);
  return `${reported(app)} / ${reported(token)}`;
}

const UNPROVEN = "none not_yet_proven";

describe("the client's token, row by row", () => {
  const rows: [row: number, what: string, seen: string, expected: string][] = [
    [0, "nothing is held", outcome(null, null, false), `${UNPROVEN} / bad provider_token_invalid`],
    [1, "valid, and the WABA is listed", outcome(LISTED), "true / true"],
    [2, "190/458 with it", outcome(invalid(458), refused(190, 458)), `bad app_uninstalled / ${UNPROVEN}`],
    [
      3,
      "190/460 with it",
      outcome(invalid(460), refused(190, 460)),
      `${UNPROVEN} / bad provider_token_invalid`,
    ],
    [4, "of another app", outcome(valid(scopes([WABA]), "1")), `${UNPROVEN} / bad provider_token_invalid`],
    [5, "valid, not listed", outcome(valid(scopes(["7"], ["7"])), refused(100, 33)), `${UNPROVEN} / true`],
    [6, "called invalid, and answered", outcome(invalid(), ok({ id: WABA })), `${UNPROVEN} / true`],
    [
      7,
      "called invalid, and no read confirms it",
      outcome(invalid(458), silent),
      `${UNPROVEN} / ${UNPROVEN}`,
    ],
  ];
  test.each(rows)("%i: %s", (_row, _what, seen, expected) => expect(seen).toBe(expected));
  test("every row has its test", () =>
    expect(rows.map(([row]) => row)).toEqual(CLIENT_EVIDENCE.map((_, index) => index)));
});

describe("the scopes", () => {
  test("the WABA is found wherever it stands in the list", () => {
    for (const ids of [
      [WABA, "7", "8"],
      ["7", WABA, "8"],
      ["7", "8", WABA],
    ])
      expect(outcome(valid(scopes(ids, ids)))).toBe("true / true");
  });
  test("a granular scope without target_ids means all", () =>
    expect(outcome(valid(scopes(null)))).toBe("true / true"));
  test("an empty target_ids means none, and a token without granular scopes lists nothing", () => {
    expect(outcome(valid(scopes([], [])))).toBe(`${UNPROVEN} / true`);
    expect(outcome(valid(undefined))).toBe(`${UNPROVEN} / true`);
  });
  test("another WhatsApp scope in place of the management one counts; scopes of other products do not", () => {
    expect(outcome(valid([{ scope: "whatsapp_business_manage_events", target_ids: [WABA] }]))).toBe(
      "true / true",
    );
    expect(outcome(valid([{ scope: "pages_messaging", target_ids: [WABA] }]))).toBe(`${UNPROVEN} / true`);
  });
  test("ids that were printed as numbers are valid ids", () =>
    expect(outcome(valid([{ scope: "whatsapp_business_messaging", target_ids: [Number(WABA)] }]))).toBe(
      "true / true",
    ));
});

describe("nothing becomes False without an answer of Meta", () => {
  test.each([silent, refused(4), refused(2), refused(80008)])("debug_token: %o", (reply) =>
    expect(outcome(reply, null)).toMatch(/^none (meta_unreachable|throttled) \/ none/),
  );
  test("a refusal of our own token is our fault", () => {
    const { AppInstalled: app } = judgeClientToken(
      { held: true, debugToken: refused(190, 460), clientRead: null },
      asked,
    );
    expect(app).toEqual({ verdict: "none", reason: "provider_token_invalid", ours: true });
  });
  test("458 in debug_token alone is a hint: an answer to a read with the token itself refutes it", () =>
    expect(outcome(invalid(458), ok({ id: WABA }))).toBe(`${UNPROVEN} / true`));
  test("a permission that the app lacks is no dead token", () =>
    expect(outcome(invalid(), refused(10))).toBe(`${UNPROVEN} / ${UNPROVEN}`));
  test.each([{}, { data: null }, { data: { is_valid: "yes" } }, { data: [] }])(
    "a shape that is not Meta's: %o",
    (body) => expect(outcome(ok(body), null)).toBe(`${UNPROVEN} / ${UNPROVEN}`),
  );
});

describe("the grant of a WABA that is ours by the client's token", () => {
  const grant = (debugToken: GraphReply | null): string =>
    grantOf({ held: true, debugToken, clientRead: null }, asked);
  test("may send where the messaging scope lists it", () => expect(grant(LISTED)).toBe("may_send"));
  test("is listed only, where another scope does", () =>
    expect(grant(valid(scopes([WABA], ["7"])))).toBe("listed"));
  test("is not listed", () => expect(grant(valid(scopes(["7"], ["7"])))).toBe("not_listed"));
  test("is not known with a dead token, another app's token, or without an answer", () => {
    for (const reply of [invalid(460), valid(scopes([WABA]), "1"), silent, null])
      expect(grant(reply)).toBe("unknown");
  });
});
