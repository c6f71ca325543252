import { describe, expect, test } from "vitest";
import type { KnownWebhookCheck, WebhookCheckOutcome } from "../connection/webhook-check.ts";
import { WEBHOOK_CHECK_OUTCOMES } from "../connection/webhook-check.ts";
import { ALERT_RULES, type RuleId } from "./rules.ts";
import { OWN_FAULT_RULES, ownFaultsOf, type OwnState } from "./own-faults.ts";

const NOW = Date.UTC(2026, 10, 29, 12);
const MINUTE = 60_000;
const DAY = 86_400_000;
const GIB = 1024 ** 3;

const WELL: OwnState = {
  losses: { announced: 0, probed: 2 },
  longestDueAt: NOW,
  endpoints: [],
  channels: [],
  deferredMail: { count: 0, since: null },
  dataKeyAt: NOW - 365 * DAY,
  webhookChecks: new Map(),
  disk: { free: 20 * GIB, total: 100 * GIB },
  versions: { graph: "v26.0", signup: "v4" },
  sweepPeriodMs: 60 * MINUTE,
};

const faultsOf = (state: Partial<OwnState>) => ownFaultsOf({ ...WELL, ...state }, NOW);

test("where all is well nothing is told, and neither is what nobody asked for", () => {
  expect(faultsOf({})).toEqual([]);
  expect(faultsOf({ disk: null, dataKeyAt: null, longestDueAt: null })).toEqual([]);
});

const checked = (outcome: WebhookCheckOutcome): Partial<OwnState> => {
  const check: KnownWebhookCheck = {
    ...{ check: WEBHOOK_CHECK_OUTCOMES[outcome].check, outcome, detail: { callback: "https://a.example" } },
    ...{ at: NOW, since: NOW - 7 * MINUTE, repairedAt: null },
  };
  return { webhookChecks: new Map([["default", [check]]]) };
};

describe("what Meta's answers say of our connection", () => {
  test.each<[WebhookCheckOutcome, string]>([
    ["token_dead", "token_dead"],
    ["token_lacks_scopes", "token_dead"],
    ["token_ends_soon", "token_expires"],
    ["not_subscribed", "webhooks_missing"],
    ["inactive", "webhooks_missing"],
    ["lacks_account_update", "webhooks_missing"],
    ["foreign_callback", "webhooks_missing"],
    ["does_not_answer", "webhooks_missing"],
    ["certificate_ends_soon", "certificate_expires"],
    ["certificate_refused", "certificate_expires"],
  ])("%s is %s, since it is so", (outcome, rule) => {
    expect(faultsOf(checked(outcome))).toMatchObject([{ rule, cause: outcome, beganAt: NOW - 7 * MINUTE }]);
  });

  test("of an end the day is told", () => {
    const [check] = checked("token_ends_soon").webhookChecks?.get("default") ?? [];
    const detail = { ends_at: "2026-12-04T10:00:00.000Z" };
    const webhookChecks = new Map([["default", check ? [{ ...check, detail }] : []]]);
    expect(faultsOf({ webhookChecks })[0]?.detail).toEqual({ date: "2026-12-04" });
  });

  test("what could not be read proves nothing, and no other outcome is a fault", () => {
    const told = (Object.keys(WEBHOOK_CHECK_OUTCOMES) as WebhookCheckOutcome[]).filter(
      (outcome) => faultsOf(checked(outcome)).length > 0,
    );
    expect(told.filter((outcome) => WEBHOOK_CHECK_OUTCOMES[outcome].ok)).toEqual([]);
    expect(told).toHaveLength(10);
  });
});

describe("losses that only probes find", () => {
  test.each<[number, number, number]>([
    [0, 2, 0],
    [0, 3, 1],
    [1, 30, 0],
  ])("%i announced and %i probed in a day: %i alerts", (announced, probed, count) => {
    expect(faultsOf({ losses: { announced, probed } })).toHaveLength(count);
  });
});

describe("probes that wait", () => {
  test.each<[minutes: number, sweepMinutes: number, isLate: boolean]>([
    [5, 30, false],
    [6, 30, true],
    [6, 60, false],
    [7, 60, true],
  ])("%i min, of a sweep of %i min: %s", (minutes, sweepMinutes, isLate) => {
    const longestDueAt = NOW - minutes * MINUTE;
    const faults = faultsOf({ longestDueAt, sweepPeriodMs: sweepMinutes * MINUTE });
    expect(faults.map(({ rule, beganAt }) => [rule, beganAt])).toEqual(
      isLate ? [["probes_behind", NOW]] : [],
    );
  });
});

describe("what is not delivered", () => {
  const endpoint = { id: "whe_1", url: "https://user:secret@hooks.example/a?key=1", isDisabled: false };

  test("an endpoint that fails is told after half an hour, one that is disabled at once", () => {
    expect(faultsOf({ endpoints: [{ ...endpoint, since: NOW - 29 * MINUTE }] })).toEqual([]);
    expect(faultsOf({ endpoints: [{ ...endpoint, since: NOW - 30 * MINUTE }] })).toMatchObject([
      { rule: "endpoint_failing", subject: "endpoint:whe_1", cause: "failing" },
    ]);
    expect(faultsOf({ endpoints: [{ ...endpoint, since: NOW, isDisabled: true }] })).toMatchObject([
      { rule: "endpoint_failing", cause: "disabled" },
    ]);
  });

  test("of its address the host alone is told", () => {
    const [fault] = faultsOf({ endpoints: [{ ...endpoint, since: 0 }] });
    expect(fault?.detail).toEqual({ host: "hooks.example" });
  });

  test("channels and mail to clients have alerts of their own", () => {
    const channels = [{ id: "chn_1", name: "On call", since: NOW }];
    expect(faultsOf({ channels, deferredMail: { count: 4, since: NOW - MINUTE } })).toMatchObject([
      { rule: "channel_failing", subject: "channel:chn_1", detail: { channel: "On call" } },
      { rule: "client_mail_failing", detail: { messages: 4 }, beganAt: NOW - MINUTE },
    ]);
  });
});

describe("what runs out", () => {
  test.each<[string, { free: number; total: number }, boolean]>([
    ["a tenth", { free: 10 * GIB, total: 100 * GIB }, false],
    ["less than a tenth", { free: 9.9 * GIB, total: 100 * GIB }, true],
    ["less than 1 GiB of a small disk", { free: 0.9 * GIB, total: 2 * GIB }, true],
  ])("a disk with %s free", (_what, disk, isTold) => {
    expect(faultsOf({ disk }).map(({ rule }) => rule)).toEqual(isTold ? ["disk_full"] : []);
  });

  test.each<[OwnState["versions"], string[]]>([
    [{ graph: "v21.0", signup: "v4" }, ["graph_near"]],
    [{ graph: "v20.0", signup: "v3" }, ["graph_passed", "signup_passed"]],
    [{ graph: "v24.0", signup: "v4" }, []],
  ])("%o", (versions, causes) => {
    expect(faultsOf({ versions }).map(({ cause }) => cause)).toEqual(causes);
  });

  test("the day of a version's end is told, and what to change to", () => {
    const [fault] = faultsOf({ versions: { graph: "v21.0", signup: "v4" } });
    expect(fault?.detail).toEqual({ version: "v21.0", newest: "v26.0", date: "2027-01-21" });
  });

  test("a data key is old after a year", () => {
    expect(faultsOf({ dataKeyAt: NOW - 366 * DAY })).toMatchObject([
      { rule: "secret_old", detail: { days: 366 } },
    ]);
  });
});

test("every own rule but the incident's is found here, so that what is gone ends", () => {
  const own = (Object.keys(ALERT_RULES) as RuleId[]).filter((rule) => ALERT_RULES[rule].about === "own");
  expect([...OWN_FAULT_RULES, "meta_trouble"].toSorted()).toEqual(own.toSorted());
});
