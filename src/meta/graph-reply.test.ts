import { describe, expect, it } from "vitest";
import { explanationOf, parseGraphAnswer, parseGraphFault } from "./graph-reply.ts";
import type { GraphAnswer } from "./graph-reply.ts";

const answer = (status: number, body: string, headers: Record<string, string> = {}): GraphAnswer =>
  parseGraphAnswer({ status, headers, body: new TextEncoder().encode(body) });
const answerOf = (status: number, body: unknown): GraphAnswer => answer(status, JSON.stringify(body));

describe("an answer of the Graph API", () => {
  it("is a success when it is an object", () => {
    expect(answerOf(200, { success: true })).toEqual({
      kind: "success",
      status: 200,
      body: { success: true },
      usage: null,
    });
  });

  it("keeps every digit of an id that came as a number", () => {
    expect(
      answer(200, '{"id":102290129340398123, "data":[ 9007199254740993 ],"n":12,"f":1234567890123456.5}'),
    ).toMatchObject({
      body: { id: "102290129340398123", data: ["9007199254740993"], n: 12, f: 1234567890123456.5 },
    });
  });

  it("is a refusal when it holds Meta's envelope, whatever the status is", () => {
    const error = {
      message: "(#200) Permissions error",
      type: "OAuthException",
      code: 200,
      fbtrace_id: "A1",
    };
    const fault = {
      code: 200,
      subcode: null,
      type: "OAuthException",
      message: error.message,
      details: null,
      traceId: "A1",
      transient: null,
    };
    for (const status of [200, 400, 403, 500, 503]) {
      expect(answerOf(status, { error })).toEqual({ kind: "refusal", status, fault });
    }
  });

  it("keeps Meta's explanation for people, which goes before its message for programs (field case 3)", () => {
    const error = {
      message: "Invalid parameter",
      code: 100,
      error_subcode: 2388001,
      error_user_title: "Cannot Create Certificate",
      error_user_msg: "Your display name has not been approved yet.",
    };
    const refused = answerOf(400, { error });
    expect(refused).toMatchObject({
      fault: { userTitle: error.error_user_title, userMessage: error.error_user_msg },
    });
    const explained = (part: object): string | null => {
      const fault = parseGraphFault({ code: 100, message: "Invalid parameter", ...part });
      return fault && explanationOf(fault);
    };
    expect(explained(error)).toBe("Cannot Create Certificate: Your display name has not been approved yet.");
    expect(explained({ error_user_msg: "Wait." })).toBe("Wait.");
    expect(explained({ error_user_title: "", error_user_msg: 7 })).toBe("Invalid parameter");
  });

  it.each([
    [{ details: "Access denied" }, "Access denied"],
    ['{"details":"Access denied"}', "Access denied"],
    ["plain words", "plain words"],
    ['"quoted"', '"quoted"'],
    ["{broken", "{broken"],
    [["a"], null],
    [7, null],
  ])("reads the details of error_data %j", (errorData, details) => {
    const error = {
      code: 131005,
      message: "m",
      error_data: errorData,
      error_subcode: "33",
      is_transient: true,
    };
    expect(answerOf(403, { error })).toMatchObject({ fault: { details, subcode: 33, transient: true } });
  });

  it("cuts texts that would fill a log", () => {
    const reply = answerOf(400, {
      error: { code: 1, message: "x".repeat(100_000), error_data: { details: "y".repeat(100_000) } },
    });
    expect(reply).toMatchObject({ fault: { message: "x".repeat(2000), details: "y".repeat(2000) } });
  });

  it.each([
    [500, "<html>oops</html>", "server_error"],
    [502, "", "server_error"],
    [503, '{"error":"busy"}', "server_error"],
    [400, "<html>blocked by proxy</html>", "malformed"],
    [403, '{"error":"Forbidden"}', "malformed"],
    [400, '{"error":{}}', "malformed"],
    [200, '{"data":[{"id":"1"', "malformed"],
    [200, "true", "malformed"],
    [200, "[]", "malformed"],
    [200, "null", "malformed"],
    [200, '{"error":"odd"}', "malformed"],
    [302, "{}", "malformed"],
  ])("is no answer for %i %s", (status, body, cause) => {
    expect(answer(status, body)).toMatchObject({ kind: "no_answer", cause, status });
  });

  it("survives JSON nested beyond reason", () => {
    const brackets = JSON.stringify('[[[{"\\');
    const deep = (levels: number): string =>
      `{"a":${"[".repeat(levels)}${"]".repeat(levels)},"b":${brackets}}`;
    expect(answer(200, deep(200_000))).toMatchObject({ kind: "no_answer", cause: "malformed" });
    expect(answer(200, deep(99))).toMatchObject({ kind: "success" });
  });

  it("does not take wrong types for a fault", () => {
    expect(answerOf(400, { error: { code: "x", message: 5 } })).toMatchObject({ kind: "no_answer" });
    expect(answerOf(400, { error: { code: 10, message: 5, type: [], fbtrace_id: {} } })).toMatchObject({
      fault: { code: 10, message: "", type: null, traceId: null },
    });
  });

  it("reports the fullest of Meta's counters", () => {
    const counter = { call_count: 12, total_cputime: 97, total_time: 3, estimated_time_to_regain_access: 9 };
    const headers = {
      "x-app-usage": '{"call_count":40,"total_cputime":1,"total_time":1}',
      "x-business-use-case-usage": JSON.stringify({ "1022": [{ type: "whatsapp", ...counter }] }),
    };
    expect(answer(200, "{}", headers)).toMatchObject({ usage: { percent: 97, regainAccessMin: 9 } });
    expect(answer(200, "{}", { "x-app-usage": "nonsense" })).toMatchObject({ usage: null });
  });
});
