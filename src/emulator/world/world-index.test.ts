import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { PARTNER, settingsFor, SYSTEM_TOKEN, SYSTEM_USER } from "../../../test/wire/emulator-harness.ts";
import { act } from "../actions/act.ts";
import { ActionRefusal } from "../actions/action.ts";
import type { EmulatorContext } from "../context/emulator-context.ts";
import { serveGraph } from "../graph/serve-graph.ts";
import { contextOf } from "../start-emulator.ts";
import { indexOf } from "./world-index.ts";
import type { WorldIndex } from "./world-index.ts";

const FLORIST = "100000000000001";
const OTHER_PARTNER = "555000000000001";

let context: EmulatorContext;
beforeEach(() => {
  context = contextOf(settingsFor(null)).context;
});

const idsIn = ({ owned, shared, assigned, byDigits, inApp }: WorldIndex): unknown => ({
  lists: [owned, shared, assigned].map(
    (lists) => new Map([...lists].map(([id, all]) => [id, all.map((each) => each.id)])),
  ),
  byDigits: new Map([...byDigits].map(([digits, number]) => [digits, number.id])),
  inApp: inApp.map((number) => number.id),
});

function tryTo(action: Record<string, unknown>): void {
  try {
    act(context, action);
  } catch (error) {
    if (!(error instanceof ActionRefusal)) throw error;
  }
}

async function assignUser(wabaId: string, method: "POST" | "DELETE"): Promise<void> {
  const query = { user: SYSTEM_USER, tasks: "['MANAGE']" };
  const headers = { authorization: `Bearer ${SYSTEM_TOKEN}` };
  const path = `/v25.0/${wabaId}/assigned_users`;
  await serveGraph(context, { method, path, query, headers, rawBody: "", origin: "http://emulator" });
}

const wabaId = fc.constantFrom(
  ...Array.from({ length: 14 }, (_, nth) => `1000000000000${String(nth + 1).padStart(2, "0")}`),
);
const step = fc.oneof(
  fc.record({
    action: fc.constantFrom("partner.assign", "partner.remove"),
    waba_id: wabaId,
    business_id: fc.constantFrom(PARTNER, OTHER_PARTNER),
  }),
  fc.record({
    action: fc.constantFrom("partner.reduce", "waba.delete", "number.delete", "coexistence.disconnect"),
    waba_id: wabaId,
  }),
  fc.record({
    action: fc.constant("partner.takeover"),
    waba_id: wabaId,
    business_id: fc.constant(OTHER_PARTNER),
  }),
  fc.record({ method: fc.constantFrom("POST" as const, "DELETE" as const), waba_id: wabaId }),
);

test("what is kept while things happen is what one made anew would say", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      context = contextOf(settingsFor(null)).context;
      const { world } = context.store;
      indexOf(world);
      for (const each of steps) {
        if ("method" in each) await assignUser(each.waba_id, each.method);
        else tryTo(each);
        expect(idsIn(indexOf(world))).toEqual(idsIn(indexOf(structuredClone(world))));
      }
    }),
    { numRuns: 60 },
  );
});

describe("looks through the whole world", () => {
  test("are not made for a share that ends, shrinks or comes back, nor for a task that is given", async () => {
    const before = indexOf(context.store.world);
    for (const name of ["reduce", "assign", "remove", "assign"])
      act(context, { action: `partner.${name}`, waba_id: FLORIST });
    await assignUser(FLORIST, "POST");
    expect(indexOf(context.store.world)).toBe(before);
    expect(before.assigned.get(SYSTEM_USER)?.map((waba) => waba.id)).toContain(FLORIST);
  });

  test("are made again when an account goes", () => {
    const before = indexOf(context.store.world);
    act(context, { action: "waba.delete", waba_id: FLORIST });
    expect(indexOf(context.store.world)).not.toBe(before);
  });
});
