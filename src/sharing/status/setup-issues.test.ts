import { describe, expect, test } from "vitest";
import { decideFact, type NumberCondition, type WabaCondition } from "../model/fact.ts";
import { newShareRecord, newNumberRecord, type ShareRecord } from "../model/share-record.ts";
import { observe } from "../rules/observe.ts";
import type { ProbeResult } from "../model/probe-result.ts";
import { stateOf } from "./share-state.ts";
import { setupIssuesOf, SETUP_CHECKS, setupChecksOf } from "./setup-issues.ts";
import type { HealthIssue, NumberSeen, SetupRecord } from "../model/setup-reading.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const WELL: NumberSeen = {
  status: "CONNECTED",
  nameStatus: "APPROVED",
  verification: "VERIFIED",
  quality: "GREEN",
};

/** Every part of it was read. */
type Complete = { [Part in keyof SetupRecord]: NonNullable<SetupRecord[Part]> };

/** An intact share, with two numbers, and all that Meta shows in order. */
function setup(): ShareRecord & { setup: Complete } {
  const record = newShareRecord({ adoption: "adopted", origin: "import", now: NOW });
  for (const condition of [
    "Shared",
    "FullControl",
    "TokenValid",
    "WebhookSubscribed",
    "MessagingAllowed",
  ] as const)
    decide(record, condition, "True", "proven");
  for (const [id, metaId] of [
    ["num_1", "2001"],
    ["num_2", "2002"],
  ] as const) {
    record.numbers[id] = newNumberRecord(metaId, NOW);
    decideNumber(record, id, "NumberConnected", "True", "proven");
  }
  const seen = {
    account: { at: NOW, hasFunding: true, health: [] as HealthIssue[] },
    numbers: { at: NOW, byId: { num_1: WELL, num_2: WELL } as Record<string, NumberSeen> },
  };
  return Object.assign(record, { setup: seen });
}

function decide(
  record: ShareRecord,
  type: WabaCondition,
  status: "True" | "False" | "Unknown",
  reason: string,
): void {
  record.facts[type] = decideFact(record.facts[type], { status, reason, source: "probe", at: NOW, now: NOW });
}

function decideNumber(
  record: ShareRecord,
  id: string,
  type: NumberCondition,
  status: "True" | "False",
  reason: string,
): void {
  const number = record.numbers[id];
  if (number)
    number.facts[type] = decideFact(number.facts[type], {
      status,
      reason,
      source: "probe",
      at: NOW,
      now: NOW,
    });
}

/** "no client payment_missing" for each row with an issue. */
const reported = (record: ShareRecord): string[] | null =>
  setupIssuesOf(record)?.map(({ check, verdict, who, reason, numberId }) =>
    [check, verdict, who, reason, numberId].filter((part) => part !== undefined).join(" "),
  ) ?? null;

const issue = (more: Partial<HealthIssue>): HealthIssue => ({
  entity: "WABA",
  canSend: "LIMITED",
  code: null,
  metaMessage: "words of Meta",
  solution: null,
  ...more,
});

describe("setup issues", () => {
  test("none: one row for each check, in order", () => {
    const rows = setupChecksOf(setup());
    expect(rows?.map(({ check }) => check)).toEqual([...SETUP_CHECKS]);
    expect(new Set(rows?.map(({ verdict, who }) => `${verdict} ${who}`))).toEqual(new Set(["yes nobody"]));
    expect(reported(setup())).toEqual([]);
  });

  test("the share is lost, or offboarded: recovery comes first", () => {
    const lost = setup();
    decide(lost, "Shared", "False", "partner_removed");
    const unproven = setup();
    decide(unproven, "Shared", "Unknown", "meta_unreachable");
    expect([lost, unproven, { ...setup(), adoption: "offboarded" as const }].map(reported)).toEqual([
      null,
      null,
      null,
    ]);
  });

  test.each([
    ["False", "partial_control", "no client partial_control"],
    ["False", "provider_token_invalid", "no provider provider_token_invalid"],
    ["Unknown", "throttled", "unknown nobody not_yet_proven"],
  ] as const)("system user: full control %s, %s", (status, reason, row) => {
    const record = setup();
    decide(record, "FullControl", status, reason);
    // Without full control Meta shows no payment method. That does not mean that it is missing.
    record.setup.account.hasFunding = false;
    expect(reported(record)).toEqual([`system_user ${row}`, "payment unknown nobody not_yet_proven"]);
  });

  test("subscription: missing, not known, or without its override", () => {
    const missing = setup();
    decide(missing, "WebhookSubscribed", "False", "subscription_missing");
    const unknown = setup();
    decide(unknown, "WebhookSubscribed", "Unknown", "throttled");
    const override = { override: "https://own.example/hook?key=secret" };
    const lost = { ...setup(), ...override, overrideStatus: { writtenAt: null, lostAt: NOW } };
    const held = { ...setup(), ...override, overrideStatus: { writtenAt: NOW, lostAt: null } };
    expect([missing, unknown, lost, held].map(reported)).toEqual([
      ["subscription no provider subscription_missing"],
      ["subscription unknown nobody not_yet_proven"],
      ["subscription no provider override_lost"],
      [],
    ]);
    expect(setupIssuesOf(lost)?.[0]?.metaMessage).toBe("https://own.example/hook");
  });

  test("payment: no method, or one that cannot be charged", () => {
    const missing = setup();
    missing.setup.account.hasFunding = false;
    expect(reported(missing)).toEqual(["payment no client payment_missing"]);
    const failing = setup();
    failing.setup.account.health = [issue({ canSend: "BLOCKED", code: 141006, solution: "Pay." })];
    expect(reported(failing)).toEqual(["payment no client payment_error"]);
    expect(setupIssuesOf(failing)?.[0]).toMatchObject({
      metaMessage: "141006: words of Meta",
      solution: "Pay.",
    });
  });

  test.each([
    [{ status: "FLAGGED" }, "number no client number_flagged"],
    [{ status: "RATE_LIMITED" }, "number no client number_rate_limited"],
    [{ status: "RESTRICTED" }, "number no client number_restricted"],
    [{ status: "PENDING" }, "number no provider number_pending"],
    [{ status: "UNVERIFIED" }, "number no client number_unverified"],
    [{ status: "DISCONNECTED" }, "number no provider number_deregistered"],
    [{ status: "UNLINKED" }, "number no provider number_deregistered"],
    [{ status: "BANNED" }, "number no client number_banned"],
    [{ status: "DELETED" }, "number no client number_deleted"],
    [{ status: "MIGRATED" }, "number no client number_deleted"],
    [{ status: "BRAND_NEW" }, "number unknown nobody meta:BRAND_NEW"],
    [{ status: "toString" }, "number unknown nobody meta:toString"],
    [{ status: null }, "number unknown nobody not_yet_proven"],
    [{ quality: "RED" }, "number no client quality_low"],
    [{ quality: "YELLOW" }, null],
    [{ verification: "EXPIRED" }, "number unknown client code_unverified"],
    [{ verification: "NOT_VERIFIED" }, "number unknown client code_unverified"],
    [{ nameStatus: "DECLINED" }, "name no client name_declined"],
    [{ nameStatus: "EXPIRED" }, "name no client name_expired"],
    [{ nameStatus: "PENDING_REVIEW" }, "name no meta name_pending"],
    [{ nameStatus: "AVAILABLE_WITHOUT_REVIEW" }, null],
    [{ nameStatus: "NONE" }, null],
    [{ nameStatus: "BRAND_NEW" }, "name unknown nobody meta:BRAND_NEW"],
    [{ nameStatus: null }, "name unknown nobody not_yet_proven"],
  ])("a number with %j", (change, row) => {
    const record = setup();
    record.setup.numbers.byId.num_2 = { ...WELL, ...change };
    expect(reported(record)).toEqual(row === null ? [] : [`${row} num_2`]);
  });

  test("a number of the app comes back by the client's signup, and has no code of its own", () => {
    const record = setup();
    for (const number of Object.values(record.numbers)) number.coexistence = true;
    record.setup.numbers.byId = {
      num_1: { ...WELL, status: "DISCONNECTED" },
      num_2: { ...WELL, verification: "EXPIRED" },
    };
    expect(reported(record)).toEqual(["number no client number_deregistered num_1"]);
  });

  test("a number that Meta no longer lists, and an account without any", () => {
    const deleted = setup();
    decideNumber(deleted, "num_1", "NumberConnected", "False", "number_deleted");
    delete deleted.setup.numbers.byId.num_1;
    expect(reported(deleted)).toContain("number no client number_deleted num_1");
    const none = { ...setup(), numbers: {} };
    expect(reported(none)).toEqual(["number no client no_numbers", "name no client no_numbers"]);
  });

  test("health: a row each, issues of our own app are for the provider", () => {
    const record = setup();
    record.setup.account.health = [
      issue({ entity: "BUSINESS", code: 141010 }),
      issue({ entity: "APP", canSend: "BLOCKED" }),
    ];
    expect(reported(record)).toEqual([
      "health no client health_limited",
      "health no provider health_blocked",
    ]);
  });

  test("an older document, and a probe without these answers: not known, never broken", () => {
    const { setup: _, ...old } = setup();
    expect(reported(old)).toEqual([
      "payment unknown nobody not_yet_proven",
      "number unknown nobody not_yet_proven num_1",
      "number unknown nobody not_yet_proven num_2",
      "name unknown nobody not_yet_proven num_1",
      "name unknown nobody not_yet_proven num_2",
      "health unknown nobody not_yet_proven",
    ]);
    const silent = setup();
    silent.setup.account = { ...silent.setup.account, health: null };
    expect(reported(silent)).toEqual(["health unknown nobody not_yet_proven"]);
  });
});

describe("what a probe read of the setup", () => {
  const probe = (change: Partial<ProbeResult>): ProbeResult => ({
    askedAt: NOW + 10_000,
    trigger: "sweep",
    waited: false,
    answers: {},
    numbers: {},
    numbersComplete: false,
    kind: null,
    write: "none",
    ...change,
  });
  const after = (record: ShareRecord, change: Partial<ProbeResult>): ShareRecord => {
    const seen = probe(change);
    return observe(record, { type: "probe", probe: seen }, seen.askedAt);
  };

  test("is kept with its instant; a part without an answer stays; an older probe changes nothing", () => {
    const account = { hasFunding: false, health: [] };
    const newer = after(setup(), { setup: { account, numbers: null } });
    expect(newer.setup).toEqual({
      account: { at: NOW + 10_000, ...account },
      numbers: setup().setup.numbers,
    });
    const late = after(newer, {
      askedAt: NOW + 5_000,
      setup: { account: { hasFunding: true, health: [] }, numbers: {} },
    });
    expect(late.setup).toEqual(newer.setup);
  });

  test("an override is lost once, found again, and our own write has time to show", () => {
    const read = after(setup(), { override: "https://own.example/hook" });
    const lost = after(read, { askedAt: NOW + 20_000, override: null });
    expect(after(lost, { askedAt: NOW + 30_000, override: null }).overrideStatus?.lostAt).toBe(NOW + 20_000);
    expect(
      after(lost, { askedAt: NOW + 30_000, override: "https://own.example/hook" }).overrideStatus?.lostAt,
    ).toBeNull();
    expect(after(lost, { askedAt: NOW + 30_000 }).overrideStatus?.lostAt).toBe(NOW + 20_000);
    const written = after(lost, {
      askedAt: NOW + 30_000,
      override: "https://own.example/hook",
      overrideWritten: true,
    });
    expect(after(written, { askedAt: NOW + 32_000, override: null }).overrideStatus?.lostAt).toBeNull();
    expect(after(written, { askedAt: NOW + 33_000, override: null }).overrideStatus?.lostAt).toBe(
      NOW + 33_000,
    );
    expect(after(setup(), { override: null }).overrideStatus).toBeUndefined();
  });

  test("a callback that an operator sets or removes", () => {
    const act = (record: ShareRecord, uri: string | null): ShareRecord =>
      observe(record, { type: "command", command: { kind: "override", uri } }, NOW);
    const set = act(setup(), "https://own.example/hook");
    expect([set.override, set.overrideStatus]).toEqual([
      "https://own.example/hook",
      { writtenAt: NOW, lostAt: null },
    ]);
    expect(reported(act(after(set, { override: null }), null))).toEqual([]);
  });

  test("a WABA that replaced another begins anew, without the setup of the old one", () => {
    const old = after(setup(), {
      override: "https://own.example/hook",
      setup: { account: null, numbers: {} },
    });
    const next = observe(old, { type: "command", command: { kind: "succeeded" } }, NOW);
    expect([next.setup, next.override, next.overrideStatus]).toEqual([undefined, null, undefined]);
  });

  test("a setup issue changes neither status nor gate nor Ready; it names who must act", () => {
    const well = setup();
    const worst = setup();
    worst.setup.account = {
      at: NOW,
      hasFunding: false,
      health: [issue({ canSend: "BLOCKED", code: 141010 })],
    };
    const seen = { status: "RESTRICTED", nameStatus: "DECLINED", verification: "EXPIRED", quality: "RED" };
    worst.setup.numbers.byId = { num_1: seen, num_2: seen };
    worst.override = "https://own.example/hook";
    worst.overrideStatus = { writtenAt: null, lostAt: NOW };
    const { setupIssues, ...rest } = stateOf(worst, NOW);
    expect(setupIssues?.filter(({ verdict }) => verdict === "no").length).toBeGreaterThanOrEqual(6);
    const sound = stateOf(well, NOW);
    expect([sound.who, rest.who]).toEqual(["nobody", "provider"]);
    const named = { who: "provider", whoMustAct: "provider", setupIssues: undefined } as const;
    const numbers = sound.numbers.map((number) => ({ ...number, who: "provider" }));
    expect(rest).toEqual({ ...sound, ...named, numbers });
    expect([rest.status, rest.gate]).toEqual(["live", "open"]);
  });
});
