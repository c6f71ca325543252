import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { REASONS } from "../sharing/model/reason.ts";
import { STATUS_ROWS } from "../sharing/status/status.ts";
import { planRecovery } from "./plan-recovery.ts";
import type { RecoveryMethod } from "./recovery-plan.ts";
import type { RecoverySubject } from "./recovery-subject.ts";

const CONTEXT = {
  partnerName: "360dialog",
  partnerBusinessId: "734443296905665",
  businessSuiteUrl: "https://business.facebook.com",
};

const LOST: RecoverySubject = {
  status: "permission_removed",
  reason: "partner_removed",
  kind: "platform",
  everCoexistence: false,
  takenOver: false,
  expires: false,
  proven: new Set(),
  wabaId: "100000000000004",
  clientBusinessId: "510000000000003",
};

const plan = (change: Partial<RecoverySubject>): RecoveryMethod[] =>
  planRecovery({ ...LOST, ...change }, CONTEXT).methods;

/** "assign_partner" when available, "-assign_partner(why)" when not: one line a plan. */
const outline = (change: Partial<RecoverySubject>): string[] =>
  plan(change).map((method) => (method.available ? method.method : `-${method.method}(${method.whyNot})`));

const steps = (change: Partial<RecoverySubject>, name: string): string[] =>
  plan(change)
    .find((method) => method.method === name)
    ?.steps.map((step) => step.id) ?? [];

describe("the permission is lost: one test for each row of the table", () => {
  test("a deleted WABA needs a new onboarding", () => {
    const expected = [
      "new_onboarding",
      "-assign_partner(assign_deleted)",
      "-embedded_signup(signup_deleted)",
    ];
    expect(outline({ reason: "waba_deleted" })).toEqual(expected);
    expect(outline({ reason: "waba_deleted", everCoexistence: true })).toEqual(expected);
  });

  test("taken over: the other partner must go first, and the signup is not offered", () => {
    expect(outline({ takenOver: true })).toEqual(["assign_partner", "-embedded_signup(signup_taken_over)"]);
    expect(steps({ takenOver: true }, "assign_partner")[0]).toBe("remove_other_partner");
    expect(outline({ reason: "taken_over", everCoexistence: true })).toEqual([
      "disconnect_other_partner",
      "-assign_partner(assign_coexistence)",
      "-embedded_signup(signup_taken_over)",
    ]);
  });

  test("coexistence: the signup with the same WABA, never an assignment", () => {
    const expected = ["-assign_partner(assign_coexistence)", "embedded_signup"];
    expect(outline({ everCoexistence: true })).toEqual(expected);
    expect(outline({ reason: "coexistence_disconnected" })).toEqual(expected);
    expect(outline({ kind: "coexistence", reason: "partial_control" })).toEqual(expected);
  });

  test("a ban must end first", () => {
    expect(outline({ reason: "coexistence_banned" })).toEqual([
      "wait",
      "-assign_partner(assign_coexistence)",
      "embedded_signup",
    ]);
    expect(steps({ reason: "coexistence_banned" }, "embedded_signup")[0]).toBe("ban_lifted");
    expect(steps({ reason: "coexistence_banned" }, "wait")).toEqual(["appeal_ban", "wait_ban"]);
  });

  test("once the client has reported that the app works again, the signup comes first", () => {
    const works = { reason: "coexistence_banned", appWorks: true };
    expect(outline(works)).toEqual(["-assign_partner(assign_coexistence)", "embedded_signup"]);
    const signup = plan(works).find(({ method }) => method === "embedded_signup");
    expect(signup?.steps[0]).toEqual({ id: "ban_lifted", done: true });
  });

  test("a signup of a number of the app names what the phone needs; on the platform there is no phone", () => {
    const inApp = ["phone_at_hand", "wait_after_disconnect", "confirm_in_app", "keep_app_open"];
    const coexistence = steps({ kind: "coexistence", everCoexistence: true }, "embedded_signup");
    expect(coexistence.filter((id) => inApp.includes(id))).toEqual(inApp);
    expect(steps({}, "embedded_signup").filter((id) => inApp.includes(id))).toEqual([]);
  });

  test("M10: after a logout the client signs in to the app again first, without a wait", () => {
    const back = steps({ reason: "coexistence_device_logged_out", everCoexistence: true }, "embedded_signup");
    expect(back.slice(0, 3)).toEqual(["sign_in_app", "phone_at_hand", "start_signup"]);
    expect(back).not.toContain("wait_after_disconnect");
  });

  test("where the share was intact throughout, it proves no step of the signup", () => {
    const proven = new Set(["Shared", "FullControl"] as const);
    const cut = {
      status: "disconnected",
      reason: "companion_not_restored",
      everCoexistence: true,
      proven,
    } as const;
    expect(
      plan(cut)
        .flatMap((method) => method.steps)
        .filter(({ done }) => done),
    ).toEqual([]);
  });

  test("a downgrade goes back to the Business app first; a changed number may need a successor", () => {
    expect(steps({ reason: "coexistence_business_downgrade" }, "embedded_signup")[0]).toBe(
      "back_to_business_app",
    );
    expect(steps({ reason: "coexistence_number_changed" }, "embedded_signup")).toContain("accept_successor");
  });

  test("an unknown kind does not offer what Meta might refuse", () => {
    expect(outline({ kind: "unknown" })).toEqual(["-assign_partner(assign_kind_unknown)", "embedded_signup"]);
  });

  test("a removed app comes back through the signup only", () => {
    expect(outline({ reason: "app_uninstalled" })).toEqual([
      "-assign_partner(assign_app_uninstalled)",
      "embedded_signup",
    ]);
  });

  test("partial control is a change of the partner's access", () => {
    const [assign] = plan({ reason: "partial_control", proven: new Set(["Shared"]) });
    expect(assign).toMatchObject({ label: "assign_partner_partial", available: true });
    expect(assign?.steps.map(({ id, done }) => `${id} ${done}`)).toEqual([
      "select_portfolio false",
      "open_settings false",
      "select_waba false",
      "open_partner false",
      "grant_full_control false",
    ]);
    expect(assign?.steps.filter(({ condition }) => condition !== undefined)).toEqual([
      { id: "grant_full_control", condition: "FullControl", done: false },
    ]);
  });

  test("a share that was intact throughout proves no choice in a new signup", () => {
    for (const reason of ["partial_control", "app_uninstalled"]) {
      const signup = plan({ reason, proven: new Set(["Shared"]) }).find(
        ({ method }) => method === "embedded_signup",
      );
      expect(signup?.steps.map((step) => step.done)).toEqual([false, false, false]);
    }
    const removed = plan({ proven: new Set(["Shared"]) }).find(({ method }) => method === "embedded_signup");
    expect(removed?.steps.map((step) => step.done)).toEqual([false, true, false]);
  });

  test("any other loss: both methods", () => {
    for (const reason of ["partner_removed", "unspecified", "meta:NEW_WORD"])
      expect(outline({ reason })).toEqual(["assign_partner", "embedded_signup"]);
  });
});

test("the six steps carry the deep link and our portfolio id, and tick as conditions come true", () => {
  const [assign] = plan({});
  const href =
    "https://business.facebook.com/latest/settings/whatsapp_account?business_id=510000000000003" +
    "&selected_asset_id=100000000000004&selected_asset_type=whatsapp-business-account";
  expect(assign?.steps).toEqual([
    { id: "select_portfolio", href, condition: "Shared", done: false },
    { id: "open_settings", condition: "Shared", done: false },
    { id: "select_waba", href, condition: "Shared", done: false },
    { id: "open_assign_partner", condition: "Shared", done: false },
    { id: "enter_partner_id", copy: "734443296905665", condition: "Shared", done: false },
    { id: "grant_full_control", condition: "FullControl", done: false },
  ]);
  const [repaired] = plan({ proven: new Set(["Shared", "FullControl"]) });
  expect(repaired?.steps.every((step) => step.done)).toBe(true);
});

test.each<[Partial<RecoverySubject>, string[]]>([
  [{ status: "closed" }, ["operator_reopen"]],
  [{ status: "offboarded" }, []],
  [{ status: "discovered" }, ["adopt"]],
  [{ status: "onboarding" }, ["embedded_signup", "assign_partner"]],
  [{ status: "onboarding", kind: "unknown" }, ["embedded_signup", "-assign_partner(assign_kind_unknown)"]],
  [{ status: "disabled" }, ["contact_meta"]],
  [{ status: "disabled", expires: true }, ["contact_meta", "wait"]],
  [{ status: "unknown", reason: "meta_unreachable" }, ["wait"]],
  [{ status: "unknown", reason: "request_refused" }, ["wait"]],
  [{ status: "unknown", reason: "provider_token_invalid" }, ["replace_token"]],
  [{ status: "unknown", reason: "not_proven_while_observing" }, ["assign_system_user", "enforce"]],
  [{ status: "reconnecting", reason: "companion_offboarded" }, ["wait"]],
  [{ status: "disconnected", reason: "number_deregistered" }, ["register_number", "embedded_signup"]],
  [
    { status: "disconnected", reason: "number_deleted" },
    ["-register_number(register_deleted)", "embedded_signup"],
  ],
  [{ status: "disconnected", reason: "companion_not_restored", everCoexistence: true }, ["embedded_signup"]],
  [{ status: "live", reason: null }, []],
])("the methods of the other rows: %j", (change, expected) => {
  expect(outline(change)).toEqual(expected);
});

const subjects = fc.record({
  status: fc.constantFrom(...STATUS_ROWS.map((row) => row.status)),
  reason: fc.option(fc.constantFrom(...Object.keys(REASONS), "meta:NEW_WORD")),
  kind: fc.constantFrom("platform" as const, "coexistence" as const, "unknown" as const),
  everCoexistence: fc.boolean(),
  takenOver: fc.boolean(),
  expires: fc.boolean(),
});

test("law: partner assignment is never offered where Meta may refuse it", () => {
  fc.assert(
    fc.property(subjects, (subject) => {
      const assign = plan(subject).find((method) => method.method === "assign_partner");
      if (subject.everCoexistence || subject.kind !== "platform")
        expect(assign?.available ?? false).toBe(false);
    }),
  );
});

test("law: a method is available or says why not, and a lost share always has a recovery", () => {
  fc.assert(
    fc.property(subjects, (subject) => {
      const methods = plan(subject);
      for (const method of methods) {
        expect(method.available).toBe(method.whyNot === null);
        expect(method.steps.length > 0).toBe(method.available);
      }
      if (subject.status === "permission_removed")
        expect(methods.some((method) => method.available)).toBe(true);
    }),
  );
});

describe("partner models", () => {
  test("granted to the app alone: only the signup brings it back", () =>
    expect(outline({ partnerModel: "app_grant" })).toEqual([
      "-assign_partner(assign_app_grant)",
      "embedded_signup",
    ]));

  test("our own: never a partner assignment, never a signup", () => {
    for (const reason of Object.keys(REASONS).filter((word) => word !== "waba_deleted"))
      expect(outline({ partnerModel: "owned", reason })).toEqual(["assign_system_user"]);
    expect(outline({ partnerModel: "owned", reason: "waba_deleted" })[0]).toBe("new_onboarding");
  });

  test("a solution of several partners: as a share", () =>
    expect(outline({ partnerModel: "multi_partner_solution" })).toEqual(outline({})));
});

describe("the token we send with is dead", () => {
  const dead = { status: "unknown", reason: "provider_token_invalid" } as const;
  test("ours: an administrator replaces it", () => {
    expect(outline(dead)).toEqual(["replace_token"]);
    expect(steps(dead, "replace_token")).toEqual(["create_token", "set_token"]);
  });
  test("the client's: Meta is asked for it automatically, and a signup gives one too", () => {
    expect(outline({ ...dead, isClientTokenDead: true })).toEqual(["replace_token", "embedded_signup"]);
    expect(steps({ ...dead, isClientTokenDead: true }, "replace_token")).toEqual(["obtain_client_token"]);
  });
});
