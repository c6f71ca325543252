import { describe, expect, test } from "vitest";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { judgeProbe } from "./judge-probe.ts";
import type { ProbeTerms, Replies } from "./probe-replies.ts";
import type { Answer } from "../model/probe-result.ts";
import { partnerModelOf, type PartnerModelName } from "../model/partner-model.ts";
import { areEnough, taskSetsOf } from "./task-sets.ts";

const WABA = "100000000000001";
const APP = "600000000000001";
const USER = "610000000000001";

const ASKED = { request: { method: "GET", path: "/1" }, askedAt: 1, answeredAt: 2 };
const ok = (body: Record<string, unknown> = {}): GraphReply => ({
  ...ASKED,
  kind: "success",
  status: 200,
  body,
  usage: null,
});
const refused = (code: number, subcode: number | null = null): GraphReply => ({
  ...ASKED,
  kind: "refusal",
  status: 403,
  fault: { code, subcode, type: null, message: "words", details: null, traceId: null, transient: null },
});
const assigned = (...tasks: string[]): GraphReply => ok({ data: [{ id: USER, tasks }] });
const debug = (management: string[], messaging: string[]): GraphReply =>
  ok({
    data: {
      is_valid: true,
      app_id: APP,
      granular_scopes: [
        { scope: "whatsapp_business_management", target_ids: management },
        { scope: "whatsapp_business_messaging", target_ids: messaging },
      ],
    },
  });

const QUIET: Replies = {
  control: ok(),
  waba: ok(),
  details: null,
  assignedUsers: null,
  write: null,
  controlWrite: null,
  subscribedApps: null,
  repair: null,
  repairOverride: null,
  phoneNumbers: null,
};

function judged(name: PartnerModelName, replies: Partial<Replies>, more: Partial<ProbeTerms> = {}) {
  const model = partnerModelOf(name);
  const terms = {
    wabaId: WABA,
    model,
    sendsWithClientToken: model.sendsWith === "client",
    observing: false,
    ...more,
  };
  const identity = { appId: APP, systemUserId: USER, numberIds: {}, terms };
  return judgeProbe({ ...QUIET, ...replies }, identity, { askedAt: 1, trigger: "due", waited: false });
}

const reported = (answer: Answer | undefined): string =>
  answer === undefined ? "-" : answer.verdict === "true" ? "true" : `${answer.verdict} ${answer.reason}`;

function answers(name: PartnerModelName, replies: Partial<Replies>, more: Partial<ProbeTerms> = {}): string {
  const { Shared: shared, FullControl: control } = judged(name, replies, more).answers;
  return `${reported(shared)}, ${reported(control)}`;
}

describe("app_grant: the client's token is the grant", () => {
  const client = (debugToken: GraphReply, clientRead: GraphReply | null = null) => ({
    client: { held: true, debugToken, clientRead },
  });
  test("it reads the WABA and may send", () =>
    expect(answers("app_grant", client(debug([WABA], [WABA])))).toBe("true, true"));
  test("its proof counts without a write, because nothing can be written with it", () =>
    expect(judged("app_grant", client(debug([WABA], [WABA]))).answers.FullControl).toEqual({
      verdict: "true",
      byWrite: true,
    }));
  test("it reads the WABA and may not send: partial", () =>
    expect(answers("app_grant", client(debug([WABA], ["7"])))).toBe("true, bad partial_control"));
  test("Meta refuses the read and debug_token no longer lists the WABA: lost", () => {
    const replies = { waba: refused(100, 33), ...client(debug(["7"], ["7"]), refused(100, 33)) };
    expect(answers("app_grant", replies)).toBe("bad unspecified, -");
  });
  test("Meta refuses the read and debug_token still lists it: not known", () =>
    expect(answers("app_grant", { waba: refused(200), ...client(debug([WABA], [WABA])) })).toBe(
      "none not_yet_proven, none not_yet_proven",
    ));
  test("without a control read nothing is lost", () =>
    expect(
      answers("app_grant", {
        control: refused(190, 460),
        waba: refused(100, 33),
        ...client(debug(["7"], ["7"]), refused(100, 33)),
      }),
    ).toBe("none provider_token_invalid, none provider_token_invalid"));
  test("the app is gone: that is AppInstalled, and the rest is not known", () => {
    const dead = ok({ data: { is_valid: false, error: { code: 190, subcode: 458 } } });
    const probe = judged("app_grant", { waba: refused(190, 458), ...client(dead, refused(190, 458)) });
    expect(reported(probe.answers.AppInstalled)).toBe("bad app_uninstalled");
    expect(probe.answers.Shared).toEqual({ verdict: "none", reason: "not_yet_proven", ours: false });
  });
  test("no token is held: the fault is ours", () => {
    const probe = judged("app_grant", {
      waba: refused(200),
      client: { held: false, debugToken: null, clientRead: null },
    });
    expect(probe.answers.Shared).toEqual({ verdict: "none", reason: "provider_token_invalid", ours: true });
    expect(reported(probe.answers.TokenValid)).toBe("bad provider_token_invalid");
  });
});

describe("multi_partner_solution: granular tasks that include MESSAGING suffice", () => {
  test.each([
    [["MANAGE"], "true, true"],
    [["MESSAGING", "MANAGE_TEMPLATES"], "true, true"],
    [["MANAGE_TEMPLATES"], "true, none not_yet_proven"],
  ])("a read of %j", (tasks, expected) =>
    expect(answers("multi_partner_solution", { assignedUsers: assigned(...tasks) })).toBe(expected),
  );
  test("a share with our portfolio requires MANAGE", () =>
    expect(answers("portfolio_share", { assignedUsers: assigned("MESSAGING") })).toBe(
      "true, none not_yet_proven",
    ));
  test("a refused write counts as elsewhere: only when the same token passes it on another WABA", () => {
    const bad = { assignedUsers: assigned("MANAGE_TEMPLATES"), write: refused(200) };
    expect(answers("multi_partner_solution", { ...bad, controlWrite: "passed" })).toBe(
      "true, bad partial_control",
    );
    expect(answers("multi_partner_solution", { ...bad, controlWrite: "failed" })).toBe(
      "true, none provider_token_invalid",
    );
  });
  test("a write keeps the tasks that were given, and tries MANAGE only where the read shows it", () => {
    const model = partnerModelOf("multi_partner_solution");
    expect(taskSetsOf(model, [])).toEqual([["MESSAGING"]]);
    expect(taskSetsOf(model, ["DEVELOP", "MESSAGING"])).toEqual([["DEVELOP", "MESSAGING"]]);
    expect(taskSetsOf(model, ["MANAGE"])).toEqual([["MANAGE"], ["MESSAGING"]]);
    for (const name of ["portfolio_share", "owned", "app_grant"] as const)
      expect(taskSetsOf(partnerModelOf(name), ["DEVELOP"])).toEqual([["MANAGE"]]);
    expect(areEnough(model, ["DEVELOP"])).toBe(false);
  });
});

describe("owned: read and write as for a share", () => {
  test("MANAGE proves it", () =>
    expect(answers("owned", { assignedUsers: assigned("MANAGE") })).toBe("true, true"));
  test("tasks alone do not", () =>
    expect(answers("owned", { assignedUsers: assigned("MESSAGING") })).toBe("true, none not_yet_proven"));
});

describe("an employee system user counts as our fault", () => {
  const role = (name: string, id: string | number = USER): GraphReply => ok({ data: [{ id, role: name }] });
  const silent: GraphReply = { ...ASKED, kind: "no_answer", cause: "timeout", detail: "2.5 s", status: null };
  test.each([refused(200), refused(100, 33)])(
    "%o of a WABA: not known, our own token, and the text says why",
    (waba) => {
      const { answers: seen } = judged("portfolio_share", { waba, systemUsers: role("EMPLOYEE") });
      expect(seen.Shared).toEqual({
        verdict: "none",
        reason: "provider_token_invalid",
        ours: true,
        metaMessage: "EMPLOYEE",
      });
      expect(reported(seen.FullControl)).toBe("none provider_token_invalid");
      expect(reported(seen.TokenValid)).toBe("true");
    },
  );
  test("also where Meta prints our id as a number", () => {
    const { answers: seen } = judged("portfolio_share", {
      waba: refused(200),
      systemUsers: role("EMPLOYEE", Number(USER)),
    });
    expect(reported(seen.Shared)).toBe("none provider_token_invalid");
  });
  test.each([
    ["an administrator", role("ADMIN")],
    ["somebody else is the employee", role("EMPLOYEE", "611")],
    ["nobody answered", silent],
  ])("%s: the refusal counts", (_who, systemUsers) =>
    expect(reported(judged("portfolio_share", { waba: refused(200), systemUsers }).answers.Shared)).toBe(
      "bad unspecified",
    ),
  );
});

describe("observe mode: nothing is written, so the read stands for the write", () => {
  test("MANAGE as read counts as if it had been written", () =>
    expect(
      judged("portfolio_share", { assignedUsers: assigned("MANAGE") }, { observing: true }).answers
        .FullControl,
    ).toEqual({ verdict: "true", byWrite: true }));
  test("in enforce it does not", () =>
    expect(judged("portfolio_share", { assignedUsers: assigned("MANAGE") }).answers.FullControl).toEqual({
      verdict: "true",
    }));
  test("H2: no task at all says nothing about the client: none of our users was assigned, and nothing is written", () =>
    expect(answers("portfolio_share", { assignedUsers: assigned() }, { observing: true })).toBe(
      "true, none not_proven_while_observing",
    ));
  test("H2: some tasks without MANAGE are partial control", () =>
    expect(answers("portfolio_share", { assignedUsers: assigned("MESSAGING") }, { observing: true })).toBe(
      "true, bad partial_control",
    ));
});
