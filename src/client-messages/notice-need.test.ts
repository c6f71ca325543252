import { describe, expect, test } from "vitest";
import { newNumberRecord, newShareRecord } from "../sharing/model/share-record.ts";
import { stateOf, type ShareState } from "../sharing/status/share-state.ts";
import { DAY } from "../sharing/model/timings.ts";
import type { SetupCheck } from "../sharing/status/setup-issues.ts";
import { needOf, type Subject } from "./notice-need.ts";

const NOW = Date.UTC(2026, 10, 29);

/** A WABA that the client must repair, with what is different. */
function subject(state: Partial<ShareState> = {}, rest: Partial<Subject> = {}): Subject {
  const record = newShareRecord({ adoption: "adopted", origin: "import", now: NOW });
  record.numbers = { num_1: newNumberRecord("200000000000001", NOW) };
  const lost = { status: "permission_removed", reason: "partner_removed", gate: "closed" } as const;
  const must = { who: "client", whoMustAct: "client" } as const;
  return {
    state: { ...stateOf(record, NOW), ...lost, ...must, ...state },
    ...{ record: {}, mode: "enforce", isIncident: false, activities: [] },
    ...rest,
  };
}

describe("a loss", () => {
  test.each<[what: string, given: Subject, need: string]>([
    ["that the client must repair is told", subject(), "told partner_removed"],
    ["of another cause is told with it", subject({ reason: "taken_over" }), "told taken_over"],
    ["of an account is told", subject({ status: "disabled", reason: "meta_disabled" }), "told meta_disabled"],
    ["that the provider must repair is not", subject({ whoMustAct: "provider" }), "over provider_acts"],
    ["that ended is over", subject({ status: "live", reason: null }), "over recovered"],
    ["that was meant is over", subject({ client: { intendedAt: NOW } }), "over intended"],
    ["of a client that asked for a link waits", subject({ client: { askedLinkAt: NOW } }), "held null"],
    ["that Meta repairs waits", subject({ status: "reconnecting" }), "held null"],
    ["that nobody can prove waits", subject({ status: "unknown" }), "held null"],
    ["in an incident waits", subject({}, { isIncident: true }), "held partner_removed"],
    ["in observe mode is never told", subject({}, { mode: "observe" }), "over observed"],
    ["decided in observe mode is never told", subject({ observing: true }), "over observed"],
    ["of what was offboarded is over", subject({ adoption: "offboarded" }), "over offboarded"],
    ["of what is not ours yet is none", subject({ adoption: "discovered" }), "over not_adopted"],
    ["behind an operator's stop is over", subject({ status: "closed" }), "over closed_by_operator"],
    [
      "from before the import is none",
      subject({}, { record: { suppressNotifications: true } }),
      "over lost_before_import",
    ],
  ])("%s", (_, given, said) => {
    const need = needOf("loss", given, NOW);
    expect(need.is === "over" ? `over ${need.why}` : `${need.is} ${need.cause}`).toBe(said);
  });
});

describe("a warning", () => {
  const counted = (days: number): Partial<Subject> => ({
    activities: [
      {
        ...{ numberId: "num_1", connectionId: "default", assetId: "ast_1", countedFrom: NOW - days * DAY },
        ...{ confirmedAt: null, confirmedBy: null, announced: "fresh" },
      },
    ],
  });
  const payment = (
    verdict: "yes" | "no" | "unknown",
    who: "client" | "provider" = "client",
  ): SetupCheck[] => [
    { check: "payment", verdict, who, reason: "payment_missing", metaMessage: null, solution: null },
  ];
  const live = { status: "live", reason: null } as const;

  test.each<[what: string, topic: "app_activity" | "payment", given: Subject, need: object]>([
    ["the app is in use", "app_activity", subject(live, counted(1)), { is: "over", why: "recovered" }],
    [
      "the app is due",
      "app_activity",
      subject(live, counted(12)),
      { is: "told", cause: "app_activity_due_soon" },
    ],
    [
      "the app is overdue",
      "app_activity",
      subject(live, counted(14)),
      { is: "told", cause: "app_activity_overdue" },
    ],
    [
      "the app, while the share is lost",
      "app_activity",
      subject({}, counted(14)),
      { is: "over", why: "recovered" },
    ],
    [
      "no payment",
      "payment",
      subject({ ...live, setupIssues: payment("no") }),
      { is: "told", cause: "payment_missing" },
    ],
    [
      "a payment of ours",
      "payment",
      subject({ ...live, setupIssues: payment("no", "provider") }),
      { is: "over", why: "recovered" },
    ],
    [
      "payment not known",
      "payment",
      subject({ ...live, setupIssues: payment("unknown") }),
      { is: "held", cause: null },
    ],
    [
      "payment, while the share is lost",
      "payment",
      subject({ setupIssues: null }),
      { is: "held", cause: null },
    ],
    ["payment in order", "payment", subject({ ...live, setupIssues: [] }), { is: "over", why: "recovered" }],
  ])("%s", (_, topic, given, need) => expect(needOf(topic, given, NOW)).toEqual(need));
});
