import { describe, expect, test } from "vitest";
import { registrationPauseMs } from "../register/registration-limit.ts";
import type { SignupStep } from "./signup.ts";
import { stepOf, type Taken } from "./take-step.ts";

const NOW = 1_000_000;
const refused = { metaMessage: "+1 555: in review", notBefore: 0, seen: {} };
const before: SignupStep = {
  ...{ status: "failed", at: 1, metaMessage: "in review", silentCount: 0 },
  ...{ tryCount: 3, againAt: 2, seen: {} },
};
const silent: Taken = { kind: "silent", metaMessage: "no answer", comesBack: true };

describe("a registration that comes back", () => {
  test("a number that needs its PIN does not hide another that Meta refused: both are kept", () => {
    const step = stepOf({ kind: "wants_pins", numberIds: ["num_a"], left: refused }, undefined, NOW);
    expect(step).toEqual({
      ...{
        status: "waiting",
        at: NOW,
        metaMessage: refused.metaMessage,
        silentCount: 0,
        pinsWanted: ["num_a"],
      },
      ...{ tryCount: 1, seen: {}, againAt: NOW + registrationPauseMs(1) },
    });
    const alone = stepOf({ kind: "wants_pins", numberIds: ["num_a"], left: null }, step, NOW);
    expect(alone).toMatchObject({ status: "waiting", metaMessage: null, tryCount: 1 });
    expect(alone.againAt).toBeUndefined();
  });

  test("one missing answer does not restart its growing pauses", () => {
    const waiting = stepOf(silent, before, NOW);
    expect(waiting).toMatchObject({ status: "waiting", silentCount: 1, tryCount: 3, seen: {} });
    const again = stepOf({ kind: "comes_back", ...refused }, waiting, NOW);
    expect(again).toMatchObject({ tryCount: 4, againAt: NOW + registrationPauseMs(4) });
  });

  test("numbers that need their PIN keep waiting while Meta does not answer about others", () => {
    let step: SignupStep = stepOf({ kind: "wants_pins", numberIds: ["num_a"], left: refused }, before, NOW);
    for (let count = 0; count < 8; count += 1) step = stepOf(silent, step, NOW);
    expect(step).toMatchObject({ status: "waiting", pinsWanted: ["num_a"], silentCount: 0, tryCount: 4 });
    expect(step.againAt).toBe(NOW + registrationPauseMs(1));
  });
});
