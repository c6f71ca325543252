import { describe, expect, test } from "vitest";
import { newShareRecord, type ShareRecord } from "../model/share-record.ts";
import { observe } from "./observe.ts";
import type { Command } from "./observe-command.ts";
import { EMPLOYEE } from "../model/reason.ts";
import { stateOf } from "../status/share-state.ts";
import { conditionMessageOf, summaryOf } from "../status/sentences.ts";

const NOW = Date.UTC(2026, 10, 22);
const NAMES = { client: "Atlas Cycles", partner: "360dialog", wabaId: "100000000000004" };

function proven(change: Partial<ShareRecord> = {}): ShareRecord {
  const record = newShareRecord({ adoption: "adopted", origin: "import", now: NOW });
  for (const fact of Object.values(record.facts))
    Object.assign(fact, { status: "True", reason: "proven", at: NOW });
  return { ...record, dueProbes: [], write: { passedAt: NOW, mustPass: false, wanted: false }, ...change };
}

const configure = (
  record: ShareRecord,
  terms: Omit<Extract<Command, { kind: "configure" }>, "kind">,
): ShareRecord => observe(record, { type: "command", command: { kind: "configure", ...terms } }, NOW + 1000);

describe("new terms", () => {
  test("another token: facts about the old one are dropped, and a probe is due", () => {
    const dead = proven();
    Object.assign(dead.facts.TokenValid, { status: "False", reason: "provider_token_invalid" });
    const record = configure(dead, { sendsWithClientToken: true });
    expect(record.facts.TokenValid).toMatchObject({ status: "Unknown", reason: "not_yet_proven" });
    expect(record.dueProbes[0]).toBe(NOW + 1000);
  });

  test("the same token again: no fact is dropped", () =>
    expect(configure(proven(), { sendsWithClientToken: false }).facts.TokenValid.status).toBe("True"));

  test("enforce: the next probe writes, because in observe mode a read stood for the write", () => {
    expect(configure(proven(), { mode: "enforce" }).write.wanted).toBe(true);
    expect(configure(proven(), { mode: "observe" }).write.wanted).toBe(false);
  });

  test("a mode alone starts no probe: a cohort of thousands must not be probed at once", () =>
    expect(configure(proven(), { mode: "enforce" }).dueProbes).toEqual([]));

  test("a partner model proves nothing and takes nothing away", () => {
    const record = configure(proven(), { partnerModel: "multi_partner_solution" });
    expect(record.facts.Shared.status).toBe("True");
    expect(record.dueProbes.length).toBeGreaterThan(0);
  });
});

describe("provider_token_invalid, with a sentence that names the right cause", () => {
  const summary = (record: ShareRecord, sendsWithClientToken = false): string =>
    summaryOf(stateOf(record, NOW), { ...NAMES, sendsWithClientToken });

  test("our system user's token", () => {
    const record = proven();
    Object.assign(record.facts.TokenValid, { status: "False", reason: "provider_token_invalid" });
    expect(summary(record)).toMatch(/The client did nothing wrong\. Replace the system user's token/);
  });

  test("the client's token, with which we send", () => {
    const record = proven({ sendsWithClientToken: true });
    Object.assign(record.facts.TokenValid, { status: "False", reason: "provider_token_invalid" });
    expect(summary(record, true)).toMatch(
      /^Meta refuses the token of Atlas Cycles .*The share is not affected/,
    );
  });

  test("a system user that is only an employee", () => {
    const record = proven();
    Object.assign(record.facts.Shared, {
      status: "Unknown",
      reason: "provider_token_invalid",
      metaMessage: EMPLOYEE,
    });
    const state = stateOf(record, NOW);
    const [shared] = state.conditions;
    if (shared === undefined) throw new Error("no condition");
    expect(state.status).toBe("unknown");
    expect(state.who).toBe("provider");
    for (const text of [summary(record), conditionMessageOf(shared, NAMES)])
      expect(text).toMatch(/only an employee in the portfolio of 360dialog.*Atlas Cycles did nothing wrong/);
  });
});
