import { describe, expect, test } from "vitest";
import { newMemory, type ShareMemory } from "../model/share-record.ts";
import { observe } from "./observe.ts";
import type { Act } from "./observe-command.ts";
import { EMPLOYEE } from "../model/reason.ts";
import { stateOf } from "../status/share-state.ts";
import { conditionMessageOf, summaryOf } from "../status/sentences.ts";

const NOW = Date.UTC(2026, 10, 22);
const NAMES = { client: "Atlas Cycles", partner: "360dialog", wabaId: "100000000000004" };

function proven(change: Partial<ShareMemory> = {}): ShareMemory {
  const memory = newMemory({ adoption: "adopted", origin: "import", now: NOW });
  for (const fact of Object.values(memory.facts))
    Object.assign(fact, { status: "True", reason: "proven", at: NOW });
  return { ...memory, dueLooks: [], write: { passedAt: NOW, mustPass: false, wanted: false }, ...change };
}

const configure = (
  memory: ShareMemory,
  terms: Omit<Extract<Act, { kind: "configure" }>, "kind">,
): ShareMemory => observe(memory, { type: "act", act: { kind: "configure", ...terms } }, NOW + 1000);

describe("new terms", () => {
  test("another token: what was known of the old one says nothing of it, and a look is due", () => {
    const dead = proven();
    Object.assign(dead.facts.TokenValid, { status: "False", reason: "provider_token_invalid" });
    const memory = configure(dead, { sendsWithClientToken: true });
    expect(memory.facts.TokenValid).toMatchObject({ status: "Unknown", reason: "not_yet_proven" });
    expect(memory.dueLooks[0]).toBe(NOW + 1000);
  });

  test("the same token again: nothing is forgotten", () =>
    expect(configure(proven(), { sendsWithClientToken: false }).facts.TokenValid.status).toBe("True"));

  test("enforce: the next look writes, for while observing a read stood for the write", () => {
    expect(configure(proven(), { mode: "enforce" }).write.wanted).toBe(true);
    expect(configure(proven(), { mode: "observe" }).write.wanted).toBe(false);
  });

  test("a mode alone makes nobody look: a cohort of thousands must not be looked at at once", () =>
    expect(configure(proven(), { mode: "enforce" }).dueLooks).toEqual([]));

  test("a partner model proves nothing and takes nothing away", () => {
    const memory = configure(proven(), { partnerModel: "multi_partner_solution" });
    expect(memory.facts.Shared.status).toBe("True");
    expect(memory.dueLooks.length).toBeGreaterThan(0);
  });
});

describe("provider_token_invalid, in words that blame the right one", () => {
  const summary = (memory: ShareMemory, sendsWithClientToken = false): string =>
    summaryOf(stateOf(memory, NOW), { ...NAMES, sendsWithClientToken });

  test("our system user's token", () => {
    const memory = proven();
    Object.assign(memory.facts.TokenValid, { status: "False", reason: "provider_token_invalid" });
    expect(summary(memory)).toMatch(/The client did nothing wrong: replace the system user's token/);
  });

  test("the client's token, with which we send", () => {
    const memory = proven({ sendsWithClientToken: true });
    Object.assign(memory.facts.TokenValid, { status: "False", reason: "provider_token_invalid" });
    expect(summary(memory, true)).toMatch(/^Meta refuses the token of Atlas Cycles .*Nothing was taken away/);
  });

  test("a system user that is only an employee", () => {
    const memory = proven();
    Object.assign(memory.facts.Shared, {
      status: "Unknown",
      reason: "provider_token_invalid",
      words: EMPLOYEE,
    });
    const state = stateOf(memory, NOW);
    const [shared] = state.conditions;
    if (shared === undefined) throw new Error("no condition");
    expect(state.status).toBe("unknown");
    expect(state.who).toBe("provider");
    for (const text of [summary(memory), conditionMessageOf(shared, NAMES)])
      expect(text).toMatch(/only an employee in the portfolio of 360dialog.*Atlas Cycles did nothing wrong/);
  });
});
